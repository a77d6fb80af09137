import type { Kind } from '../kinds/kind.ts';
import { type Address, sameMark } from '../model/address.ts';
import { blocked, type Change, READY, type Status } from '../model/change.ts';
import { formerAmong, isOurs, othersAmong } from '../model/ownership.ts';
import type { Desired, Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { rowOf, type Verb } from '../model/verbs.ts';
import { change } from './change.ts';
import type { Match } from './match.ts';
import { releasing } from './ownership.ts';

/** What a tombstone still needs: nothing, its ending, or also the step before that. */
export function ending(kind: Kind, desired: Desired, found: Match, snapshot: Snapshot): readonly Change[] {
  if (found.is === 'none' || (found.is === 'blocked' && found.code !== 'AMBIGUOUS')) return [];
  if (found.is === 'blocked') {
    return [change(desired, 'delete', 'declared-absent', { status: blocked(found.code, found.message) })];
  }
  const { live } = found;
  const ours = isOurs(desired, live);
  // Without our mark there is nothing to forget.
  if (kind.ownership.marks !== 'none' && !ours)
    return desired.spec.state === 'forgotten' ? [] : stranger(desired, found);
  if (desired.spec.state === 'forgotten') return [change(desired, 'forget', 'forgotten', { live })];
  if (othersAmong(live.marks, desired).length > 0) return [releasing(desired, live)];
  const used = isUsed(live, snapshot);
  const verb = kind.lifecycle.deletion(desired.spec, live, used) ?? purging(kind, desired, live, snapshot);
  if (verb === undefined) return [];
  const names = namesOf(kind, desired);
  if (names !== undefined && !names.includes(live.name)) {
    const remedy = `set \`name: ${JSON.stringify(live.name)}\``;
    const message = `${live.id} is called "${live.name}", but its tombstone says "${names[0]}"; ${remedy}`;
    return [change(desired, verb, 'declared-absent', { live, status: blocked('NAME_DIFFERS', message) })];
  }
  const wished = desired.pruned ? 'orphan-pruned' : 'declared-absent';
  const undoing = kind.lifecycle.cancelDeletion(live);
  const because = undoing ? 'set-for-deletion' : wished;
  const told = [...(undoing ? [undoing.standing] : []), ...borneBefore(desired, live)];
  const remarks = told.length > 0 ? { remarks: told } : {};
  const end = { ...losing(change(desired, verb, because, { live }), live), ...remarks };
  // A deletion that waits for its uses is not announced yet: the first of two authorizations counts for days only.
  const all = [end, ...following(kind, desired, live, { verb, used })];
  return used && verb === 'delete' ? all : [...before(kind, desired, live, snapshot), ...all];
}

/** What bears a former mark alone may be somebody else's by now: whoever reviews its end is told. */
function borneBefore(desired: Desired, { marks }: Observed): readonly string[] {
  if (marks.some((mark) => sameMark(mark, desired.mark))) return [];
  const former = formerAmong(marks, desired).map(({ stack, name }) => `"${stack}/${name}"`);
  return former.length === 0 ? [] : [`it bears a mark of its former name alone: ${former.join(', ')}`];
}

/** What is removed at once goes in two steps; the second one is reviewed with the first. */
function following(
  kind: Kind,
  desired: Desired,
  live: Observed,
  first: { readonly verb: Verb; readonly used: boolean },
): readonly Change[] {
  const life = { is: 'restorable', as: 'reclaiming', until: undefined, by: undefined, since: undefined } as const;
  const gone = { ...live, life };
  if (first.verb !== 'delete' || kind.lifecycle.deletion(desired.spec, gone, first.used) !== 'reclaim') return [];
  const { address } = desired;
  const status: Status = { is: 'deferred', until: [{ when: 'settled', id: live.id, address }] };
  return [losing(change(desired, 'reclaim', 'declared-absent', { live, status }), gone)];
}

/** What cannot be undone is bound to the state that it was reviewed in. */
function losing(end: Change, live: Observed): Change {
  if (!rowOf(end.verb).irreversible) return end;
  return { ...end, irreversible: true, target: { id: live.id, version: live.version, state: stateOf(live) } };
}

/** What a consent to its end is bound to, beside whom it hits. */
function stateOf({ life, impaired }: Observed): string {
  return life.is === 'restorable' ? life.as : (impaired ?? life.is);
}

function isUsed({ id }: Observed, { uses }: Snapshot): boolean {
  return uses.on(id).length > 0;
}

/** What is destroyed already is erased only where that is asked for by name: nothing else about it is declared. */
function purging(kind: Kind, { address }: Desired, live: Observed, { consents }: Snapshot): Verb | undefined {
  const word = erasureOf(kind, address, live);
  return word !== undefined && consents.has(word) ? 'purge' : undefined;
}

/** The word of `--allow` that erases what is left of it, if anything is. */
export function erasureOf(kind: Kind, address: Address, { life }: Observed): string | undefined {
  const dead = life.is === 'restorable' || life.is === 'lost';
  return dead && kind.can('purge') ? `purge:${address}` : undefined;
}

/** The first of two steps, where the kind has two. */
function before(kind: Kind, desired: Desired, live: Observed, { now, consents }: Snapshot): readonly Change[] {
  const step = live.life.is === 'active' ? kind.lifecycle.prerequisite(live, now) : undefined;
  if (step === undefined) return [];
  const { fields, consent, remark } = step;
  const allow = consent && `${consent.word}:${desired.address}`;
  const status: Status =
    consent === undefined || allow === undefined || consents.has(allow)
      ? READY
      : blocked('CONSENT_NEEDED', `${consent.why}; \`--allow ${allow}\` gives it again`, allow);
  return [{ ...change(desired, 'update', 'declared-absent', { live, fields, status }), remarks: [remark] }];
}

/** The name that a tombstone's object must bear, for kinds that have names: the one written, else a map key of it. */
function namesOf(kind: Kind, { spec, mark }: Desired): readonly string[] | undefined {
  if (!kind.fields.includes('name')) return undefined;
  return 'name' in spec && typeof spec.name === 'string' ? [spec.name] : [mark.name, ...(spec.formerly ?? [])];
}

/** What is there under this name is not ours: ours is gone, unless it lost its mark, or this very object is meant. */
function stranger(desired: Desired, { live, by }: Extract<Match, { is: 'one' }>): readonly Change[] {
  if (live.life.is === 'restorable' || live.life.is === 'lost') return [];
  if (live.marks.length > 0) return by === 'pin' ? [foreign(desired, live)] : [];
  const message = `${live.id} exists without this stack's mark, so it is not deleted`;
  const remedy = 'delete it yourself, or remove this tombstone';
  return [change(desired, 'delete', 'declared-absent', { live, status: blocked('UNMARKED', `${message}; ${remedy}`) })];
}

function foreign(desired: Desired, live: Observed): Change {
  const owners = live.marks.map(({ stack, name }) => `"${stack}/${name}"`).join(' and ');
  const message = `${live.id} belongs to ${owners}, so it is not deleted`;
  const remedy = 'declare its end where it is declared, and remove this tombstone';
  const status = blocked('FOREIGN_MARK', `${message}; ${remedy}`);
  return change(desired, 'delete', 'declared-absent', { live, status });
}

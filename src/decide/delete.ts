import type { Kind } from '../kinds/kind.ts';
import { type Address, sameMark } from '../model/address.ts';
import { blocked, type Change, READY, type Status } from '../model/change.ts';
import { assertNever } from '../model/json.ts';
import { formerAmong, isOurs, othersAmong } from '../model/ownership.ts';
import type { Desired, Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { rowOf, type Verb } from '../model/verbs.ts';
import { type Case, change } from './change.ts';
import type { Match } from './match.ts';
import { releasing } from './ownership.ts';

/** What a tombstone still needs: nothing, its ending, or also the step before that. */
export function ending(kind: Kind, desired: Desired, found: Match, snapshot: Snapshot): readonly Change[] {
  switch (found.is) {
    case 'none':
      return [];
    case 'blocked':
      if (found.code !== 'AMBIGUOUS') return [];
      return [change({ desired }, 'delete', 'declared-absent', { status: found })];
    case 'one':
      return [found.live, ...(found.leftovers ?? [])].flatMap((live) =>
        endingOf({ kind, desired, live, snapshot }, found.by === 'pin'),
      );
    default:
      return assertNever(found);
  }
}

function endingOf(one: Case, isPinned: boolean): readonly Change[] {
  const { kind, desired, live, snapshot } = one;
  // Without our mark there is nothing to forget.
  if (kind.ownership.marks !== 'none' && !isOurs(desired, live)) {
    return desired.spec.state === 'forgotten' ? [] : stranger(one, isPinned);
  }
  if (desired.spec.state === 'forgotten') return [change(one, 'forget', 'forgotten')];
  if (othersAmong(live.marks, desired).length > 0) return [releasing(desired, live)];
  const used = snapshot.uses.on(live.id).length > 0;
  const verb = kind.lifecycle.deletion(desired.spec, live, used) ?? purging(one);
  if (verb === undefined) return [];
  const names = namesOf(kind, desired);
  if (names !== undefined && !names.includes(live.name)) {
    const remedy = `set \`name: ${JSON.stringify(live.name)}\``;
    const message = `${live.id} is called "${live.name}", but its tombstone says "${names[0]}"; ${remedy}`;
    return [change(one, verb, 'declared-absent', { status: blocked('NAME_DIFFERS', message) })];
  }
  const undoing = kind.lifecycle.cancelDeletion(live);
  const because = undoing ? 'set-for-deletion' : desired.pruned ? 'orphan-pruned' : 'declared-absent';
  const remarks = [...(undoing ? [undoing.standing] : []), ...borneBefore(desired, live)];
  const all = [losing(change(one, verb, because, { remarks }), live), ...following(one, verb, used)];
  // A deletion that waits for its uses is not announced yet: the first of two authorizations counts for days only.
  return used && verb === 'delete' ? all : [...before(one), ...all];
}

/** What bears a former mark alone may be somebody else's by now: whoever reviews its end is told. */
function borneBefore(desired: Desired, { marks }: Observed): readonly string[] {
  if (marks.some((mark) => sameMark(mark, desired.mark))) return [];
  const former = formerAmong(marks, desired).map(({ stack, name }) => `"${stack}/${name}"`);
  return former.length === 0 ? [] : [`it bears a mark of its former name alone: ${former.join(', ')}`];
}

/** What is removed at once goes in two steps; the second one is reviewed with the first. */
function following(one: Case, first: Verb, used: boolean): readonly Change[] {
  const { kind, desired, live } = one;
  const life = { is: 'restorable', as: 'reclaiming', until: undefined, by: undefined, since: undefined } as const;
  const gone = { ...live, life };
  if (first !== 'delete' || kind.lifecycle.deletion(desired.spec, gone, used) !== 'reclaim') return [];
  const status: Status = { is: 'deferred', until: [{ when: 'settled', id: live.id, address: desired.address }] };
  return [losing(change(one, 'reclaim', 'declared-absent', { status }), gone)];
}

/** What cannot be undone is bound to the state that it was reviewed in, beside whom it hits. */
function losing(end: Change, { id, version, life, impaired }: Observed): Change {
  if (!rowOf(end.verb).irreversible) return end;
  const state = life.is === 'restorable' ? life.as : (impaired ?? life.is);
  return { ...end, irreversible: true, target: { id, version, state } };
}

/** What is destroyed already is erased only where that is asked for by name: nothing else about it is declared. */
function purging({ kind, desired, live, snapshot }: Case): Verb | undefined {
  const word = erasureOf(kind, desired.address, live);
  return word !== undefined && snapshot.consents.has(word) ? 'purge' : undefined;
}

/** The word of `--allow` that erases what is left of it, if anything is. */
export function erasureOf(kind: Kind, address: Address, { life }: Observed): string | undefined {
  const dead = life.is === 'restorable' || life.is === 'lost';
  return dead && kind.can('purge') ? `purge:${address}` : undefined;
}

/** The first of two steps, where the kind has two. */
function before(one: Case): readonly Change[] {
  const { kind, desired, live, snapshot } = one;
  const step = live.life.is === 'active' ? kind.lifecycle.prerequisite(live, snapshot.now) : undefined;
  if (step === undefined) return [];
  const { fields, consent, remark } = step;
  const allow = consent && `${consent.word}:${desired.address}`;
  const status: Status =
    consent === undefined || allow === undefined || snapshot.consents.has(allow)
      ? READY
      : blocked('CONSENT_NEEDED', `${consent.why}; \`--allow ${allow}\` gives it again`, allow);
  return [change(one, 'update', 'declared-absent', { fields, status, remarks: [remark] })];
}

/** The name that a tombstone's object must bear, for kinds that have names: the one written, else a map key of it. */
function namesOf(kind: Kind, { spec, mark }: Desired): readonly string[] | undefined {
  if (!kind.fields.includes('name')) return undefined;
  return 'name' in spec && typeof spec.name === 'string' ? [spec.name] : [mark.name, ...(spec.formerly ?? [])];
}

/** What is there under this name is not ours: ours is gone, unless it lost its mark, or this very object is meant. */
function stranger(one: Case, isPinned: boolean): readonly Change[] {
  const { life, id, marks } = one.live;
  if (life.is === 'restorable' || life.is === 'lost') return [];
  if (marks.length > 0 && !isPinned) return [];
  const stays = 'so it is not deleted';
  if (marks.length === 0) {
    const message = `${id} exists without this stack's mark, ${stays}; delete it yourself, or remove this tombstone`;
    return [change(one, 'delete', 'declared-absent', { status: blocked('UNMARKED', message) })];
  }
  const owners = marks.map(({ stack, name }) => `"${stack}/${name}"`).join(' and ');
  const remedy = 'declare its end where it is declared, and remove this tombstone';
  const status = blocked('FOREIGN_MARK', `${id} belongs to ${owners}, ${stays}; ${remedy}`);
  return [change(one, 'delete', 'declared-absent', { status })];
}

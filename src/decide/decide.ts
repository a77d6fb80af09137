import type { Kind } from '../kinds/kind.ts';
import { type Because, blocked, type Change, type Status } from '../model/change.ts';
import { assertNever } from '../model/json.ts';
import { isOurs } from '../model/ownership.ts';
import type { ProblemCode } from '../model/problem-codes.ts';
import type { Desired, Life, Note, Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isPresent } from '../model/wanted.ts';
import { type Case, change } from './change.ts';
import { ending } from './delete.ts';
import { editing } from './edit.ts';
import { type Match, match } from './match.ts';
import { fitting, foreignOwner, marking, swapOf } from './ownership.ts';
import { leaving, replacing } from './replace.ts';

export interface Decision {
  readonly match: Match;
  /** In the order in which they would be done: the mark first, then the fields. */
  readonly changes: readonly Change[];
  readonly notes: readonly Note[];
  /** A tombstone whose object is gone, or is as far gone as it goes by itself. */
  readonly finished: boolean;
}

/**
 * Says what one resource needs. The planner calls it; the executor calls it again before a step, and it judges a lost
 * answer: if it no longer asks for the verb, the verb happened.
 */
export function decide(kind: Kind, desired: Desired, snapshot: Snapshot): Decision {
  const found = match(kind, desired, snapshot);
  if (!isPresent(desired)) {
    const changes = ending(kind, desired, found, snapshot);
    return { match: found, changes, notes: [], finished: changes.length === 0 };
  }
  const there = found.is === 'one' ? found.live : undefined;
  const decided = (changes: readonly Change[], notes: readonly Note[] = []): Decision => ({
    match: found,
    changes: changes.map((one) => fitting(kind, desired, there, one)),
    notes,
    finished: false,
  });
  switch (found.is) {
    case 'blocked':
      return decided([change({ desired }, 'create', 'missing', { status: found })]);
    case 'none':
      return decided([desired.spec.existing ? notFound(desired) : creating({ kind, desired, snapshot }, 'missing')]);
    case 'one': {
      const [changes, notes] = keeping({ kind, desired, live: found.live, snapshot });
      // What takes another's place has to be there, and ours, before the other goes.
      const isOpen = changes.some(({ verb, status }) => verb !== 'update' && status.is === 'blocked');
      const leftovers = isOpen ? [] : (found.leftovers ?? []);
      return decided([...changes, ...leftovers.map((live) => leaving(desired, live))], notes);
    }
    default:
      return assertNever(found);
  }
}

/** What a present resource needs that was found. */
function keeping(one: Case): [readonly Change[], readonly Note[]] {
  const { kind, desired, live, snapshot } = one;
  // A life that ended, or another owner, stands in the way whatever the fields say.
  const stop = ended(one) ?? foreignOwner(one);
  if (stop !== undefined) return [[stop, ...onceBack(one, stop)], []];
  if (desired.spec.existing) return [[], []];
  if (live.life.is === 'failed') return [[creating(one, 'failed-before')], []];
  const comparison = kind.compare(desired, live, snapshot);
  const notes = comparison.unreadable.map(({ field, text }) => ({ address: desired.address, field, text }));
  const mark = marking(one, comparison);
  // What is not ours is not edited: until its mark is set, its fields are not even compared aloud.
  if (mark?.status.is === 'blocked') return [[mark], notes];
  const place = replacing(one, comparison);
  const marked = mark ? [mark] : [];
  // What could not be compared with it is not of interest where it is left.
  if ('changes' in place) return [[...marked, ...place.changes], []];
  return [[...marked, ...editing(one, place.rest)], notes];
}

/** The mark of what is destroyed or in reclamation cannot change: that is reviewed with the restore, and follows it. */
function onceBack(one: Case, stop: Change): readonly Change[] {
  const swap = stop.verb === 'restore' && stop.status.is !== 'blocked' ? swapOf(one) : undefined;
  if (swap?.status.is !== 'ready') return [];
  const { id } = one.live;
  const status: Status = { is: 'deferred', until: [{ when: 'settled', id, address: one.desired.address }] };
  return [change(one, 'adopt', 'former-mark', { fields: swap.fields, status })];
}

/** What a create will set, and what of that is for good. */
function creating(one: Omit<Case, 'live'> & { readonly live?: Observed }, because: Because): Change {
  const { kind, desired, snapshot } = one;
  const fields = kind.createFields(desired, snapshot);
  const status = kind.lifecycle.expired(desired.spec, snapshot.now);
  return change(one, 'create', because, { fields, remarks: kind.irreversible(fields), ...(status && { status }) });
}

function notFound(desired: Desired): Change {
  const message = `${desired.address} is declared as existing and was not found`;
  const remedy = 'correct what it is looked up by, or have it created where it is kept';
  return change({ desired }, 'create', 'missing', { status: blocked('NOT_FOUND', `${message}; ${remedy}`) });
}

function ended(one: Case): Change | undefined {
  const { life } = one.live;
  switch (life.is) {
    case 'active':
    case 'settling':
      return undefined;
    case 'failed':
      // Ours is made again; somebody else's is theirs to clear away.
      return isOurs(one.desired, one.live) ? undefined : gone(one, 'INACTIVE', life.why);
    case 'restorable':
      return restoring(one, life);
    case 'lost':
      return gone(one, life.code, life.why);
    default:
      return assertNever(life);
  }
}

function gone(one: Case, code: ProblemCode, why: string): Change {
  const message = `${one.live.id} cannot be used: ${why}; declare a new name in its place`;
  return change(one, 'create', 'destroyed', { status: blocked(code, message) });
}

type Restorable = Extract<Life, { is: 'restorable' }>;

/** Brought back when the manifest or `--allow` says so, otherwise blocked with who ended it and until when it can come back. */
function restoring(one: Case, life: Restorable): Change {
  const { kind, desired, live, snapshot } = one;
  if (life.until !== undefined && Date.parse(life.until) <= snapshot.now.getTime()) {
    return gone(one, 'DATA_GONE', `its data is gone since ${life.until}`);
  }
  const ours = isOurs(desired, live);
  const mayRestore = ours && !desired.spec.existing;
  const allow = `restore:${desired.address}`;
  if (mayRestore && (kind.lifecycle.autoRestore(desired.spec) || snapshot.consents.has(allow))) {
    const status = kind.lifecycle.gate('restore', live, snapshot.now, desired.spec);
    return change(one, 'restore', life.as, { status });
  }
  const how = mayRestore ? `\`--allow ${allow}\` brings it back` : 'its owner can bring it back';
  const message = `${live.id} ${history(life)}; ${how}, or declare a new name`;
  const code = life.as === 'destroyed' ? 'DESTROYED' : 'RECLAIMING';
  return change(one, 'restore', life.as, { status: blocked(code, message, ours ? allow : undefined) });
}

function history({ as, since, by, until }: Restorable): string {
  const what = as === 'destroyed' ? 'was destroyed' : 'was deleted';
  const when = since === undefined ? '' : ` on ${since}`;
  const who = by === undefined ? '' : ` by ${by}`;
  const where = as === 'destroyed' ? '' : ', is in reclamation';
  return `${what}${when}${who}${where}${until === undefined ? '' : ` and can be restored until ${until}`}`;
}

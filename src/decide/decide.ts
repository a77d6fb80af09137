import type { Kind } from '../kinds/kind.ts';
import { type Because, blocked, type Change, type Status } from '../model/change.ts';
import { assertNever } from '../model/json.ts';
import { isOurs } from '../model/ownership.ts';
import type { ProblemCode } from '../model/problem-codes.ts';
import type { Desired, Life, Note, Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isPresent } from '../model/wanted.ts';
import { change } from './change.ts';
import { ending } from './delete.ts';
import { editing } from './edit.ts';
import { type Match, match } from './match.ts';
import { fitting, foreignOwner, marking } from './ownership.ts';
import { leaving, replacing } from './replace.ts';
import { swapOf } from './swap.ts';

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
  const there = found.is === 'one' ? found.live : undefined;
  const decided = (changes: readonly Change[], notes: readonly Note[] = []): Decision => ({
    match: found,
    changes: changes.map((one) => fitting(kind, desired, there, one)),
    notes,
    finished: false,
  });
  if (!isPresent(desired)) {
    const halves =
      found.is === 'one' ? [found, ...(found.leftovers ?? []).map((live) => ({ ...found, live }))] : [found];
    const changes = halves.flatMap((half) => ending(kind, desired, half, snapshot));
    return { match: found, changes, notes: [], finished: changes.length === 0 };
  }
  switch (found.is) {
    case 'blocked':
      return decided([change(desired, 'create', 'missing', { status: blocked(found.code, found.message) })]);
    case 'none': {
      if (desired.spec.existing) return decided([notFound(desired)]);
      return decided([creating(kind, desired, snapshot, 'missing')]);
    }
    case 'one': {
      const [changes, notes] = keeping(kind, desired, found.live, snapshot);
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
function keeping(
  kind: Kind,
  desired: Desired,
  live: Observed,
  snapshot: Snapshot,
): [readonly Change[], readonly Note[]] {
  const stop = obstacle(kind, desired, live, snapshot);
  if (stop !== undefined) return [[stop, ...onceBack(kind, desired, live, stop, snapshot)], []];
  if (desired.spec.existing) return [[], []];
  if (live.life.is === 'failed') {
    return [[creating(kind, desired, snapshot, 'failed-before', live)], []];
  }
  const comparison = kind.compare(desired, live, snapshot);
  const notes = comparison.unreadable.map(({ field, text }) => ({ address: desired.address, field, text }));
  const mark = marking(kind, desired, live, comparison, snapshot);
  // What is not ours is not edited: until its mark is set, its fields are not even compared aloud.
  if (mark?.status.is === 'blocked') return [[mark], notes];
  const place = replacing(kind, desired, live, comparison, snapshot);
  const marked = mark ? [mark] : [];
  // What could not be compared with it is not of interest where it is left.
  if ('changes' in place) return [[...marked, ...place.changes], []];
  return [[...marked, ...editing(kind, desired, live, place.rest, snapshot)], notes];
}

/** The mark of what is destroyed or in reclamation cannot change: that is reviewed with the restore, and follows it. */
function onceBack(kind: Kind, desired: Desired, live: Observed, stop: Change, snapshot: Snapshot): readonly Change[] {
  const swap =
    stop.verb === 'restore' && stop.status.is !== 'blocked' ? swapOf(kind, desired, live, snapshot) : undefined;
  if (swap?.status.is !== 'ready') return [];
  const status: Status = { is: 'deferred', until: [{ when: 'settled', id: live.id, address: desired.address }] };
  return [change(desired, 'adopt', 'former-mark', { live, fields: swap.fields, status })];
}

/** What a create will set, and what of that is for good. */
function creating(kind: Kind, desired: Desired, snapshot: Snapshot, because: Because, live?: Observed): Change {
  const fields = kind.createFields(desired, snapshot);
  const status = kind.lifecycle.expired(desired.spec, snapshot.now);
  const remarks = kind.irreversible(fields);
  const made = change(desired, 'create', because, { fields, ...(live ? { live } : {}), ...(status ? { status } : {}) });
  return remarks.length > 0 ? { ...made, remarks } : made;
}

function notFound(desired: Desired): Change {
  const message = `${desired.address} is declared as existing and was not found`;
  const remedy = 'correct what it is looked up by, or have it created where it is kept';
  return change(desired, 'create', 'missing', { status: blocked('NOT_FOUND', `${message}; ${remedy}`) });
}

/** What stands in the way whatever the fields say: a life that ended, or another owner. */
function obstacle(kind: Kind, desired: Desired, live: Observed, snapshot: Snapshot): Change | undefined {
  const dead = ended(kind, desired, live, snapshot);
  if (dead !== undefined) return dead;
  return foreignOwner(kind, desired, live, snapshot);
}

function ended(kind: Kind, desired: Desired, live: Observed, snapshot: Snapshot): Change | undefined {
  const { life } = live;
  switch (life.is) {
    case 'active':
    case 'settling':
      return undefined;
    case 'failed':
      // Ours is made again; somebody else's is theirs to clear away.
      return isOurs(desired, live) ? undefined : gone(desired, live, 'INACTIVE', life.why);
    case 'restorable':
      return restoring(kind, desired, live, life, snapshot);
    case 'lost':
      return gone(desired, live, life.code, life.why);
    default:
      return assertNever(life);
  }
}

function gone(desired: Desired, live: Observed, code: ProblemCode, why: string): Change {
  const message = `${live.id} cannot be used: ${why}; declare a new name in its place`;
  return change(desired, 'create', 'destroyed', { live, status: blocked(code, message) });
}

type Restorable = Extract<Life, { is: 'restorable' }>;

/** Brought back when the manifest or `--allow` says so, otherwise blocked with who ended it and until when it can come back. */
function restoring(kind: Kind, desired: Desired, live: Observed, life: Restorable, snapshot: Snapshot): Change {
  const until = life.until === undefined ? undefined : Date.parse(life.until);
  if (until !== undefined && until <= snapshot.now.getTime()) {
    return gone(desired, live, 'DATA_GONE', `its data is gone since ${life.until}`);
  }
  const ours = isOurs(desired, live);
  const allow = `restore:${desired.address}`;
  const consented = kind.lifecycle.autoRestore(desired.spec) || snapshot.consents.has(allow);
  if (ours && !desired.spec.existing && consented) {
    return change(desired, 'restore', life.as, {
      live,
      status: kind.lifecycle.gate('restore', live, snapshot.now, desired.spec),
    });
  }
  const how = ours && !desired.spec.existing ? `\`--allow ${allow}\` brings it back` : 'its owner can bring it back';
  const message = `${live.id} ${history(life)}; ${how}, or declare a new name`;
  const code = life.as === 'destroyed' ? 'DESTROYED' : 'RECLAIMING';
  return change(desired, 'restore', life.as, { live, status: blocked(code, message, ours ? allow : undefined) });
}

function history({ as, since, by, until }: Restorable): string {
  const what = as === 'destroyed' ? 'was destroyed' : 'was deleted';
  const when = since === undefined ? '' : ` on ${since}`;
  const who = by === undefined ? '' : ` by ${by}`;
  const where = as === 'destroyed' ? '' : ', is in reclamation';
  return `${what}${when}${who}${where}${until === undefined ? '' : ` and can be restored until ${until}`}`;
}

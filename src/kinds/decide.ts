import { sameMark } from '../model/address.ts';
import type { Because, Blocked, Change, FieldChange, Status, Verb } from '../model/change.ts';
import { assertNever } from '../model/json.ts';
import type { ProblemCode } from '../model/problem-codes.ts';
import type { Desired, Life, Note, Observed } from '../model/resource.ts';
import type { Comparison, Kind } from './kind.ts';
import type { Known } from './known.ts';
import { type Match, match } from './pair.ts';

export interface Decision {
  readonly match: Match;
  /** In the order in which they would be done: the mark first, then the fields. */
  readonly changes: readonly Change[];
  readonly notes: readonly Note[];
}

/** A lost mark is set again without asking only on what this login made within the hour (design 4). */
const MARK_LOST_MS = 3_600_000;

const READY: Status = { is: 'ready' };

/**
 * Says what one resource needs. The planner calls it; the executor calls it again before a step, and it judges a lost
 * answer: if it no longer asks for the verb, the verb happened.
 *
 * @param objects what is live, of all kinds
 * @param now     for the hour within which a mark counts as lost; nothing else depends on it
 */
export function decide(kind: Kind, desired: Desired, objects: readonly Observed[], known: Known, now: Date): Decision {
  const found = match(kind, desired, objects, known);
  const decided = (changes: readonly Change[], notes: readonly Note[] = []): Decision => ({
    match: found,
    changes,
    notes,
  });
  switch (found.is) {
    case 'blocked':
      return decided([change(desired, 'create', 'missing', { status: blocked(found.code, found.message) })]);
    case 'none': {
      if (desired.spec.existing) return decided([notFound(desired)]);
      return decided([change(desired, 'create', 'missing', { fields: kind.listing(desired, known) })]);
    }
    case 'one': {
      const { live } = found;
      const stop = obstacle(desired, live);
      if (stop !== undefined) return decided([stop]);
      if (desired.spec.existing) return decided([]);
      if (live.life.is === 'failed') {
        const fields = kind.listing(desired, known);
        return decided([change(desired, 'create', 'failed-before', { live, fields })]);
      }
      const comparison = kind.compare(desired, live, known);
      const notes = comparison.unreadable.map(({ field, text }) => ({ address: desired.address, field, text }));
      const mark = marking(kind, desired, live, comparison, known, now);
      // What is not ours is not edited: until its mark is set, its fields are not even compared aloud.
      if (mark?.status.is === 'blocked') return decided([mark], notes);
      return decided([...(mark ? [mark] : []), ...editing(desired, live, comparison)], notes);
    }
    default:
      return assertNever(found);
  }
}

function change(
  desired: Desired,
  verb: Verb,
  because: Because,
  more: { readonly status?: Status; readonly live?: Observed; readonly fields?: readonly FieldChange[] },
): Change {
  const { live } = more;
  return {
    address: desired.address,
    verb,
    because,
    fields: more.fields ?? [],
    ...(live ? { target: { id: live.id, version: live.version } } : {}),
    after: [],
    status: more.status ?? READY,
  };
}

function blocked(code: ProblemCode, message: string): Blocked {
  return { is: 'blocked', code, message };
}

function notFound(desired: Desired): Change {
  const message = `${desired.address} is declared as existing and was not found`;
  const remedy = 'create it where it is kept, correct its name, or remove `existing: true` to have it created';
  return change(desired, 'create', 'missing', { status: blocked('NOT_FOUND', `${message}; ${remedy}`) });
}

/** What stands in the way whatever the fields say: a life that ended, or another owner. */
function obstacle(desired: Desired, live: Observed): Change | undefined {
  const dead = ended(desired, live);
  if (dead !== undefined) return dead;
  if (desired.spec.existing || live.marks.some((mark) => sameMark(mark, desired.mark))) return undefined;
  const [other] = live.marks;
  if (other === undefined) return undefined;
  const owner = other.stack === desired.mark.stack ? `"${other.name}" of this stack` : `stack "${other.stack}"`;
  const message = `${live.id} belongs to ${owner}`;
  const remedy = 'remove it there first, or declare it here with `existing: true`';
  return change(desired, 'adopt', 'unmarked', { live, status: blocked('FOREIGN_MARK', `${message}; ${remedy}`) });
}

function ended(desired: Desired, live: Observed): Change | undefined {
  const { life } = live;
  switch (life.is) {
    case 'active':
    case 'settling':
      return undefined;
    case 'failed':
      // Ours is made again; somebody else's is theirs to clear away.
      return live.marks.some((mark) => sameMark(mark, desired.mark))
        ? undefined
        : gone(desired, live, 'INACTIVE', life.why);
    case 'restorable':
      return restorable(desired, live, life);
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

function restorable(desired: Desired, live: Observed, life: Extract<Life, { is: 'restorable' }>): Change {
  const by = life.by === undefined ? '' : ` by ${life.by}`;
  const since = life.since === undefined ? '' : ` on ${life.since}`;
  const until = life.until === undefined ? '' : ` until ${life.until}`;
  const code = life.as === 'destroyed' ? 'DESTROYED' : 'RECLAIMING';
  const what = life.as === 'destroyed' ? 'was destroyed' : 'was deleted and is in reclamation';
  const message = `${live.id} ${what}${since}${by}; it can be restored${until}. This version does not restore: do so`;
  const remedy = `${message} in the console or with the ibmcloud CLI, or declare a new name`;
  return change(desired, 'restore', life.as, { live, status: blocked(code, remedy) });
}

/** An unmarked match: adopted only when asked, unless the mark was lost a moment ago. */
function marking(
  kind: Kind,
  desired: Desired,
  live: Observed,
  comparison: Comparison,
  known: Known,
  now: Date,
): Change | undefined {
  if (kind.marks === 'none' || live.marks.length > 0) return undefined;
  const fresh = live.madeAt !== undefined && now.getTime() - Date.parse(live.madeAt) < MARK_LOST_MS;
  const ours = kind.twins === 'possible' && live.madeBy === known.iamId && fresh;
  if (ours && comparison.differences.length === 0) return change(desired, 'adopt', 'mark-lost', { live });
  const message = `${live.id} exists, and this stack did not make it; this version does not adopt`;
  const remedy = 'declare it with `existing: true` to use it as it is, or choose another name';
  return change(desired, 'adopt', 'unmarked', { live, status: blocked('UNMARKED', `${message}: ${remedy}`) });
}

function editing(desired: Desired, live: Observed, { differences }: Comparison): readonly Change[] {
  const refused = differences.filter(({ leads }) => leads === 'refuse');
  const updates = differences.filter(({ leads }) => leads === 'update');
  const changes: Change[] = [];
  if (refused.length > 0) {
    const reasons = refused.map(({ change: { field }, why }) => `\`${field}\` cannot change: ${why}`);
    const message = `${reasons.join('; ')}. Put the live value back into the manifest, or declare a new name`;
    const fields = refused.map((difference) => difference.change);
    changes.push(change(desired, 'update', 'differs', { live, fields, status: blocked('CANNOT_CHANGE', message) }));
  }
  if (updates.length > 0) {
    const fields = updates.map((difference) => difference.change);
    const status: Status =
      live.life.is === 'settling' ? { is: 'deferred', until: [{ when: 'settled', id: live.id }] } : READY;
    changes.push(change(desired, 'update', 'differs', { live, fields, status }));
  }
  return changes;
}

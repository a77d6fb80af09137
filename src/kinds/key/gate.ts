import type { KpKey } from '../../cloud/key-protect/shapes.ts';
import { type Blocked, blocked, type FieldChange, READY, type Status } from '../../model/change.ts';
import type { Common, Observed } from '../../model/resource.ts';
import type { Verb } from '../../model/verbs.ts';
import type { Cancellation, Prerequisite } from '../kind.ts';
import { isFull } from './aliases.ts';
import type { LiveKey } from './facts.ts';
import type { KeyWritten } from './spec.gen.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
/** Dates are whole seconds, rounded down: what counts from them may begin so much later. */
const ROUNDING_MS = SECOND_MS;
/** After a change of state, until the next one that gives access back. */
const SETTLE_MS = 30 * SECOND_MS + ROUNDING_MS;
const ROTATION_MS = HOUR_MS + ROUNDING_MS;
const PURGE_MS = 4 * HOUR_MS + ROUNDING_MS;

/**
 * Key Protect's own clocks and states: what may be done to a key now, later, or not at all.
 * Source: Key Protect docs, "Key states and transitions", "Restoring keys", "Rotating keys", "Deleting keys using dual
 * authorization"; the table of section 6 of the API reference.
 */
export function gate(verb: Verb, live: Observed<LiveKey>, now: Date, spec: KeyWritten & Common): Status {
  const { key } = live.facts;
  switch (verb) {
    case 'adopt':
      return gateMark(live);
    case 'enable':
      return gateEnable(live, now);
    case 'disable':
      return key.state === 1 ? READY : wrongState(live, 'disabled');
    case 'rotate':
      return gateRotation(live, now, spec);
    case 'restore':
      return after(key.deletionDate, SETTLE_MS, now);
    case 'purge':
      return key.purgeAllowedFrom === undefined
        ? after(key.deletionDate, PURGE_MS, now)
        : after(key.purgeAllowedFrom, 0, now);
    case 'delete':
    case 'cryptoshred':
      return gateDeletion(live, now);
    default:
      return READY;
  }
}

/** A date in the past is refused by the API; said before anything else is made for it. */
export function expired({ expires }: KeyWritten, now: Date): Blocked | undefined {
  if (expires === undefined || Date.parse(expires) > now.getTime()) return undefined;
  const message = `\`expires: ${expires}\` has passed, so there is no key to be made that would not be expired`;
  return blocked('KEY_EXPIRED', `${message}; declare a later date, or \`state: absent\``);
}

function after(date: string | undefined, ms: number, now: Date): Status {
  if (date === undefined) return READY;
  const from = new Date(Date.parse(date) + ms);
  return from > now ? { is: 'deferred', until: [{ when: 'time', from: from.toISOString() }] } : READY;
}

/** A key has five aliases at most, and the mark is one. Source: Key Protect docs, "Creating key aliases". */
function gateMark(live: Observed<LiveKey>): Status {
  const { id, facts } = live;
  const { aliases = [] } = facts.key;
  if (!isFull(live)) return READY;
  const message = `${id} has ${aliases.length} aliases already, and the ownership mark would be one more`;
  return blocked('MARK_FULL', `${message}; remove one of ${aliases.join(', ')} first`);
}

/** The API tells no date of the state's last change; that of any change is never earlier. */
function gateEnable(live: Observed<LiveKey>, now: Date): Status {
  const { key } = live.facts;
  return key.state === 2 ? after(key.lastUpdateDate, SETTLE_MS, now) : wrongState(live, 'enabled');
}

/** A suspended key is rotated once it is enabled, in the same run. UNSURE in the reference: that a deactivated key rotates. */
function gateRotation(live: Observed<LiveKey>, now: Date, spec: KeyWritten & Common): Status {
  const { key } = live.facts;
  if (key.imported === true && spec.material === undefined) return needsMaterial(live);
  if (key.state === 2 && spec.enabled === true) {
    const enabling = gateEnable(live, now);
    if (enabling.is !== 'ready') return enabling;
  } else if (key.state !== 1 && key.state !== 3) return wrongState(live, 'rotated');
  // In the future it would ask for a rotation in every run until then.
  const since = after(spec.rotatedSince, 0, now);
  return since.is === 'ready' ? after(key.lastRotateDate, ROTATION_MS, now) : since;
}

function needsMaterial({ id }: Observed<LiveKey>): Blocked {
  const message = `${id} was imported, so it is rotated with new material that you supply`;
  const remedy = 'declare `material: { env: NAME }` or `material: { file: PATH }` with the new material';
  return blocked('MATERIAL_NEEDED', `${message}; ${remedy}`);
}

/** The second identity deletes what the first one has set for deletion; only an active key can be set. */
function gateDeletion(live: Observed<LiveKey>, now: Date): Status {
  const word = deletionWord(live.facts.key, now);
  if (word.is === 'not-needed' || word.is === 'given') return READY;
  if (live.facts.key.state !== 1) return wrongState(live, 'set for deletion');
  return { is: 'deferred', until: [{ when: 'approval' }] };
}

/** What each state is, and what can be done instead. */
const STATES: Readonly<Record<number, readonly [is: string, remedy: string]>> = {
  0: ['is not active yet', 'Key Protect activates it by itself; plan again then'],
  1: ['is active', 'nothing needs to be done'],
  2: ['is disabled', '`enabled: true` enables it first'],
  3: [
    'has expired',
    'an expired key never becomes active again, though what it encrypted can be read: declare a new name, move to it, then declare this one absent',
  ],
  5: ['is destroyed', 'restore it first, or declare a new name'],
};

function wrongState({ id, facts }: Observed<LiveKey>, done: string): Blocked {
  const { state, expirationDate } = facts.key;
  const [is, remedy] = STATES[state] ?? [`is in state ${state}`, 'look at it in the console'];
  const since = state === 3 && expirationDate !== undefined ? ` on ${expirationDate}` : '';
  const message = `${id} ${is}${since}, and cannot be ${done} so (KEY_ACTION_INVALID_STATE_ERR)`;
  return blocked(state === 3 ? 'KEY_EXPIRED' : 'KEY_STATE', `${message}; ${remedy}`);
}

/** The first of the two authorizations that a key's deletion may need. */
type DeletionWord =
  | { readonly is: 'not-needed' | 'missing' | 'given' }
  | { readonly is: 'expired'; readonly since: string };

/**
 * Who gave it is not told, so whether the running identity may delete is found out by trying.
 * Source: Key Protect docs, "Deleting keys using dual authorization": it counts for seven days. UNSURE what a key shows
 * once it has expired; a past `authExpiration` is taken for it, whatever stands beside it.
 */
function deletionWord({ dualAuthDelete }: KpKey, now: Date): DeletionWord {
  if (dualAuthDelete?.enabled !== true) return { is: 'not-needed' };
  const { keySetForDeletion, authExpiration } = dualAuthDelete;
  if (authExpiration !== undefined && Date.parse(authExpiration) <= now.getTime()) {
    return { is: 'expired', since: authExpiration };
  }
  return { is: keySetForDeletion === true ? 'given' : 'missing' };
}

/** Giving the first authorization, as a field of a change. */
export const setForDeletion: FieldChange = { field: 'setForDeletion', before: false, after: true };

/** Giving it, where it is missing or has expired. */
export function prerequisite({ id, facts }: Observed<LiveKey>, now: Date): Prerequisite | undefined {
  const word = deletionWord(facts.key, now);
  const step = { fields: [setForDeletion], remark: 'the first of two authorizations; it counts for seven days' };
  if (word.is === 'missing') return step;
  if (word.is !== 'expired') return undefined;
  const why = `the first authorization to delete ${id} expired on ${word.since}`;
  return { ...step, consent: { word: 'renew-deletion', why } };
}

/** One that stands, and how it is taken back. */
export function cancelDeletion({ facts }: Observed<LiveKey>): Cancellation | undefined {
  const { dualAuthDelete } = facts.key;
  if (dualAuthDelete?.keySetForDeletion !== true) return undefined;
  const { authExpiration } = dualAuthDelete;
  const until = authExpiration === undefined ? '' : ` until ${authExpiration}`;
  return {
    field: { field: 'setForDeletion', before: true, after: false },
    standing: `it is set for deletion${until}; another identity than the one that set it must delete it`,
    undone: `cancels the deletion that it is set for${until}`,
  };
}

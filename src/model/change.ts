import type { Address, Iso, LiveId } from './address.ts';
import { isObject, type Json } from './json.ts';
import type { ProblemCode } from './problem-codes.ts';
import type { Desired, Note } from './resource.ts';
import type { Verb } from './verbs.ts';

/** Why a change is planned; for the reader, never acted on. */
export type Because =
  | 'missing'
  | 'differs'
  | 'declared-absent'
  | 'destroyed'
  | 'reclaiming'
  | 'unmarked'
  | 'mark-lost'
  | 'former-mark'
  | 'others-own-it'
  | 'forgotten'
  /** What makes it up was changed: another takes its place. */
  | 'identity-changed'
  /** Nothing declares it, and `--prune` was given. */
  | 'orphan-pruned'
  | 'failed-before'
  | 'rotation-due'
  | 'set-for-deletion';

/** Known only after another change was applied. */
export type Pending = { readonly knownAfter: Address };

export interface FieldChange {
  readonly field: string;
  /** Absent: nothing there yet. */
  readonly before?: Json;
  readonly after: Json | Pending;
  /** Both are sets of texts: what comes is added, what goes is removed, and nothing else of the live set is touched. */
  readonly isSet?: true;
}

/** What a change waits for. */
export type Condition =
  /** `address`: when it is declared in this stack. */
  | { readonly when: 'settled'; readonly id: LiveId; readonly address?: Address }
  | { readonly when: 'done'; readonly address: Address }
  | { readonly when: 'time'; readonly from: Iso }
  /** An authorization takes over that services may not know yet; `from`: they do then. Absent: it is yet to be made or changed. */
  | { readonly when: 'known'; readonly from?: Iso }
  /** A second identity must do it; `expires`: until then the first one's word counts. Absent: it is not given yet. */
  | { readonly when: 'approval'; readonly expires?: Iso }
  | {
      readonly when: 'unused';
      /** The keys that must be free of their uses. */
      readonly on: readonly LiveId[];
      /** Who still uses them. */
      readonly by: readonly LiveId[];
      /** When the last registration is gone at the latest; absent: nothing that uses it is being deleted, or no estimate. */
      readonly latest?: Iso;
      /** Not deleted yet: up to so many days after that. */
      readonly daysAfterDeletion?: number;
    };

/** Who uses what a change would end, named as well as can be. */
export interface Affected {
  /** The key. */
  readonly on: LiveId;
  /** A deployment that is under a key as a whole, whatever of it is registered; otherwise the registrant. */
  readonly by: LiveId;
  /** How many of its volumes are registered; absent: none but itself. */
  readonly volumes?: number;
  /** The user's name and catalog service. */
  readonly name: string;
  readonly service: string;
  /** Set when it is declared in this stack. */
  readonly address?: Address;
  /** When it was deleted: it lingers then. */
  readonly deletedAt?: Iso;
  /** Set while it is in reclamation: when that ends. */
  readonly reclaimedAt?: Iso;
  /** A retention policy: its key cannot be deleted, not even by force. */
  readonly preventsDeletion: boolean;
}

export interface Blocked {
  readonly is: 'blocked';
  readonly code: ProblemCode;
  /** What is wrong and what to do, in that order. */
  readonly message: string;
  /** The consent that would lift it: `--allow` takes this word. */
  readonly allow?: string;
}

export type Status =
  | { readonly is: 'ready' }
  | { readonly is: 'deferred'; readonly until: readonly Condition[] }
  | Blocked;

export const READY: Status = { is: 'ready' };

/** @param allow the consent that would lift it */
export function blocked(code: ProblemCode, message: string, allow?: string): Blocked {
  return { is: 'blocked', code, message, ...(allow === undefined ? {} : { allow }) };
}

export interface Change {
  readonly address: Address;
  readonly verb: Verb;
  readonly because: Because;
  readonly fields: readonly FieldChange[];
  /** The live object that is changed; absent for a create. */
  readonly target?: {
    readonly id: LiveId;
    readonly version: string;
    /** In a word or a sentence; only of a change that cannot be undone, whose consent is bound to it. */
    readonly state?: string;
  };
  /** Cannot be undone: data is lost. */
  readonly irreversible?: true;
  /** What else it brings about, for the reader: sentences without a full stop. */
  readonly remarks?: readonly string[];
  /** For a change that ends, stops or moves what others use. */
  readonly blastRadius?: readonly Affected[];
  /** Addresses whose changes must be done first. */
  readonly after: readonly Address[];
  readonly status: Status;
}

/** A change that `--target` leaves out. */
export interface Outside {
  readonly address: Address;
  readonly verb: Verb;
}

/** A live object with a mark of the stack, or of its former name, that no resource is. */
export interface Orphan {
  readonly address: Address;
  readonly id: LiveId;
  readonly name: string;
  /** Of the mark, when it is the stack's former name. */
  readonly stack?: string;
  /** The block that would end it, as YAML to paste; absent where the address is declared, and is another object. */
  readonly tombstone?: string;
  /** `--prune` ends it too. */
  readonly prunable?: true;
}

/** Inert: JSON, without secrets, rendered by code that sees nothing else. */
export interface Plan {
  readonly formatVersion: 1;
  readonly stack: string;
  /** What the stack was called before, if the manifests say so. */
  readonly formerStack?: string;
  readonly account: string;
  /** Where the requests go: `public`, `private`, `emulator` for one inside the process, or the URL of an override. */
  readonly endpoints: string;
  /** `safety.maxDeletes`; absent: the default. */
  readonly maxDeletes?: number;
  /** The addresses of `--target`, sorted; empty: the whole stack is meant. */
  readonly targets: readonly Address[];
  /** `--prune`: what holds no data and nothing declares any more is ended. */
  readonly prune?: true;
  /** The plan's input, from which `apply PLANFILE` plans again. */
  readonly desired: readonly Desired[];
  readonly changes: readonly Change[];
  /** What `--target` leaves out; not done, and counted on by nothing. */
  readonly outside: readonly Outside[];
  readonly notes: readonly Note[];
  /** Live as declared, but still being made or changed by the cloud; no change of ours, though `apply` awaits them. */
  readonly settling: readonly Address[];
  /** Live as declared, but not doing its work, and why. */
  readonly impaired: readonly { readonly address: Address; readonly why: string }[];
  /** What is as declared and should be looked at all the same: an overdue rotation, an expiration that is near. */
  readonly posture: readonly { readonly address: Address; readonly text: string }[];
  /**
   * Tombstones whose object is gone: their blocks can be removed. With the date until which it can be restored, if any, and
   * the word of `--allow` that erases what is left of it.
   */
  readonly finished: readonly { readonly address: Address; readonly restorableUntil?: Iso; readonly erase?: string }[];
  /** Live objects with this stack's mark, or its former one, that no resource is. */
  readonly orphans: readonly Orphan[];
  /** What was consented to: the words of `--allow`, sorted. */
  readonly consents: readonly string[];
  /** Covers what would be done, and for irreversible verbs whom it hits; never dates or versions, nor what is blocked. */
  readonly fingerprint: string;
  /** Covers all of the above, so that an edited file is noticed. */
  readonly checksum: string;
}

export function pending(address: Address): Pending {
  return { knownAfter: address };
}

export function isPending(value: unknown): value is Pending {
  return isObject(value) && typeof value['knownAfter'] === 'string' && Object.keys(value).length === 1;
}

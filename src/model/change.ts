import type { Address, Iso, LiveId } from './address.ts';
import type { ProblemCode } from './errors.ts';
import { isObject, type Json } from './json.ts';
import type { Desired, Note } from './resource.ts';

export type Verb = 'create' | 'update' | 'adopt' | 'restore';

/** Why a change is planned; for the reader, never acted on. */
export type Because = 'missing' | 'differs' | 'unmarked' | 'mark-lost' | 'destroyed' | 'reclaiming' | 'failed-before';

/** Known only after another change was applied. */
export type Pending = { readonly knownAfter: Address };

export interface FieldChange {
  readonly field: string;
  /** Absent: nothing there yet. */
  readonly before?: Json;
  readonly after: Json | Pending;
}

/** What a change waits for. */
export type Condition =
  | { readonly when: 'settled'; readonly id: LiveId }
  | { readonly when: 'done'; readonly address: Address }
  | { readonly when: 'time'; readonly from: Iso };

export interface Blocked {
  readonly is: 'blocked';
  readonly code: ProblemCode;
  /** What is wrong and what to do, in that order. */
  readonly message: string;
}

export type Status =
  | { readonly is: 'ready' }
  | { readonly is: 'deferred'; readonly until: readonly Condition[] }
  | Blocked;

export interface Change {
  readonly address: Address;
  readonly verb: Verb;
  readonly because: Because;
  readonly fields: readonly FieldChange[];
  /** The live object that is changed; absent for a create. */
  readonly target?: { readonly id: LiveId; readonly version: string };
  /** Addresses whose changes must be done first. */
  readonly after: readonly Address[];
  readonly status: Status;
}

/** Inert: JSON, without secrets, rendered by code that sees nothing else. */
export interface Plan {
  readonly formatVersion: 1;
  readonly stack: string;
  readonly account: string;
  /** Where the requests go: `public`, `private`, or the URL of an override. */
  readonly endpoints: string;
  readonly desired: readonly Desired[];
  readonly changes: readonly Change[];
  readonly notes: readonly Note[];
  /** Live as declared, but still being made or changed by the cloud; no change of ours, though `apply` awaits them. */
  readonly settling: readonly Address[];
}

export function pending(address: Address): Pending {
  return { knownAfter: address };
}

export function isPending(value: unknown): value is Pending {
  return isObject(value) && typeof value['knownAfter'] === 'string' && Object.keys(value).length === 1;
}

import type { Address, Iso, LiveId, Mark } from './address.ts';
import type { Json } from './json.ts';
import type { StateWord } from './state.ts';

/** One live object, for scripts. */
export interface LiveObject {
  readonly formatVersion: 1;
  readonly address: Address;
  /** What its own API knows it by: a key's or a policy's id, an instance's GUID, a ring's name. */
  readonly id: string;
  /** Rings and policies have none. */
  readonly crn?: LiveId;
  readonly name: string;
  readonly state: StateWord;
  readonly marks: readonly Mark[];
  readonly madeBy?: string;
  readonly madeAt?: Iso;
  /** In the manifest's words, without secrets; references are CRNs. */
  readonly fields: Readonly<Record<string, Json>>;
}

/** A declared resource as it is found. */
export type Looked =
  | { readonly is: 'live'; readonly object: LiveObject }
  /** Destroyed, being reclaimed, failed or lost. */
  | { readonly is: 'ended'; readonly object: LiveObject; readonly why: string }
  | { readonly is: 'not found' }
  /** It cannot be told which one it is, or whether it is there. */
  | { readonly is: 'unknown'; readonly why: string };

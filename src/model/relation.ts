import type { Iso, LiveId } from './address.ts';

/**
 * The words kinds speak to each other. They name services and ids, never kinds. A `Ref` is an address or a CRN while
 * it is declared, and a live id once it is observed; the rules over them are the same.
 */
export type Ref = string;

/** Who is authorized, as a grant says: whatever member is present must match, absent ones do not narrow. */
export interface Party {
  /** Absent: any service, which a resource group narrows. */
  readonly service?: string;
  /** The instance: a ref. */
  readonly instance?: Ref;
  /** Declared: the group's name. Live: its id, or `ANY_GROUP`. */
  readonly resourceGroup?: string;
  readonly region?: string;
  readonly resourceType?: string;
  /** The last segment of the CRN of what acts: live only. */
  readonly resource?: string;
  /** Set only when it is not the account at hand. */
  readonly account?: string;
}

/** A source narrowed to whatever lies in some resource group. */
export const ANY_GROUP = '*';

/** Who acts: a service, or a narrower part of it. A member that is absent is not known, or there is none. */
export interface User extends Party {
  readonly service: string;
}

/** `by` must be able to use `on` in these roles. */
export interface Need {
  readonly by: User;
  readonly on: Ref;
  readonly roles: readonly string[];
  /** Where the manifest says so: a JSON pointer into the resource; '' for a live one. */
  readonly pointer: string;
}

/** `source` may use `target`, and what is inside it, in these roles. */
export interface Grant {
  readonly source: Party;
  readonly target: Ref;
  /** Live only: only what lies in such an instance; absent members do not narrow. */
  readonly within?: { readonly resourceGroup?: string; readonly region?: string };
  /** Last words of the roles' CRNs, for example `Reader`. */
  readonly roles: readonly string[];
  /** Live only: when it last changed. A refusal soon after may be propagation. */
  readonly changedAt?: Iso;
  /**
   * Live only: why it is not understood. It covers nothing then, and who it is about is not to be told; `target` is what it
   * reaches at most.
   */
  readonly opaque?: string;
}

/** `by` uses `on`. */
export interface Use {
  readonly on: LiveId;
  readonly by: LiveId;
  readonly preventsDeletion: boolean;
  /** It is not registered on the key: another live object says that it uses it. */
  readonly unregistered?: true;
}

export interface Relations {
  /** What holds this: a key is inside its ring and its instance. */
  readonly inside: readonly Ref[];
  readonly needs: readonly Need[];
  readonly grants: readonly Grant[];
  /** Whether it can wrap other keys, so encrypt a deployment: true for a root key. Absent where the question is moot. */
  readonly wraps?: boolean;
}

export const unrelated: Relations = { inside: [], needs: [], grants: [] };

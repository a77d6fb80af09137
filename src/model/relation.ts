import type { Iso, LiveId } from './address.ts';

/**
 * The words kinds speak to each other. They name services and ids, never kinds. A `Ref` is an address or a CRN while
 * it is declared, and a live id once it is observed; the rules over them are the same.
 */
export type Ref = string;

/** Who acts: a service, or a narrower part of it. Absent members do not narrow. */
export interface Party {
  readonly service: string;
  /** The instance: a ref. */
  readonly instance?: Ref;
  /** Declared: the group's name. Live: its id. */
  readonly resourceGroup?: string;
  readonly resourceType?: string;
  /** Set only when it is not the account at hand. */
  readonly account?: string;
}

/** `by` must be able to use `on` in these roles. */
export interface Need {
  readonly by: Party;
  readonly on: Ref;
  readonly roles: readonly string[];
  /** Where the manifest says so: a JSON pointer into the resource; '' for a live one. */
  readonly pointer: string;
}

/** `source` may use `target`, and what is inside it, in these roles. */
export interface Grant {
  readonly source: Party;
  readonly target: Ref;
  /** Last words of the roles' CRNs, for example `Reader`. */
  readonly roles: readonly string[];
  /** Live only: when it last changed. A refusal soon after may be propagation. */
  readonly changedAt?: Iso;
}

/** A registration: `by` does use `on`. */
export interface Use {
  readonly on: LiveId;
  readonly by: LiveId;
  readonly preventsDeletion: boolean;
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

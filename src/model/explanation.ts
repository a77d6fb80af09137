import type { Address, Iso, LiveId, Mark } from './address.ts';
import type { Affected, Status } from './change.ts';
import type { Json } from './json.ts';

/** A key that something uses, and how it is. */
export interface KeyState {
  readonly id: LiveId;
  readonly address?: Address;
  readonly state: string;
  /** It is declared to be used, and no registration says so although its service always registers. */
  readonly unregistered?: true;
}

/** One page on one live object. */
export interface Explanation {
  readonly formatVersion: 1;
  readonly address: Address;
  /** Absent: it is not live. */
  readonly live?: {
    readonly id: LiveId;
    readonly name: string;
    readonly state: string;
    readonly marks: readonly Mark[];
    readonly madeBy?: string;
    readonly madeAt?: Iso;
    /** What no field says, as phrases: where a key's material comes from, when it was rotated. */
    readonly history: readonly string[];
  };
  /** What should be looked at, though it may be as declared. */
  readonly posture: readonly string[];
  /** Declared fields, as they are live. */
  readonly fields: readonly { readonly field: string; readonly value: Json }[];
  /** Who uses it, or what is inside it. */
  readonly uses: readonly Affected[];
  /** Keys that it uses itself, and how they are: without its key a deployment's data cannot be read. */
  readonly keys: readonly KeyState[];
  /** Live authorizations that let a service use it, that serve it, or that it is. */
  readonly grants: readonly {
    readonly id: LiveId;
    readonly address?: Address;
    readonly source: string;
    readonly target: string;
    readonly roles: readonly string[];
    /** Why it cannot be told what it allows: it counts for nothing then. */
    readonly notUnderstood?: string;
  }[];
  /** What would happen if it were declared absent now. */
  readonly deletion?: { readonly verb: string; readonly status: Status };
}

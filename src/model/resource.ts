import type { Address, Iso, LiveId, Mark } from './address.ts';
import type { Crn } from './crn.ts';
import type { JsonObject } from './json.ts';
import type { ProblemCode } from './problem-codes.ts';
import type { Ref, Relations } from './relation.ts';

/** A place in a manifest. Lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where the marked text ends, on the same line; for code frames. */
  readonly endColumn?: number;
}

/** One resource as written, variables substituted, schema checked. */
export interface Declared {
  readonly address: Address;
  readonly kind: string;
  /** The map key. */
  readonly name: string;
  readonly spec: JsonObject;
  /** The place of a JSON pointer into the resource ('' is the resource itself); the nearest written parent when nothing stands there. */
  at(pointer: string): Location;
}

/** What every resource may say. `crn` (authorizations: `policyId`) pins one live object. */
export interface Common {
  /** Default: present. */
  readonly state?: 'present' | 'absent' | 'forgotten';
  /** Map keys that it had before. */
  readonly formerly?: readonly string[];
  readonly existing?: boolean;
  readonly crn?: string;
  readonly policyId?: string;
}

/** What a full CRN in the place of a name must be. */
export interface CrnForm {
  readonly words: string;
  /** A pattern to copy. */
  readonly sample: string;
  fits(crn: Crn): boolean;
}

/** A reference as a kind finds it in its spec. */
export interface Reference {
  readonly pointer: string;
  readonly word: string;
  /** Kinds that the word may name. */
  readonly kinds: readonly string[];
  /** What a full CRN in its place must be; absent: only a declared name will do. */
  readonly crn?: CrnForm;
}

/** JSON pointer → address, or a CRN as written. Words are never looked up bare: a key and a ring may share a name. */
export type Refs = Readonly<Record<string, Ref>>;

/** One resource, resolved and inert: what should be. */
export interface Desired<Spec = unknown> {
  readonly address: Address;
  readonly kind: string;
  readonly mark: Mark;
  /** Marks that it bore under former names of itself or of its stack; absent: none. */
  readonly formerMarks?: readonly Mark[];
  /** Short forms expanded and `defaults` filled in. */
  readonly spec: Spec & Common;
  readonly refs: Refs;
  /** References and implied edges, sorted. */
  readonly dependsOn: readonly Address[];
  readonly relations: Relations;
  /** Not declared: an orphan that `--prune` ends. */
  readonly pruned?: true;
}

/** What the cloud calls it: the name that is written, else the map key. */
export function wantedName({ spec, mark }: Pick<Desired<{ readonly name?: string }>, 'spec' | 'mark'>): string {
  return spec.name ?? mark.name;
}

/** Where a live object stands. `settling` passes by itself; `lost` does not come back. */
export type Life =
  | { readonly is: 'active' }
  | { readonly is: 'settling' }
  /** Gone, and can come back: a destroyed key in its 30 days, an instance in reclamation. */
  | {
      readonly is: 'restorable';
      readonly as: 'destroyed' | 'reclaiming';
      readonly until: Iso | undefined;
      readonly by: string | undefined;
      readonly since: Iso | undefined;
    }
  | { readonly is: 'failed'; readonly why: string }
  /** Does not come back by itself and cannot be changed. */
  | { readonly is: 'lost'; readonly code: ProblemCode; readonly why: string };

/** One live object, in the manifest's words. */
export interface Observed<Live = unknown> {
  readonly kind: string;
  readonly id: LiveId;
  readonly name: string;
  /** Equals `kind.identity.of(desired)` of the resource it would be without a mark. */
  readonly identity: string;
  /** Equals `kind.identity.sameNameElsewhere(desired)` of a resource that differs in its resource group alone. */
  readonly kinship?: string;
  /** The resource group's id, where the kind has one. */
  readonly resourceGroup?: string;
  readonly marks: readonly Mark[];
  readonly life: Life;
  /** What every change changes: an ETag, or state and date. */
  readonly version: string;
  readonly relations: Relations;
  readonly facts: Live;
  /** Who made it (IAM id) and when, where the API says so. */
  readonly madeBy?: string;
  readonly madeAt?: Iso;
  /** Live, but not doing its work: a disabled key. For reports; what to do about it is declared otherwise. */
  readonly impaired?: string;
  /** Why its last change failed, though it goes on: what it shows may be what was asked for, not what is. */
  readonly lastFailure?: string;
  /** Made and kept by somebody else's machinery (a deployment, a template): counts for coverage, is never ours. */
  readonly managedBy?: string;
}

/** A field that could not be compared, and why; shown in the plan, never silently equal (design 2.10). */
export interface Note {
  readonly address: Address;
  readonly field: string;
  readonly text: string;
}

/** A registrant that no kind found, asked for by its CRN. */
export interface ExternalUser {
  readonly name: string;
  readonly service: string;
  readonly resourceGroup?: string;
  /** Set when it is deleted: removed, or in reclamation. */
  readonly deletedAt?: Iso;
  /** Set while it is in reclamation: when that ends. */
  readonly reclaimedAt?: Iso;
}

import type { LiveId } from '../model/address.ts';
import type { Pending } from '../model/change.ts';
import type { Ref } from '../model/relation.ts';

/** Words of a manifest that only the cloud can translate. Looked up once a run; an unknown one is an error (exit 1). */
export interface Words {
  /** Catalog services, by name. */
  readonly services?: readonly string[];
  /** Catalog plans, as [service, word]. */
  readonly plans?: readonly (readonly [string, string])[];
  /** Resource groups, by name. */
  readonly groups?: readonly string[];
}

/** What translation has found. Ids and names in both directions. */
export interface Lexicon {
  readonly account: string;
  /** The running login's IAM id. */
  readonly iamId: string;
  /** The service's catalog id. */
  service(name: string): string;
  plan(service: string, word: string): string;
  /** The name of a plan of a looked-up service; the id itself when it is not in the catalog. */
  planName(service: string, id: string): string;
  /** Without a name: the account's default group. */
  group(name?: string): string;
  groupName(id: string): string;
}

/** The lexicon, and which live object each resource is. */
export interface Known extends Lexicon {
  /** An address → its live id; a CRN → itself; `undefined`: declared, not live yet. */
  id(ref: Ref | undefined): LiveId | undefined;
  /** As `id`, with what is not live yet as a value that cannot be compared or sent by accident. */
  idOrPending(ref: Ref): LiveId | Pending;
  /** Whose manifests these are, and what that stack was called before; empty: nothing is declared. */
  readonly stacks: ReadonlySet<string>;
  /** Instances that are declared, referred to by a CRN, or marked by this stack: where keys are looked for. */
  readonly inScope: readonly LiveId[];
  /** The full CRN of a Key Protect or other instance in scope, by its GUID. */
  instanceOfGuid(guid: string): LiveId | undefined;
}

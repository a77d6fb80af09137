/** Names of a manifest that only the cloud can translate. Looked up once a run; an unknown one is an error (exit 1). */
export interface CatalogNames {
  /** Catalog services, by name. */
  readonly services?: readonly string[];
  /** Catalog plans, as [service, name]. */
  readonly plans?: readonly (readonly [string, string])[];
  /** Resource groups, by name. */
  readonly groups?: readonly string[];
}

/** What the cloud made of those names, and who asks. Ids and names in both directions. */
export interface Catalog {
  readonly account: string;
  /** The running login's IAM id. */
  readonly iamId: string;
  /** The service's catalog id. */
  service(name: string): string;
  plan(service: string, name: string): string;
  /** The name of a plan of a looked-up service; the id itself when it is not in the catalog. */
  planName(service: string, id: string): string;
  /** Without a name: the account's default group. */
  group(name?: string): string;
  groupName(id: string): string;
}

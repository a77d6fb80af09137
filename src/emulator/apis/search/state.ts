import type { Store, Table } from '../../core/store.ts';

/**
 * What Search knows of a resource. Field names are the API's. Source: platform reference, "Search"; others are UNSURE.
 */
export interface Document {
  readonly crn: string;
  readonly name: string;
  readonly family: 'resource_controller';
  readonly type: 'resource-instance';
  readonly region: string;
  readonly service_name: string;
  readonly service_instance: string;
  readonly resource_group_id: string;
  readonly resource_id: string;
  readonly account_id: string;
  readonly creation_date: string;
  readonly tags: readonly string[];
  readonly service_tags: readonly string[];
  readonly access_tags: readonly string[];
  readonly doc: Readonly<Record<string, string | boolean | null>>;
}

/**
 * A change on its way into the index, as the resource was when it changed; `document` undefined: it leaves the index.
 */
export interface Pending {
  readonly crn: string;
  readonly document?: Document;
}

/** The index as it is searched, by CRN. */
export function index(store: Store): Table<Document> {
  return store.table<Document>('search/index');
}

/** Changes that the index does not show yet. */
export function pendingChanges(store: Store): Table<Pending> {
  return store.table<Pending>('search/pending');
}

import { findInstance, type Instance, instances } from '../../core/account/instances.ts';
import type { Store, Table } from '../../core/store.ts';
import type { Json, Reactions, Timers, World } from '../../core/world.ts';

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
function pendingChanges(store: Store): Table<Pending> {
  return store.table<Pending>('search/pending');
}

const indexTimer = 'search/index';

/**
 * Tells the index of an instance and its tags as they are now. It shows them `searchLagMs` later, and nothing that came
 * after. A removed instance leaves the index.
 */
function publish(world: World, instance: Instance | undefined): void {
  if (instance === undefined) return;
  const id = world.newId();
  const { crn } = instance;
  pendingChanges(world.store).put(
    id,
    instance.state === 'removed' ? { crn } : { crn, document: documentOf(world, instance) },
  );
  world.schedule(new Date(world.now().getTime() + world.settings.searchLagMs), { kind: indexTimer, payload: id });
}

function documentOf(world: World, instance: Instance): Document {
  return {
    crn: instance.crn,
    name: instance.name,
    family: 'resource_controller',
    type: 'resource-instance',
    region: instance.region,
    service_name: instance.serviceName,
    service_instance: instance.guid,
    resource_group_id: instance.resourceGroupId,
    resource_id: instance.guid,
    account_id: instance.accountId,
    creation_date: instance.createdAt,
    tags: world.ports.tagsOf(world.store, instance.crn, 'user'),
    service_tags: [],
    access_tags: world.ports.tagsOf(world.store, instance.crn, 'access'),
    doc: {
      guid: instance.guid,
      state: instance.state,
      resource_id: instance.resourceId,
      resource_plan_id: instance.planId,
      region_id: instance.region,
      created_by: instance.createdBy,
      locked: instance.locked,
      scheduled_reclaim_at: instance.scheduledReclaimAt ?? null,
    },
  };
}

function takeIn(world: World, payload: Json): void {
  const id = String(payload);
  const change = pendingChanges(world.store).get(id);
  if (change === undefined) return;
  pendingChanges(world.store).delete(id);
  if (change.document === undefined) index(world.store).delete(change.crn);
  else index(world.store).put(change.crn, change.document);
}

/** Timers of Search. */
export const timers: Timers = { [indexTimer]: takeIn };

/** Search shows every write of an instance or of its tags. */
export const reactions: Reactions = {
  'instance.saved': (world, { guid }) => publish(world, instances(world.store).get(guid)),
  'tags.changed': (world, { crn }) => publish(world, findInstance(world, crn)),
};

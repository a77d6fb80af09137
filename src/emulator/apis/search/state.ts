import { findInstance, type Instance, instances } from '../../core/account/instances.ts';
import { inSnakeCase, type Members } from '../../core/json.ts';
import type { Store, Table } from '../../core/store.ts';
import type { Json, Reactions, Timers, World } from '../../core/world.ts';

/**
 * What Search knows of a resource. Field names are the API's. Source: platform reference, "Search"; others are UNSURE.
 */
export interface Document extends Members {
  readonly crn: string;
  readonly name: string;
  readonly service_name: string;
  readonly service_instance: string;
  readonly resource_group_id: string;
  readonly account_id: string;
  readonly doc: Members;
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
  world.scheduleIn(world.settings.searchLagMs, { kind: indexTimer, payload: id });
}

function documentOf(world: World, instance: Instance): Document {
  const { crn, name, guid, region, serviceName, resourceGroupId, accountId } = instance;
  return {
    ...{ crn, name, region, service_name: serviceName, resource_group_id: resourceGroupId, account_id: accountId },
    family: 'resource_controller',
    type: 'resource-instance',
    service_instance: guid,
    resource_id: guid,
    creation_date: instance.createdAt,
    tags: world.ports.tagsOf(world.store, crn, 'user'),
    service_tags: [],
    access_tags: world.ports.tagsOf(world.store, crn, 'access'),
    doc: {
      ...inSnakeCase(instance, 'guid', 'state', 'resourceId', 'createdBy', 'locked'),
      resource_plan_id: instance.planId,
      region_id: region,
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

import { instances } from '../../core/account/instances.ts';
import { mayOnPlatform } from '../../core/account/platform.ts';
import { inSnakeCase, type Members } from '../../core/json.ts';
import { secretPrefix } from '../../core/tables.ts';
import type { Call, Store, Table, World } from '../../core/world.ts';
import { stampsOf } from './view.ts';

/**
 * A key, alias or binding as the API shows it: unset times are null, unset subjects empty strings, `id` is the CRN.
 * Source: platform reference, "Keys and bindings (short)"; members of aliases and bindings: platform-services-node-sdk.
 */
export function childView(world: World, call: Call, child: Child): Members {
  switch (child.kind) {
    case 'key':
      return { ...common(child, 'resource_keys'), ...secrets(world, call, child), ...sources(world, child) };
    case 'binding':
      return {
        ...common(child, 'resource_bindings'),
        source_crn: child.sourceCrn,
        target_crn: child.targetCrn,
        region_binding_id: child.guid,
        region_binding_crn: regionCrn(child, 'cf-service-binding'),
        ...secrets(world, call, child),
        resource_alias_url: aliasUrl(world, child),
      };
    case 'alias': {
      const url = `/v2/resource_aliases/${child.guid}`;
      return {
        ...common(child, 'resource_aliases'),
        resource_instance_id: child.sourceCrn,
        target_crn: child.targetCrn,
        region_instance_id: child.guid,
        region_instance_crn: regionCrn(child, 'cf-service-instance'),
        resource_instance_url: instanceUrl(child),
        resource_bindings_url: `${url}/resource_bindings`,
        resource_keys_url: `${url}/resource_keys`,
      };
    }
  }
}

function common(child: Child, collection: string): Members {
  return {
    id: child.crn,
    url: `/v2/${collection}/${child.guid}`,
    ...stampsOf(child),
    ...inSnakeCase(child, 'guid', 'name', 'crn', 'state', 'accountId', 'resourceGroupId', 'resourceId'),
    migrated: false,
  };
}

/**
 * One-time credentials show in the answer to the create only, which puts them there itself; others to those only who may
 * manage credentials (the role is judged).
 * Source: platform reference, "Keys and bindings (short)".
 */
function secrets(world: World, call: Call, child: Child): Members {
  const kept = child.onetime ? undefined : credentialsTable(world.store).get(child.guid);
  const credentials = kept === undefined || mayManage(world, call, child) ? kept : { REDACTED: 'REDACTED' };
  return {
    ...(child.kind === 'key' ? { onetime_credentials: child.onetime } : {}),
    ...(credentials === undefined ? {} : { credentials }),
    iam_compatible: true,
  };
}

function mayManage(world: World, call: Call, { instanceGuid }: Child): boolean {
  const instance = instances(world.store).get(instanceGuid);
  return instance !== undefined && mayOnPlatform(world, call.identity.iamId, 'Operator', instance);
}

function sources(world: World, child: Child): Members {
  return {
    source_crn: child.sourceCrn,
    resource_instance_url: instanceUrl(child),
    resource_alias_url: aliasUrl(world, child),
  };
}

function instanceUrl(child: Child): string {
  return `/v2/resource_instances/${child.instanceGuid}`;
}

function aliasUrl(world: World, child: Child): string | null {
  const alias = findChild(world, 'alias', child.sourceCrn);
  return alias === undefined ? null : `/v2/resource_aliases/${alias.guid}`;
}

/** In the target's environment the alias or binding has a CRN of its own: the target's, but for the last two segments. */
function regionCrn(child: Child, type: string): string {
  return [...child.targetCrn.split(':').slice(0, 8), type, child.guid].join(':');
}

/** What hangs on an instance: service credentials (keys), and the aliases and bindings of Cloud Foundry's time. */
export type ChildKind = 'key' | 'alias' | 'binding';

/** A key, alias or binding. Removed ones stay, readable by id, as removed instances do. */
export interface Child {
  readonly kind: ChildKind;
  readonly guid: string;
  readonly crn: string;
  readonly name: string;
  readonly state: 'active' | 'removed';
  /** GUID of the instance, also where the source is an alias of it. */
  readonly instanceGuid: string;
  /** CRN of what it was made of: an instance, or for bindings and some keys an alias. */
  readonly sourceCrn: string;
  /** CRN of the space or application that an alias or binding is for; empty for keys. */
  readonly targetCrn: string;
  readonly resourceId: string;
  readonly resourceGroupId: string;
  readonly accountId: string;
  /** The API key and the service ID that were made for it, which go with it; empty where there are none. */
  readonly apiKeyId: string;
  readonly serviceIamId: string;
  /** Whether the instance says that credentials are shown once only. */
  readonly onetime: boolean;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
  readonly deletedAt: string | undefined;
  readonly deletedBy: string;
}

/** The credentials of a key or binding, by its GUID: saved, and not shown in the emulator's state. */
export type Credentials = Members;

/** All keys, aliases and bindings, removed ones included, by GUID. */
export function children(store: Store): Table<Child, 'source' | 'instance'> {
  return store.table('resource-controller/children', {
    source: (child: Child) => child.sourceCrn,
    instance: (child: Child) => child.instanceGuid,
  });
}

/** Where credentials lie; those of a removed key are gone. */
export function credentialsTable(store: Store): Table<Credentials> {
  return store.table<Credentials>(`${secretPrefix}resource-controller-credentials`);
}

/** The child of that kind that a GUID or a CRN names, in whatever state. */
export function findChild(world: World, kind: ChildKind, guidOrCrn: string): Child | undefined {
  const guid = guidOrCrn.startsWith('crn:') ? (guidOrCrn.split(':')[9] ?? '') : guidOrCrn;
  const child = children(world.store).get(guid);
  return child?.kind === kind && (child.guid === guidOrCrn || child.crn === guidOrCrn) ? child : undefined;
}

/** What stands on an instance or an alias, by the CRN of its source. */
export function dependants(world: World, sourceCrn: string): readonly Child[] {
  return children(world.store)
    .by('source', sourceCrn)
    .filter(({ state }) => state === 'active');
}

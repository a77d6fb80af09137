import { instances } from '../../core/account/instances.ts';
import { mayOnPlatform } from '../../core/account/platform.ts';
import type { Call, World } from '../../core/world.ts';
import { type Child, credentialsTable, findChild } from './children-state.ts';
import { nanoseconds } from './view.ts';

/**
 * A key, alias or binding as the API shows it: unset times are null, unset subjects empty strings, `id` is the CRN.
 * Source: platform reference, "Keys and bindings (short)"; members of aliases and bindings: platform-services-node-sdk.
 */
export function childView(world: World, call: Call, child: Child): Readonly<Record<string, unknown>> {
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

function common(child: Child, collection: string): Readonly<Record<string, unknown>> {
  return {
    id: child.crn,
    guid: child.guid,
    url: `/v2/${collection}/${child.guid}`,
    created_at: nanoseconds(child.createdAt),
    updated_at: nanoseconds(child.updatedAt),
    deleted_at: nanoseconds(child.deletedAt),
    created_by: child.createdBy,
    updated_by: child.updatedBy,
    deleted_by: child.deletedBy,
    name: child.name,
    crn: child.crn,
    state: child.state,
    account_id: child.accountId,
    resource_group_id: child.resourceGroupId,
    resource_id: child.resourceId,
    migrated: false,
  };
}

/**
 * One-time credentials show in the answer to the create only, which puts them there itself; others to those only who may
 * manage credentials (the role is judged).
 * Source: platform reference, "Keys and bindings (short)".
 */
function secrets(world: World, call: Call, child: Child): Readonly<Record<string, unknown>> {
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

function sources(world: World, child: Child): Readonly<Record<string, unknown>> {
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

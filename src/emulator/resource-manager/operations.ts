import { dialect, refuse } from '../resource-controller/errors.ts';
import type { Call, Operation, Reply, World } from '../world.ts';
import { findGroup, groupCrn, groups, type ResourceGroup } from './state.ts';

/** Any date long ago: groups are there before the emulator starts. */
const madeAt = '2019-04-11T14:15:23.139Z';
/** UNSURE in the reference: any 32 hex digits do. */
const quotaId = 'a3d7b8d01e261c24677937c29ab33f3c';

/** `GET /v2/resource_groups`: unpaged; `name` is exact; another account's id gives an empty list. */
function listGroups(world: World, call: Call): Reply {
  const name = call.query.get('name');
  const onlyDefault = call.query.get('default') === 'true';
  const account = call.query.get('account_id') ?? world.account;
  const found = groups.filter(
    (group) => account === world.account && (name === null || group.name === name) && (!onlyDefault || group.isDefault),
  );
  return { status: 200, body: { resources: found.map((group) => view(world, group)) } };
}

function getGroup(world: World, call: Call): Reply {
  const id = call.params['id'] ?? '';
  const group = findGroup(world, id);
  if (group === undefined) throw refuse(call, 404, `Resource group '${id}' not found.`);
  return { status: 200, body: view(world, group) };
}

function view(world: World, group: ResourceGroup): Readonly<Record<string, unknown>> {
  return {
    id: group.id,
    crn: groupCrn(world, group.id),
    account_id: world.account,
    name: group.name,
    state: 'ACTIVE',
    default: group.isDefault,
    quota_id: quotaId,
    quota_url: `/v2/quota_definitions/${quotaId}`,
    payment_methods_url: `/v2/resource_groups/${group.id}/payment_methods`,
    resource_linkages: [],
    teams_url: `/v2/resource_groups/${group.id}/teams`,
    created_at: madeAt,
    updated_at: madeAt,
  };
}

/**
 * Resource Manager, reading only. Source: platform reference, "Resource Manager"; operation ids: platform-services-
 * node-sdk.
 */
export const operations: readonly Operation[] = [
  {
    name: 'listResourceGroups',
    method: 'GET',
    path: '/v2/resource_groups',
    auth: 'bearer',
    dialect,
    handle: listGroups,
  },
  {
    name: 'getResourceGroup',
    method: 'GET',
    path: '/v2/resource_groups/{id}',
    auth: 'bearer',
    dialect,
    handle: getGroup,
  },
];

import { mayOnGroup } from '../../core/account/group-access.ts';
import { allGroups } from '../../core/account/groups.ts';
import { dialect, refuse } from '../../core/words/resources.ts';
import type { Call, Operation, Reply, World } from '../../core/world.ts';
import { addressedGroup, createGroup, deleteGroup, updateGroup } from './changes.ts';
import { getQuota, listQuotas } from './quotas.ts';
import { groupView } from './view.ts';

/**
 * `GET /v2/resource_groups`: unpaged; `name` is exact; another account's id gives an empty list. Deleted groups show
 * when asked for with `include_deleted`, and with `date` those that were there in that month or later. Those that the
 * caller may not see are left out.
 */
function listGroups(world: World, call: Call): Reply {
  const { query } = call;
  const name = query.get('name');
  const date = query.get('date');
  if (date !== null && !/^\d{4}-(0\d|1[0-2])$/.test(date))
    throw refuse(call, 400, `The date '${date}' is not YYYY-MM.`);
  const onlyDefault = query.get('default') === 'true';
  const withDeleted = query.get('include_deleted') === 'true' || date !== null;
  const account = query.get('account_id') ?? world.account;
  const found = allGroups(world).filter(
    (group) =>
      account === world.account &&
      mayOnGroup(world, call, 'Viewer', group) &&
      (name === null || group.name === name) &&
      (!onlyDefault || group.isDefault) &&
      (group.state !== 'DELETED' || (withDeleted && group.updatedAt >= (date ?? ''))),
  );
  return { status: 200, body: { resources: found.map((group) => groupView(world, group)) } };
}

function getGroup(world: World, call: Call): Reply {
  return { status: 200, body: groupView(world, addressedGroup(world, call, 'Viewer')) };
}

const all = '/v2/resource_groups';
const quotas = '/v2/quota_definitions';
const judged = 'figures of the one quota';

/** Resource Manager. Source: platform reference, "Resource Manager"; operation ids: platform-services-node-sdk. */
export const operations: readonly Operation[] = [
  { name: 'listResourceGroups', method: 'GET', path: all, handle: listGroups },
  { name: 'createResourceGroup', method: 'POST', path: all, handle: createGroup },
  { name: 'getResourceGroup', method: 'GET', path: `${all}/{id}`, handle: getGroup },
  { name: 'updateResourceGroup', method: 'PATCH', path: `${all}/{id}`, handle: updateGroup },
  { name: 'deleteResourceGroup', method: 'DELETE', path: `${all}/{id}`, handle: deleteGroup },
  { name: 'listQuotaDefinitions', method: 'GET', path: quotas, handle: listQuotas, judged },
  { name: 'getQuotaDefinition', method: 'GET', path: `${quotas}/{id}`, handle: getQuota, judged },
].map((row) => ({ ...row, auth: 'bearer', dialect }) as const);

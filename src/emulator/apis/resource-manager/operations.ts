import { allGroups, findGroup, groupCrn, groupTable, type ResourceGroup } from '../../core/account/groups.ts';
import type { PlatformRole } from '../../core/account/identities.ts';
import { instances } from '../../core/account/instances.ts';
import { mayOnGroup, requireOnGroup } from '../../core/account/platform.ts';
import type { Members } from '../../core/json.ts';
import { dialect, readMembers, readText, refuse } from '../../core/words/resources.ts';
import { type Call, type Operation, operationsOf, type Reply, type World } from '../../core/world.ts';

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
const definitions = '/v2/quota_definitions';
const judged = 'figures of the quotas';

/** Resource Manager. Source: platform reference, "Resource Manager"; operation ids: platform-services-node-sdk. */
export const operations: readonly Operation[] = operationsOf({ auth: 'bearer', dialect }, [
  ['listResourceGroups', `GET ${all}`, listGroups],
  ['createResourceGroup', `POST ${all}`, createGroup],
  ['getResourceGroup', `GET ${all}/{id}`, getGroup],
  ['updateResourceGroup', `PATCH ${all}/{id}`, updateGroup],
  ['deleteResourceGroup', `DELETE ${all}/{id}`, deleteGroup],
  ['listQuotaDefinitions', `GET ${definitions}`, listQuotas, judged],
  ['getQuotaDefinition', `GET ${definitions}/{id}`, getQuota, judged],
]);

/**
 * `POST /v2/resource_groups` → 201 with id and CRN only.
 * @throws ApiError 409 for a name that is taken (UNSURE in the reference: 400), 403 for another account, or without Editor
 * on all groups (both judged)
 */
function createGroup(world: World, call: Call): Reply {
  const body = readMembers(call, ['name', 'account_id']);
  const account = body['account_id'] === undefined ? world.account : readText(call, body, 'account_id');
  if (account !== world.account) throw refuse(call, 403, 'You are not authorized to create groups in this account.');
  requireOnGroup(world, call, 'Editor');
  const at = world.now().toISOString();
  const group: ResourceGroup = {
    id: world.newId().replaceAll('-', ''),
    name: readName(world, call, body, undefined),
    isDefault: false,
    state: 'ACTIVE',
    createdAt: at,
    updatedAt: at,
  };
  groupTable(world.store).put(group.id, group);
  return { status: 201, body: { id: group.id, crn: groupCrn(world, group.id) } };
}

/** `PATCH /v2/resource_groups/{id}`: name, and `ACTIVE` or `SUSPENDED` (the second word is judged). */
function updateGroup(world: World, call: Call): Reply {
  const group = addressedGroup(world, call, 'Editor');
  const body = readMembers(call, ['name', 'state']);
  const state = body['state'] ?? group.state;
  if (state !== 'ACTIVE' && state !== 'SUSPENDED') throw refuse(call, 400, `The state '${state}' is unknown.`);
  const name = body['name'] === undefined ? group.name : readName(world, call, body, group.id);
  const updated: ResourceGroup = { ...group, name, state, updatedAt: world.now().toISOString() };
  groupTable(world.store).put(group.id, updated);
  return { status: 200, body: groupView(world, updated) };
}

/**
 * `DELETE /v2/resource_groups/{id}` → 204.
 * @throws ApiError 500 while it holds instances, those in reclamation left out; 400 for the default group (the status is
 * judged).
 * Source: terraform-provider-ibm issues 5537 and 6597 (the 500, its words), 5067 (reclamation holds a group no longer).
 */
function deleteGroup(world: World, call: Call): Reply {
  const group = addressedGroup(world, call, 'Editor');
  if (group.isDefault) throw refuse(call, 400, 'The default resource group cannot be deleted.');
  const held = instances(world.store).by('group', group.id);
  if (held.some(({ state }) => state !== 'removed' && state !== 'pending_reclamation')) {
    const command = `ibmcloud resource service-instances --type all -g ${group.name}`;
    const message = `Resource groups with active instances can't be deleted. Use the CLI command "${command}"`;
    throw refuse(call, 500, `${message} to check for remaining instances, then delete the instances and try again.`);
  }
  groupTable(world.store).put(group.id, { ...group, state: 'DELETED', updatedAt: world.now().toISOString() });
  return { status: 204 };
}

/** The group that the path names, by its short or long id. @throws ApiError 404, or 403 without that role on it (judged) */
function addressedGroup(world: World, call: Call, role: PlatformRole): ResourceGroup {
  const id = call.params['id'] ?? '';
  const group = findGroup(world, id);
  if (group === undefined) throw refuse(call, 404, `Resource group '${id}' not found.`);
  requireOnGroup(world, call, role, group);
  return group;
}

function readName(world: World, call: Call, body: Members, self: string | undefined): string {
  const name = readText(call, body, 'name');
  const twin = allGroups(world).find((group) => group.name === name && group.state !== 'DELETED' && group.id !== self);
  if (twin !== undefined) throw refuse(call, 409, `A resource group named '${name}' already exists.`);
  return name;
}

/**
 * A group as the API shows it; `resource_linkages` has strings only, or none, for the provider's sake.
 * Source of `enable_reclamation`: ManageIQ/manageiq-providers-ibm_cloud, recordings of 2021.
 */
function groupView(world: World, group: ResourceGroup): Members {
  return {
    id: group.id,
    crn: groupCrn(world, group.id),
    account_id: world.account,
    name: group.name,
    state: group.state,
    default: group.isDefault,
    enable_reclamation: false,
    quota_id: quotas[0].id,
    quota_url: `/v2/quota_definitions/${quotas[0].id}`,
    payment_methods_url: `/v2/resource_groups/${group.id}/payment_methods`,
    resource_linkages: [],
    teams_url: `/v2/resource_groups/${group.id}/teams`,
    created_at: group.createdAt,
    updated_at: group.updatedAt,
  };
}

/** A quota. Members: platform-services-node-sdk; ids (any 32 hex digits do) and figures are judged, and not enforced. */
const quotas = [
  quota('a3d7b8d01e261c24677937c29ab33f3c', 'Pay-as-you-go Quota', 'PAYG'),
  // Source: terraform-provider-ibm, acceptance test of ibm_resource_quota.
  quota('7ce89f4a4381460dbb3c9f3a2f4bdf44', 'Trial Quota', 'TRIAL'),
] as const;

function quota(id: string, name: string, type: string) {
  return {
    id,
    name,
    type,
    number_of_apps: 0,
    number_of_service_instances: 0,
    default_number_of_instances_per_lite_plan: 1,
    instances_per_app: 0,
    instance_memory: '',
    total_app_memory: '',
    vsi_limit: 0,
    resource_quotas: [],
    created_at: '2016-03-25T19:52:35.837Z',
    updated_at: '2016-03-25T19:52:35.837Z',
  };
}

/** `GET /v2/quota_definitions`. */
function listQuotas(): Reply {
  return { status: 200, body: { resources: quotas } };
}

/** `GET /v2/quota_definitions/{id}`. */
function getQuota(_world: World, call: Call): Reply {
  const id = call.params['id'] ?? '';
  const found = quotas.find((one) => one.id === id);
  if (found === undefined) throw refuse(call, 404, `Quota definition '${id}' not found.`);
  return { status: 200, body: found };
}

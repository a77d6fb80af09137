import { requireOnGroup } from '../../core/account/group-access.ts';
import { allGroups, findGroup, groupCrn, groupTable, type ResourceGroup } from '../../core/account/groups.ts';
import type { PlatformRole } from '../../core/account/identities.ts';
import { instances } from '../../core/account/instances.ts';
import { readMembers, readText, refuse } from '../../core/words/resources.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { groupView } from './view.ts';

/**
 * `POST /v2/resource_groups` → 201 with id and CRN only.
 *
 * @throws ApiError 409 for a name that is taken (UNSURE in the reference: 400), 403 for another account, or without Editor
 * on all groups (both judged)
 */
export function createGroup(world: World, call: Call): Reply {
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
export function updateGroup(world: World, call: Call): Reply {
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
 *
 * @throws ApiError 409 while it holds instances, those in reclamation included (judged: the reference gives 400 and
 * 409), 400 for the default group (the status is judged).
 * Source: platform reference, "Resource Manager".
 */
export function deleteGroup(world: World, call: Call): Reply {
  const group = addressedGroup(world, call, 'Editor');
  if (group.isDefault) throw refuse(call, 400, 'The default resource group cannot be deleted.');
  const held = instances(world.store)
    .by('group', group.id)
    .filter(({ state }) => state !== 'removed');
  if (held.length > 0) throw refuse(call, 409, `The resource group holds ${held.length} service instances.`);
  groupTable(world.store).put(group.id, { ...group, state: 'DELETED', updatedAt: world.now().toISOString() });
  return { status: 204 };
}

/** The group that the path names, by its short or long id. @throws ApiError 404, or 403 without that role on it (judged) */
export function addressedGroup(world: World, call: Call, role: PlatformRole): ResourceGroup {
  const id = call.params['id'] ?? '';
  const group = findGroup(world, id);
  if (group === undefined) throw refuse(call, 404, `Resource group '${id}' not found.`);
  requireOnGroup(world, call, role, group);
  return group;
}

function readName(world: World, call: Call, body: Readonly<Record<string, unknown>>, self: string | undefined): string {
  const name = readText(call, body, 'name');
  const twin = allGroups(world).find((group) => group.name === name && group.state !== 'DELETED' && group.id !== self);
  if (twin !== undefined) throw refuse(call, 409, `A resource group named '${name}' already exists.`);
  return name;
}

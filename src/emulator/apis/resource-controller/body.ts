import { findPlan } from '../../core/account/catalog.ts';
import { findGroup } from '../../core/account/groups.ts';
import { deploymentCrn, type Offering, type Plan } from '../../core/account/offerings.ts';
import { isObject, type Members } from '../../core/json.ts';
import { readMembers, readText, refuse } from '../../core/words/resources.ts';
import type { Call, World } from '../../core/world.ts';

/** The body of a create, understood. */
export interface Wanted {
  readonly name: string;
  readonly offering: Offering;
  readonly plan: Plan;
  readonly region: string;
  readonly targetCrn: string;
  readonly resourceGroupId: string;
  readonly tags: readonly unknown[];
  readonly allowCleanup: boolean;
  readonly parameters: Members;
}

/** The body of a patch; what is not in it is undefined. */
export interface Patch {
  readonly name: string | undefined;
  readonly plan: Plan | undefined;
  readonly allowCleanup: boolean | undefined;
  readonly parameters: Members | undefined;
}

const createMembers = ['name', 'target', 'resource_group', 'resource_plan_id', 'tags', 'allow_cleanup', 'parameters'];
const patchMembers = ['name', 'parameters', 'resource_plan_id', 'allow_cleanup'];

/**
 * @throws ApiError 400 for what is missing, malformed or unknown.
 * Source: platform reference, "Create".
 */
export function readCreate(world: World, call: Call): Wanted {
  const body = readMembers(call, createMembers);
  const planId = readText(call, body, 'resource_plan_id');
  const found = findPlan(world.store, planId);
  if (found === undefined) throw refuse(call, 400, `The resource plan '${planId}' was not found in the catalog.`);
  const group = findGroup(world, readText(call, body, 'resource_group'));
  if (group === undefined) throw refuse(call, 400, `The resource group '${body['resource_group']}' was not found.`);
  const region = readTarget(call, found.plan, readText(call, body, 'target'));
  return {
    name: readName(call, readText(call, body, 'name')),
    offering: found.offering,
    plan: found.plan,
    region,
    targetCrn: deploymentCrn(planId, region),
    resourceGroupId: group.id,
    tags: readTags(call, body['tags']),
    allowCleanup: readFlag(call, body['allow_cleanup']) ?? false,
    parameters: readParameters(call, body['parameters']) ?? {},
  };
}

/**
 * Source: platform reference, "Update, lock". Location, group and service cannot change: unknown members are 400
 * (judged).
 */
export function readPatch(world: World, call: Call): Patch {
  const body = readMembers(call, patchMembers);
  const planId = body['resource_plan_id'] === undefined ? undefined : readText(call, body, 'resource_plan_id');
  const found = planId === undefined ? undefined : findPlan(world.store, planId);
  if (planId !== undefined && found === undefined)
    throw refuse(call, 400, `The resource plan '${planId}' was not found in the catalog.`);
  return {
    name: body['name'] === undefined ? undefined : readName(call, readText(call, body, 'name')),
    plan: found?.plan,
    allowCleanup: readFlag(call, body['allow_cleanup']),
    parameters: readParameters(call, body['parameters']),
  };
}

/**
 * Three forms: the deployment's CRN in the catalog, a location, or a location with the docs' prefix `bluemix-` or
 * `blue-`.
 */
function readTarget(call: Call, plan: Plan, target: string): string {
  const location = target.startsWith('crn:')
    ? plan.locations.find(
        (candidate) =>
          deploymentCrn(plan.id, candidate) === target || target.endsWith(`:deployment:${plan.id}:${candidate}`),
      )
    : plan.locations.find((candidate) => candidate === target.replace(/^(bluemix|blue)-/, ''));
  if (location === undefined)
    throw refuse(call, 400, `The plan '${plan.id}' has no deployment for the target '${target}'.`);
  return location;
}

/** A name as instances, keys, aliases and bindings have it. Source: platform reference, "Create". */
export function readName(call: Call, name: string): string {
  if (!/^[A-Za-z0-9 \-._:]{1,180}$/.test(name)) {
    throw refuse(call, 400, 'The name must have 1 to 180 characters, letters, digits, space and - . _ : only.');
  }
  return name;
}

/** The platform attaches them by itself after the create. */
function readTags(call: Call, tags: unknown): readonly unknown[] {
  if (tags === undefined) return [];
  if (!Array.isArray(tags)) throw refuse(call, 400, 'tags must be a list.');
  return tags;
}

function readParameters(call: Call, parameters: unknown): Members | undefined {
  if (parameters === undefined) return undefined;
  if (!isObject(parameters)) throw refuse(call, 400, 'parameters must be an object.');
  return parameters;
}

function readFlag(call: Call, flag: unknown): boolean | undefined {
  if (flag !== undefined && typeof flag !== 'boolean') throw refuse(call, 400, 'allow_cleanup must be a boolean.');
  return flag;
}

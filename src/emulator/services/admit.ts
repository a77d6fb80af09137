import { faultOfParameters } from '../apis/databases/parameters.ts';
import { findKeyByCrn, type Key } from '../apis/key-protect/state.ts';
import { authorizes } from '../apis/policy/access.ts';
import type { KeyParameter, Service } from '../core/account/catalog.ts';
import type { Instance } from '../core/account/instances.ts';
import type { Members } from '../core/json.ts';
import type { Refused, World } from '../core/world.ts';
import { delegate } from './delegate.ts';
import { askerOf, bindingOn, bindings, bindingsOf } from './state.ts';
import { serviceNamed } from './table.ts';
import { registerAll, registrantsOf } from './volumes.ts';

/**
 * Source: deployments reference, "Members (classic plans)" (terraform-provider-ibm issue 2771, paraphrased): one
 * text, whether policy, instance or key is what is missing.
 */
const notFound =
  'The request could not be completed: key not found. The service may not be authorized to access the Key Protect instance that was selected for disk encryption.';

/**
 * The broker's decision on a new instance: checks every key that the parameters name, and registers the instance on it.
 * Of Cloud Databases it checks what else is documented of them; other services' parameters are not looked at.
 * @returns why it refuses, before anything is written
 * Source: deployments reference, "Members (classic plans)", "The seed, step by step", "Authorization that a
 * deployment needs".
 */
export function admit(world: World, applicant: Instance): Refused | undefined {
  const fault = faultOfParameters(world.store, applicant.planId, applicant.parameters);
  if (fault !== undefined) return refused(fault);
  const service = serviceNamed(world.store, applicant.serviceName);
  const uses: { readonly parameter: KeyParameter; readonly key: Key }[] = [];
  for (const parameter of service.keyParameters) {
    const value = applicant.parameters[parameter.name] ?? undefined;
    if (value === undefined) continue;
    const key = checkKey(world, applicant, service, parameter, value);
    if (typeof key === 'string') return refused(key);
    uses.push({ parameter, key });
  }
  for (const { parameter, key } of uses) bind(world, applicant, parameter, key);
  return undefined;
}

/**
 * A key is chosen once and for all: a change of a parameter that carries one is refused (judged: the reference says no
 * more than "create-only"). A deployment whose key is gone is disabled, and takes no change at all (judged).
 */
export function admitUpdate(world: World, instance: Instance, changed: Members): Refused | undefined {
  for (const { name } of serviceNamed(world.store, instance.serviceName).keyParameters) {
    if (changed[name] !== undefined && changed[name] !== instance.parameters[name]) {
      return refused(`The parameter ${name} cannot be changed after the instance was provisioned.`);
    }
  }
  const fault = faultOfParameters(world.store, instance.planId, changed);
  if (fault !== undefined) return refused(fault);
  const shut = bindingsOf(world.store, instance.guid).find((binding) => binding.locked !== undefined);
  if (shut?.locked === undefined) return undefined;
  const text = `The deployment is disabled because its encryption key ${shut.keyCrn} is ${shut.locked.because}.`;
  return { text, status: 409 };
}

function refused(text: string): Refused {
  return { text, status: 400 };
}

function checkKey(
  world: World,
  applicant: Instance,
  service: Service,
  parameter: KeyParameter,
  value: unknown,
): Key | string {
  if (!(parameter.plans ?? service.keyPlans).includes(applicant.planId)) {
    // UNSURE for Data Virtualization Lite: refused or ignored; refused is the reference's judgement.
    return `The parameter ${parameter.name} is not supported by the plan ${applicant.planId}.`;
  }
  const crn =
    typeof value === 'string'
      ? /^crn:v1:[^:]+:[^:]+:(kms|hs-crypto):([^:]*):a\/[^:]+:([^:]+):key:([^:]+)$/.exec(value)
      : null;
  if (crn === null) return `The parameter ${parameter.name} must be the full CRN of a key.`;
  const [text, keyService = '', region = '', instance = ''] = crn;
  if (parameter.keyRegions !== undefined && parameter.keyRegions[applicant.region]?.includes(region) !== true) {
    return `The parameter ${parameter.name} does not accept a key in ${region} for a deployment in ${applicant.region}.`;
  }
  const key = findKeyByCrn(world, text);
  const mayUse = (role: string): boolean =>
    authorizes(world, {
      source: askerOf(applicant.crn, applicant.resourceGroupId),
      target: { service: keyService, instance, ...(key === undefined ? {} : { keyRing: key.keyRingId, key: key.id }) },
      role,
    });
  if (key === undefined || !rolesFor(parameter, applicant).every(mayUse)) return notFound;
  if (key.extractable) return `The key given as ${parameter.name} is a standard key; a root key is required.`;
  if (key.state !== 1) return `The key given as ${parameter.name} is not active.`;
  return key;
}

function rolesFor({ roles, plansWithDelegation = [] }: KeyParameter, { planId }: Instance): readonly string[] {
  return plansWithDelegation.includes(planId) ? [...roles, 'AuthorizationDelegator'] : roles;
}

function bind(world: World, applicant: Instance, parameter: KeyParameter, key: Key): void {
  const id = `${applicant.guid}/${key.id}`;
  const standing = bindings(world.store).get(id);
  const { guid: instanceGuid, crn: resourceCrn, serviceName, resourceGroupId } = applicant;
  const roles = [...new Set([...(standing?.roles ?? []), ...rolesFor(parameter, applicant)])];
  const delegatesTo = parameter.delegatesTo ?? standing?.delegatesTo;
  const registrants = standing?.registrants ?? registrantsOf(world, applicant, parameter);
  const use = { id, instanceGuid, resourceCrn, registrants, serviceName, resourceGroupId, roles, delegatesTo };
  const binding = bindingOn(key, use);
  bindings(world.store).put(id, binding);
  delegate(world, binding);
  if (standing !== undefined) return;
  registerAll(world, binding);
}

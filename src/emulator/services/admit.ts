import { faultOfParameters } from '../apis/databases/parameters.ts';
import { register } from '../apis/key-protect/register.ts';
import { findKeyByCrn, type Key } from '../apis/key-protect/state.ts';
import { authorizes } from '../apis/policy/authorizes.ts';
import { brokerRefuses } from '../apis/resource-controller/errors.ts';
import type { Call, World } from '../core/world.ts';
import { delegate } from './delegate.ts';
import { type Binding, bindings, bindingsOf } from './state.ts';
import { type KeyParameter, type Service, serviceNamed } from './table.ts';

/** What a broker gets to see of an instance that is to be made. */
export interface Applicant {
  readonly guid: string;
  readonly crn: string;
  readonly serviceName: string;
  readonly planId: string;
  readonly region: string;
  readonly resourceGroupId: string;
}

type Parameters = Readonly<Record<string, unknown>>;

/**
 * Source: deployments reference, "Parameters (classic plans)" (terraform-provider-ibm issue 2771, paraphrased): one
 * text, whether policy, instance or key is what is missing.
 */
const notFound =
  'The request could not be completed: key not found. The service may not be authorized to access the Key Protect instance that was selected for disk encryption.';

/**
 * The broker's decision on a new instance: checks every key that the parameters name, and registers the instance on it.
 * Of Cloud Databases it checks what else is documented of them; other services' parameters are not looked at.
 *
 * @throws ApiError 400 `RC-ServiceBrokerErrorResponse`, before anything is written.
 * Source: deployments reference, "Parameters (classic plans)", "The seed, step by step", "Authorization that a
 * deployment needs".
 */
export function admit(world: World, call: Call, applicant: Applicant, parameters: Parameters): void {
  requireParameters(world, call, applicant.planId, parameters);
  const service = serviceNamed(world.store, applicant.serviceName);
  const uses = service.keyParameters.flatMap((parameter) => {
    const value = parameters[parameter.name];
    return value === undefined || value === null
      ? []
      : [{ parameter, key: checkKey(world, call, applicant, service, parameter, value) }];
  });
  for (const { parameter, key } of uses) bind(world, applicant, parameter, key);
}

/**
 * A key is chosen once and for all: a change of a parameter that carries one is refused (judged: the reference says no
 * more than "create-only"). A deployment whose key is gone is disabled, and takes no change at all (judged).
 */
export function admitUpdate(
  world: World,
  call: Call,
  instance: {
    readonly guid: string;
    readonly serviceName: string;
    readonly planId: string;
    readonly parameters: Parameters;
  },
  changed: Parameters,
): void {
  for (const { name } of serviceNamed(world.store, instance.serviceName).keyParameters) {
    if (changed[name] !== undefined && changed[name] !== instance.parameters[name]) {
      throw brokerRefuses(call, `The parameter ${name} cannot be changed after the instance was provisioned.`);
    }
  }
  requireParameters(world, call, instance.planId, changed);
  const shut = bindingsOf(world.store, instance.guid).find((binding) => binding.locked !== undefined);
  if (shut?.locked === undefined) return;
  const text = `The deployment is disabled because its encryption key ${shut.keyCrn} is ${shut.locked.because}.`;
  throw brokerRefuses(call, text, 409);
}

function requireParameters(world: World, call: Call, planId: string, parameters: Parameters): void {
  const fault = faultOfParameters(world.store, planId, parameters);
  if (fault !== undefined) throw brokerRefuses(call, fault);
}

function checkKey(
  world: World,
  call: Call,
  applicant: Applicant,
  service: Service,
  parameter: KeyParameter,
  value: unknown,
): Key {
  if (!(parameter.plans ?? service.keyPlans).includes(applicant.planId)) {
    // UNSURE for Data Virtualization Lite: refused or ignored; refused is the reference's judgement.
    throw brokerRefuses(call, `The parameter ${parameter.name} is not supported by the plan ${applicant.planId}.`);
  }
  const crn =
    typeof value === 'string'
      ? /^crn:v1:[^:]+:[^:]+:(kms|hs-crypto):([^:]*):a\/[^:]+:([^:]+):key:([^:]+)$/.exec(value)
      : null;
  if (crn === null) throw brokerRefuses(call, `The parameter ${parameter.name} must be the full CRN of a key.`);
  const [text, keyService = '', region = '', instance = ''] = crn;
  if (parameter.keyRegions !== undefined && parameter.keyRegions[applicant.region]?.includes(region) !== true) {
    throw brokerRefuses(
      call,
      `The parameter ${parameter.name} does not accept a key in ${region} for a deployment in ${applicant.region}.`,
    );
  }
  const key = findKeyByCrn(world, text);
  const mayUse = (role: string): boolean =>
    authorizes(world, {
      sourceService: applicant.serviceName,
      sourceInstance: applicant.guid,
      sourceResourceGroup: applicant.resourceGroupId,
      target: { service: keyService, instance, ...(key === undefined ? {} : { keyRing: key.keyRingId, key: key.id }) },
      role,
    });
  if (key === undefined || !rolesFor(parameter, applicant).every(mayUse)) throw brokerRefuses(call, notFound);
  if (key.extractable)
    throw brokerRefuses(call, `The key given as ${parameter.name} is a standard key; a root key is required.`);
  if (key.state !== 1) throw brokerRefuses(call, `The key given as ${parameter.name} is not active.`);
  return key;
}

function rolesFor({ roles, plansWithDelegation = [] }: KeyParameter, { planId }: Applicant): readonly string[] {
  return plansWithDelegation.includes(planId) ? [...roles, 'AuthorizationDelegator'] : roles;
}

function bind(world: World, applicant: Applicant, parameter: KeyParameter, key: Key): void {
  const id = `${applicant.guid}/${key.id}`;
  const standing = bindings(world.store).get(id);
  const binding: Binding = {
    id,
    instanceGuid: applicant.guid,
    resourceCrn: applicant.crn,
    serviceName: applicant.serviceName,
    resourceGroupId: applicant.resourceGroupId,
    keyId: key.id,
    keyInstance: key.instanceGuid,
    roles: [...new Set([...(standing?.roles ?? []), ...rolesFor(parameter, applicant)])],
    delegatesTo: parameter.delegatesTo ?? standing?.delegatesTo,
    keyCrn: key.crn,
    byHand: false,
    deletedAt: undefined,
    locked: undefined,
    owes: undefined,
  };
  bindings(world.store).put(id, binding);
  delegate(world, binding);
  if (standing !== undefined) return;
  register(world, {
    keyId: key.id,
    resourceCrn: applicant.crn,
    serviceName: applicant.serviceName,
    preventKeyDeletion: false,
    description: `${applicant.serviceName} deployment`,
  });
}

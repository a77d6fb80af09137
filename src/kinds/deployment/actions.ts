import { isRefused, NotYet } from '../../model/errors.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import { ENDPOINTS_PARAMETER, encryptionOf } from '../../services/table.ts';
import type { ActionContext, ChangeJob, CreateJob } from '../action.ts';
import { createInstance, instanceActions, reclaimInstance, updateInstance } from '../instance/actions.ts';
import type { InstanceFacts } from '../instance/facts.ts';
import { type LiveDeployment, toObserved, withKeys } from './facts.ts';
import { type DeploymentSpec, ENCRYPTION_KEY, fillKeys } from './spec.ts';

export const actions = {
  ...instanceActions<DeploymentSpec, LiveDeployment>(complete),
  create,
  update,
  reclaim: reclaimInstance,
};

/**
 * Provisions a deployment under its key.
 *
 * @throws NotYet for a 400 of a deployment that needs a key: the broker gives one answer for an authorization that is
 *   missing, one that has not propagated, and a key it cannot find (deployments reference 4.3)
 */
async function create(context: ActionContext, job: CreateJob<DeploymentSpec>): Promise<Observed<LiveDeployment>> {
  const { desired } = job;
  const { service, plan = '' } = desired.spec;
  try {
    const facts = await createInstance(context, job, { service, plan, parameters: parametersOf(context, desired) });
    return await complete(context, desired, facts);
  } catch (error) {
    const mayCome = isRefused(error, 400) && desired.relations.needs.length > 0;
    throw mayCome ? new NotYet(error.message, { cause: error }) : error;
  }
}

async function update(
  context: ActionContext,
  job: ChangeJob<DeploymentSpec, LiveDeployment>,
): Promise<Observed<LiveDeployment>> {
  const { desired, fields } = job;
  const all = parametersOf(context, desired);
  const members = fields.flatMap(({ field }) => {
    if (field === 'serviceEndpoints') return [ENDPOINTS_PARAMETER];
    return field.startsWith('parameters.') ? [field.slice('parameters.'.length)] : [];
  });
  const parameters = Object.fromEntries(members.map((member) => [member, all[member]]));
  return await complete(context, desired, await updateInstance(context, job, parameters));
}

function parametersOf({ resolve }: ActionContext, { spec, refs }: Desired<DeploymentSpec>): JsonObject {
  const key = refs[ENCRYPTION_KEY];
  const parameter = encryptionOf(spec.service)?.parameter;
  return {
    ...fillKeys(spec, refs, resolve),
    ...(key !== undefined && parameter !== undefined ? { [parameter]: resolve(key) } : {}),
    ...(spec.serviceEndpoints === undefined ? {} : { [ENDPOINTS_PARAMETER]: spec.serviceEndpoints }),
  };
}

/** The facts of an instance with the keys that it uses. */
async function complete({ cloud }: ActionContext, { spec }: Desired<DeploymentSpec>, facts: InstanceFacts) {
  return toObserved(await withKeys(cloud, facts, spec.service, []));
}

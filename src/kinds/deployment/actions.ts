import { CloudRefused, NotYet } from '../../model/errors.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import { ENDPOINTS_PARAMETER, serviceRow } from '../../services/table.ts';
import type { ActionContext, ChangeJob, CreateJob } from '../action.ts';
import { adoptInstance, createInstance, refuseNamesake, tagInstance } from '../service-instance/actions.ts';
import type { InstanceFacts } from '../service-instance/facts.ts';
import { rereadInstance } from '../service-instance/observe.ts';
import { type LiveDeployment, see, withKeys } from './facts.ts';
import { type DeploymentSpec, ENCRYPTION_KEY, fillKeys } from './spec.ts';

/**
 * Provisions a deployment under its key.
 *
 * @throws NotYet for a 400 of a deployment that needs a key: the broker gives one answer for an authorization that is
 *   missing, one that has not propagated, and a key it cannot find (deployments reference 4.3)
 */
export async function create(
  context: ActionContext,
  { desired, failed }: CreateJob<DeploymentSpec>,
): Promise<Observed<LiveDeployment>> {
  const { spec, mark } = desired;
  try {
    const facts = await createInstance(context, {
      service: spec.service,
      name: spec.name ?? mark.name,
      mark,
      region: spec.region ?? '',
      ...(spec.resourceGroup === undefined ? {} : { resourceGroup: spec.resourceGroup }),
      plan: spec.plan ?? '',
      parameters: parametersOf(context, desired),
      tags: spec.tags ?? [],
      ...(failed ? { failed } : {}),
    });
    return await complete(context, desired, facts);
  } catch (error) {
    const refused = error instanceof CloudRefused && error.facts.status === 400;
    if (refused && desired.relations.needs.length > 0) throw new NotYet(error.message, { cause: error });
    throw error;
  }
}

export async function update(
  context: ActionContext,
  { desired, live, fields }: ChangeJob<DeploymentSpec, LiveDeployment>,
): Promise<Observed<LiveDeployment>> {
  const { cloud } = context;
  const changed = fields.map(({ field }) => field);
  const all = parametersOf(context, desired);
  const members = changed.flatMap((field) =>
    field.startsWith('parameters.') ? [field.slice('parameters.'.length)] : [],
  );
  if (changed.includes('serviceEndpoints')) members.push(ENDPOINTS_PARAMETER);
  const parameters = Object.fromEntries(members.map((member) => [member, all[member]]));
  const name = changed.includes('name') ? { name: desired.spec.name ?? desired.mark.name } : {};
  if (name.name !== undefined) await refuseNamesake(context, live.facts, name.name);
  // One request: a second one is refused while the service still works on the first.
  if (members.length > 0) await cloud.updateInstance(live.id, { ...name, parameters });
  else if (name.name !== undefined) await cloud.updateInstance(live.id, name);
  if (changed.includes('tags')) await tagInstance(context, live.facts.instance, desired.spec.tags ?? []);
  return await complete(context, desired, (await rereadInstance(cloud, live.id)) ?? live.facts);
}

export async function adopt(
  context: ActionContext,
  { desired, live }: ChangeJob<DeploymentSpec, LiveDeployment>,
): Promise<Observed<LiveDeployment>> {
  return await complete(context, desired, await adoptInstance(context, live, desired));
}

function parametersOf({ resolve }: ActionContext, { spec, refs }: Desired<DeploymentSpec>): JsonObject {
  const key = refs[ENCRYPTION_KEY];
  const parameter = serviceRow(spec.service)?.keyParameter;
  return {
    ...fillKeys(spec, refs, resolve),
    ...(key !== undefined && parameter !== undefined ? { [parameter]: resolve(key) } : {}),
    ...(spec.serviceEndpoints === undefined ? {} : { [ENDPOINTS_PARAMETER]: spec.serviceEndpoints }),
  };
}

/** The facts of an instance with the keys that it uses. */
export async function complete({ cloud }: ActionContext, { spec }: Desired<DeploymentSpec>, facts: InstanceFacts) {
  return see(await withKeys(cloud, facts, spec.service, []));
}

import { isPending } from '../../model/change.ts';
import { isRefused, KeysteadError, NotYet } from '../../model/errors.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import { ENDPOINTS_PARAMETER, encryptionOf, keyParameters } from '../../services/table.ts';
import type { ActionContext, ChangeJob, CreateJob } from '../action.ts';
import type { Difference } from '../fields.ts';
import { createInstance, instanceActions, reclaimInstance, updateInstance } from '../instance/actions.ts';
import type { InstanceFacts } from '../instance/facts.ts';
import { rereadInstance } from '../instance/observe.ts';
import { compareBy, rowsOf } from '../rows.ts';
import { withValue } from './echo.ts';
import { offeringOf, toObserved, vaultsOf, withKeys } from './facts.ts';
import { fields as table } from './fields.ts';
import type { LiveDeployment, SeenKeys } from './live-keys.ts';
import { type DeploymentSpec, ENCRYPTION_KEY, fillKeys, parted } from './spec.ts';

const rows = rowsOf(table);

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
    // It cannot have registered yet, and the list that tells is read once a run.
    const keys = { registered: [], asked: [] };
    return toObserved({ ...facts, ...offeringOf(facts, service, context.snapshot), keys });
  } catch (error) {
    const mayCome = isRefused(error, 400) && desired.relations.needs.length > 0;
    throw mayCome ? new NotYet(error.message, { cause: error }) : error;
  }
}

/**
 * Every parameter that is declared, since what a request leaves out may be taken for unset; but neither what no update takes,
 * the key, nor secrets that stay as they are.
 *
 * @throws KeysteadError `IGNORED_UPDATE` when what was to change is still shown as it was
 */
async function update(
  context: ActionContext,
  job: ChangeJob<DeploymentSpec, LiveDeployment>,
): Promise<Observed<LiveDeployment>> {
  const { desired, live, fields } = job;
  const changed = new Set(fields.flatMap(({ field }) => parameterIn(field) ?? []));
  const parameters = changed.size === 0 ? {} : sentAgain(parametersOf(context, desired), live.facts, changed);
  const seen = await complete(context, desired, await updateInstance(context, job, parameters), live.facts.keys.told);
  return changed.size === 0 ? seen : await taken(context, job, seen);
}

/** The parameter that a field of a deployment is. */
function parameterIn(field: string): string | undefined {
  if (field === 'serviceEndpoints') return ENDPOINTS_PARAMETER;
  return field.startsWith('parameters.') ? field.slice('parameters.'.length) : undefined;
}

function sentAgain(all: JsonObject, { service, plan }: LiveDeployment, changed: ReadonlySet<string>): JsonObject {
  const keyless = keyParameters(service, plan).reduce((rest, { path }) => withValue(rest, path, undefined), all);
  const secret = parted(keyless).secret.filter((name) => !changed.has(name));
  return secret.reduce((rest, name) => withValue(rest, name, undefined), keyless);
}

/** Waits until nothing is shown any more that the update was to change, or until the service is at work on it. */
async function taken(
  { cloud, eventually, snapshot }: ActionContext,
  { desired, live, fields }: ChangeJob<DeploymentSpec, LiveDeployment>,
  seen: Observed<LiveDeployment>,
): Promise<Observed<LiveDeployment>> {
  const asked = new Set(fields.flatMap(({ field }) => (parameterIn(field) === undefined ? [] : [field])));
  const leftIn = (now: Observed<LiveDeployment>) =>
    compareBy(rows, desired, now, snapshot).differences.filter(({ change: { field } }) => asked.has(field));
  let now = seen;
  const isTaken = (): boolean => now.life.is === 'settling' || leftIn(now).length === 0;
  if (isTaken()) return now;
  try {
    return await eventually(`the update of ${live.name}`, async () => {
      const facts = await rereadInstance(cloud, live.id, now.facts.tags);
      if (facts !== undefined) now = toObserved({ ...now.facts, ...facts });
      return isTaken() ? now : undefined;
    });
  } catch (error) {
    if (error instanceof KeysteadError && error.code === 'NOT_SEEN') throw ignored(live, leftIn(now));
    throw error;
  }
}

function ignored({ name }: Observed, left: readonly Difference[]): KeysteadError {
  const members = left.flatMap(({ change: { field, after } }): readonly [string, Json][] => {
    const parameter = parameterIn(field);
    return parameter === undefined || isPending(after) ? [] : [[parameter, after]];
  });
  const { open, secret } = parted(Object.fromEntries(members));
  const names = [...Object.keys(open), ...secret].join(', ');
  const order = `ibmcloud resource service-instance-update ${inShell(name)} -p ${inShell(JSON.stringify(open))}`;
  const message = `the update of "${name}" was accepted, and ${names} stays as it was: Resource Controller drops a request that repeats the one before`;
  const remedy = Object.keys(open).length > 0 ? `change it alone, by hand: ${order}` : `change ${names} by hand`;
  return new KeysteadError('IGNORED_UPDATE', message, { remedy });
}

/** One word of a POSIX shell, which finds nothing in it to expand. */
function inShell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
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

/** The facts of an instance with the keys that it is registered on by now. */
async function complete(
  { cloud, snapshot }: ActionContext,
  desired: Desired<DeploymentSpec>,
  facts: InstanceFacts,
  told?: SeenKeys['told'],
) {
  const vaults = vaultsOf([desired], snapshot);
  return toObserved(await withKeys(cloud, facts, offeringOf(facts, desired.spec.service, snapshot), vaults, told));
}

import type { Reader } from '../../cloud/reader.ts';
import type { RcInstance } from '../../cloud/resource-controller/shapes.ts';
import type { LiveId, Mark } from '../../model/address.ts';
import { KeysteadError, Stale } from '../../model/errors.ts';
import type { JsonObject } from '../../model/json.ts';
import { type Bearer, ownAmong, replacedBy } from '../../model/ownership.ts';
import type { Observed } from '../../model/resource.ts';
import type { ActionContext } from '../action.ts';
import { type InstanceFacts, identityOf } from './facts.ts';
import { tagOf } from './marks.ts';
import { lookForInstances, rereadInstance } from './observe.ts';

export interface InstanceOrder {
  readonly service: string;
  readonly name: string;
  readonly mark: Mark;
  readonly region: string;
  /** By name; absent: the account's default group. */
  readonly resourceGroup?: string;
  readonly plan: string;
  readonly parameters: JsonObject;
  readonly tags: readonly string[];
  /** A failed instance of ours that never was active, to be removed first. */
  readonly failed?: Observed;
}

/**
 * Creates an instance and marks it. The platform attaches a create's `tags` by itself, later and without a word when
 * it fails, so the mark is attached once more; the step ends when the tagging API shows it.
 *
 * @throws KeysteadError `TWIN` when another run made the same instance meanwhile; the API cannot prevent it (design 4)
 * Source: Resource Controller API reference, "Create (provision) a new resource instance".
 */
export async function createInstance(context: ActionContext, order: InstanceOrder): Promise<InstanceFacts> {
  const { cloud, snapshot } = context;
  if (order.failed) await cloud.deleteInstance(order.failed.id);
  const tags = [tagOf(order.mark), ...order.tags];
  const made = await cloud.createInstance({
    name: order.name,
    target: order.region,
    resource_group: snapshot.catalog.group(order.resourceGroup),
    resource_plan_id: snapshot.catalog.plan(order.service, order.plan),
    ...(Object.keys(order.parameters).length > 0 ? { parameters: order.parameters } : {}),
    tags,
  });
  const facts = await tagInstance(context, made, tags);
  await refuseTwin(context, made);
  return facts;
}

/** Attaches tags and waits until the tagging API shows them. */
export async function tagInstance(
  { cloud, eventually }: ActionContext,
  instance: RcInstance,
  tags: readonly string[],
): Promise<InstanceFacts> {
  const wanted = tags.map((tag) => tag.toLowerCase());
  await cloud.attachTags(instance.crn, wanted);
  return await eventually(`the tags of ${instance.name}`, async () => {
    const facts = await rereadInstance(cloud, instance.crn);
    return facts !== undefined && wanted.every((tag) => facts.tags.includes(tag)) ? facts : undefined;
  });
}

async function refuseTwin({ cloud }: ActionContext, made: RcInstance): Promise<void> {
  const twins = await namesakes(cloud, made, made.name);
  if (twins.length === 0) return;
  const crns = [made.crn, ...twins];
  throw new KeysteadError('TWIN', `two instances are called "${made.name}" now: ${crns.join(' and ')}`, {
    remedy:
      'another run created the same instance at the same time; delete one of them, or pin the other one as the next plan says',
  });
}

/**
 * Before an instance is given another name: the plan saw nobody of that name, but by now there may be one.
 *
 * @throws Stale when there is: the next plan says what can be done
 */
export async function refuseNamesake(
  { cloud }: ActionContext,
  { instance }: InstanceFacts,
  name: string,
): Promise<void> {
  const [other] = await namesakes(cloud, instance, name);
  if (other !== undefined) throw new Stale(`${other} is called "${name}" by now`);
}

/** Others of the same service, region and group that bear this name. */
async function namesakes(read: Reader, one: RcInstance, name: string): Promise<readonly LiveId[]> {
  const identity = identityOf(one, name);
  const alike = await lookForInstances(read, one.resource_id, name);
  return alike
    .filter(({ instance }) => instance.crn !== one.crn && identityOf(instance) === identity && isInUse(instance))
    .map(({ instance }) => instance.crn);
}

function isInUse({ state }: RcInstance): boolean {
  return state === 'active' || state === 'provisioning';
}

/** Deletes with its service credentials; a reclaimable one goes to reclamation first. Waits until it is listed no more. */
export async function deleteInstance(context: ActionContext, live: Observed<InstanceFacts>): Promise<void> {
  await context.cloud.deleteInstance(live.id);
  await context.eventually(`the deletion of ${live.name}`, async () => {
    const facts = await rereadInstance(context.cloud.fresh(), live.id);
    const gone = facts === undefined || facts.instance.state === 'pending_reclamation';
    return gone ? true : undefined;
  });
}

/** @throws Stale when its reclamation is over already */
export async function restoreInstance(context: ActionContext, live: Observed<InstanceFacts>): Promise<InstanceFacts> {
  await context.cloud.endReclamation(await reclamationOf(context, live), 'restore');
  return await context.eventually(`the restore of ${live.name}`, async () => {
    const facts = await rereadInstance(context.cloud.fresh(), live.id);
    return facts !== undefined && facts.instance.state !== 'pending_reclamation' ? facts : undefined;
  });
}

export async function reclaimInstance(context: ActionContext, live: Observed<InstanceFacts>): Promise<void> {
  await context.cloud.endReclamation(await reclamationOf(context, live), 'reclaim');
  await context.eventually(`the removal of ${live.name}`, async () =>
    (await rereadInstance(context.cloud.fresh(), live.id)) === undefined ? true : undefined,
  );
}

/**
 * Sets the mark, then takes away those that it replaces: the instance is marked at every moment. It ends when the search
 * shows it, too: once nobody tells what it was called before, only its mark finds it.
 */
export async function adoptInstance(
  context: ActionContext,
  live: Observed<InstanceFacts>,
  desired: Bearer,
): Promise<InstanceFacts> {
  const facts = await tagInstance(context, live.facts.instance, [tagOf(desired.mark)]);
  const replaced = replacedBy(desired, live).map(tagOf);
  if (replaced.length === 0) return facts;
  await context.cloud.detachTags(live.id, replaced);
  const isSettled = (tags: readonly string[]): boolean =>
    tags.includes(tagOf(desired.mark)) && !replaced.some((tag) => tags.includes(tag));
  return await context.eventually(`the mark of ${live.name}`, async () => {
    const now = await rereadInstance(context.cloud, live.id);
    const found = (await context.cloud.fresh().taggedInstances()).find(({ crn }) => crn === live.id);
    return now !== undefined && isSettled(now.tags) && isSettled(found?.tags ?? []) ? now : undefined;
  });
}

/** Also what is left of a rename that did not end. */
export async function forgetInstance(
  { cloud }: ActionContext,
  live: Observed<InstanceFacts>,
  desired: Bearer,
): Promise<void> {
  await cloud.detachTags(live.id, ownAmong(live.marks, desired).map(tagOf));
}

async function reclamationOf({ cloud }: ActionContext, live: Observed<InstanceFacts>): Promise<string> {
  const rows = await cloud.fresh().reclamations();
  const row = rows.find(({ resource_instance_id }) => resource_instance_id === live.facts.instance.guid);
  if (row === undefined) throw new Stale(`${live.id} is not in reclamation any more`);
  return row.id;
}

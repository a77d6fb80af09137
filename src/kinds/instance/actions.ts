import type { Reader } from '../../cloud/reader.ts';
import type { RcInstance } from '../../cloud/resource-controller/shapes.ts';
import { isRefused, KeysteadError, Stale } from '../../model/errors.ts';
import type { JsonObject } from '../../model/json.ts';
import { othersAmong, ownAmong, replacedBy } from '../../model/ownership.ts';
import { type Desired, type Observed, wantedName } from '../../model/resource.ts';
import type { ActionContext, Actions, ChangeJob, CreateJob, EndJob } from '../action.ts';
import { removeEmptied } from '../emptied.ts';
import { type InstanceFacts, identityOf, marksOfTags, tagOf } from './facts.ts';
import { type InstanceSpec, strayTags } from './identity.ts';
import { confirmInstance, isThere, rereadInstance } from './observe.ts';
import { attach } from './tags.ts';

type Job = EndJob<unknown, InstanceFacts>;

const RECLAIMING = 'pending_reclamation';
const STANDING = new Set(['active', 'provisioning', 'pre_provisioning']);

/**
 * Creates an instance and marks it. The platform attaches a create's `tags` by itself, later and without a word when
 * it fails, so the mark is attached once more; the step ends when that has succeeded, and nobody else is seen to bear the name.
 * Where it does not succeed, the instance is there all the same: the next run sets the mark.
 *
 * @throws KeysteadError `TWIN` when another run made the same instance meanwhile; the API cannot prevent it (design 4)
 * Source: Resource Controller API reference, "Create (provision) a new resource instance".
 */
export async function createInstance<Spec extends InstanceSpec>(
  context: ActionContext,
  { desired, failed }: CreateJob<Spec>,
  order: { readonly service: string; readonly plan: string; readonly parameters: JsonObject },
): Promise<InstanceFacts> {
  const { cloud, snapshot } = context;
  const { spec, mark } = desired;
  // Ours, failed before it ever was active.
  if (failed) await cloud.deleteInstance(failed.id);
  const tags = [tagOf(mark), ...(spec.tags ?? [])].map((tag) => tag.toLowerCase());
  const made = await cloud.createInstance({
    name: wantedName(desired),
    target: spec.region ?? '',
    resource_group: snapshot.catalog.group(spec.resourceGroup),
    resource_plan_id: snapshot.catalog.plan(order.service, order.plan),
    ...(Object.keys(order.parameters).length > 0 ? { parameters: order.parameters } : {}),
    tags,
  });
  await attach(context, made, tags);
  return { instance: await refuseTwin(context, made), tags };
}

/**
 * Name, parameters and tags, as far as they changed.
 *
 * @param parameters those that changed
 * @throws Stale when the plan saw nobody of the new name, but by now there is one: the next plan says what can be done
 */
export async function updateInstance<Spec extends InstanceSpec>(
  context: ActionContext,
  { desired, live, fields }: ChangeJob<Spec, InstanceFacts>,
  parameters: JsonObject = {},
): Promise<InstanceFacts> {
  const { cloud } = context;
  const { instance } = live.facts;
  const changed = new Set(fields.map(({ field }) => field));
  const name = changed.has('name') ? wantedName(desired) : undefined;
  const alike = name === undefined ? [] : await standingAlike(cloud, instance, name);
  const other = alike.find(({ crn }) => crn !== live.id);
  if (other !== undefined) throw new Stale(`${other.crn} is called "${name}" by now`);
  const order = {
    ...(name === undefined ? {} : { name }),
    ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
  };
  // One request: a second one is refused while the service still works on the first.
  if (Object.keys(order).length > 0) await cloud.updateInstance(live.id, order);
  const tags = changed.has('tags') ? await tag(context, live.facts, desired.spec) : live.facts.tags;
  return (await rereadInstance(cloud, live.id, tags)) ?? { ...live.facts, tags };
}

/**
 * Attaches what is declared, and detaches what must not be there: never a mark.
 *
 * @returns what it bears then: what the tagging API took it has, and other tags are as good as before
 */
async function tag(
  context: ActionContext,
  { instance, tags }: InstanceFacts,
  spec: InstanceSpec,
): Promise<readonly string[]> {
  const wanted = spec.tags ?? [];
  const added = wanted.length === 0 ? [] : await attach(context, instance, wanted);
  const stray = new Set(strayTags(spec, tags));
  if (stray.size > 0) await context.cloud.detachTags(instance.crn, [...stray]);
  return [...new Set([...tags, ...added])].filter((one) => !stray.has(one));
}

/** @returns the instance as the list shows it by now */
async function refuseTwin({ cloud }: ActionContext, made: RcInstance): Promise<RcInstance> {
  const alike = await standingAlike(cloud, made, made.name);
  const twins = alike.flatMap(({ crn }) => (crn === made.crn ? [] : [crn]));
  if (twins.length === 0) return alike[0] ?? made;
  const crns = [made.crn, ...twins];
  throw new KeysteadError('TWIN', `two instances are called "${made.name}" now: ${crns.join(' and ')}`, {
    remedy:
      'another run created the same instance at the same time; delete one of them, or pin the other one as the next plan says',
  });
}

/** Those of the same service, region and group that stand and bear this name; it may be among them itself. */
async function standingAlike(read: Reader, one: RcInstance, name: string): Promise<readonly RcInstance[]> {
  const identity = identityOf(one, name);
  const found = await read.standingNamed(name);
  return found.filter((other) => identityOf(other) === identity && STANDING.has(other.state));
}

/** Deletes with its service credentials; a reclaimable one goes to reclamation first. Waits until that shows. */
async function deleteInstance(context: ActionContext, { live }: Pick<Job, 'live'>): Promise<void> {
  // A vault that holds keys is refused with the broker's 409 inside a 422: IBM Cloud docs, known issues of security-services.
  const isNotEmpty = (error: unknown): boolean => isRefused(error, 409, 422);
  await removeEmptied(context, live.id, () => context.cloud.deleteInstance(live.id), isNotEmpty);
  await gone(context, live, `the deletion of ${live.name}`, (now) => now.state === RECLAIMING);
}

/**
 * Follows a removal to its end: services of many nodes take longer than a read lags, and Resource Controller says by
 * `last_operation` that they are at it, and when they failed.
 *
 * @param isOver what else ends it, beside the instance being gone
 * @throws KeysteadError `DELETION_FAILED` with the service's words
 */
async function gone(
  { cloud, eventually }: ActionContext,
  live: Observed<InstanceFacts>,
  what: string,
  isOver: (now: RcInstance) => boolean = () => false,
): Promise<void> {
  let operation: RcInstance['last_operation'];
  const look = async (): Promise<true | undefined> => {
    const now = await cloud.instance(live.id);
    if (now === undefined || !isThere(now) || isOver(now)) return true;
    operation = now.last_operation;
    // What failed before this deletion is not its failure.
    const isNew = now.updated_at !== live.facts.instance.updated_at;
    if (operation?.type === 'delete' && operation.state === 'failed' && isNew) {
      const why = operation.description ?? 'no reason given';
      throw new KeysteadError('DELETION_FAILED', `the service did not delete ${live.id}: ${why}`);
    }
    return undefined;
  };
  await eventually(what, look, () => operation?.type === 'delete' && operation.state === 'in progress');
}

/** @throws Stale when its reclamation is over already */
async function restoreInstance(context: ActionContext, { live }: Pick<Job, 'live'>): Promise<InstanceFacts> {
  const { cloud, eventually } = context;
  await cloud.endReclamation(await reclamationOf(context, live), 'restore');
  return await eventually(`the restore of ${live.name}`, async () => {
    const instance = await cloud.instance(live.id);
    const isBack = instance !== undefined && isThere(instance) && instance.state !== RECLAIMING;
    return isBack ? { instance, tags: live.facts.tags } : undefined;
  });
}

export async function reclaimInstance(context: ActionContext, { live }: Pick<Job, 'live'>): Promise<void> {
  await context.cloud.endReclamation(await reclamationOf(context, live), 'reclaim');
  await gone(context, live, `the removal of ${live.name}`);
}

/**
 * Sets the mark, then takes away those that it replaces: the instance is marked at every moment. It ends when the search
 * shows it, too: once nobody tells what it was called before, only its mark finds it.
 */
async function adoptInstance(context: ActionContext, { live, desired }: Job): Promise<InstanceFacts> {
  const { cloud, snapshot, eventually } = context;
  const mark = tagOf(desired.mark);
  await attach(context, live.facts.instance, [mark]);
  const facts = await eventually(`the mark of ${live.name}`, async () => {
    const now = await confirmInstance(cloud, live.id, snapshot);
    return now?.tags.includes(mark) ? now : undefined;
  });
  await yieldToOthers(context, { live, desired }, facts.tags);
  const replaced = replacedBy(desired, live).map(tagOf);
  if (replaced.length === 0) return facts;
  await cloud.detachTags(live.id, replaced);
  const isSettled = (tags: readonly string[]): boolean =>
    tags.includes(mark) && !replaced.some((tag) => tags.includes(tag));
  return await eventually(`the mark of ${live.name}`, async () => {
    const indexed = await cloud.indexedTags(live.id);
    if (indexed === undefined || !isSettled(indexed)) return undefined;
    const now = await confirmInstance(cloud, live.id, snapshot);
    return now !== undefined && isSettled(now.tags) ? now : undefined;
  });
}

/**
 * Takes the mark off again where another stack's shows that was not there before, or could not be read: nobody consented to
 * sharing it.
 *
 * @throws Stale then
 */
async function yieldToOthers(
  { cloud }: ActionContext,
  { live, desired }: Pick<Job, 'live' | 'desired'>,
  tags: readonly string[],
): Promise<void> {
  const before = new Set(live.marks.map(tagOf));
  const others = othersAmong(marksOfTags(tags), desired).filter((other) => !before.has(tagOf(other)));
  if (others.length === 0) return;
  await cloud.detachTags(live.id, [tagOf(desired.mark)]);
  const owners = others.map(({ stack, name }) => `"${stack}/${name}"`).join(' and ');
  throw new Stale(`${live.id} belongs to ${owners} by now`);
}

async function reclamationOf({ cloud }: ActionContext, { id, facts }: Observed<InstanceFacts>): Promise<string> {
  const row = await cloud.reclamationOf(facts.instance.guid);
  if (row === undefined) throw new Stale(`${id} is not in reclamation any more`);
  return row.id;
}

/**
 * What every instance can do.
 *
 * @param complete the instance with what its service tells of it beside
 */
export function instanceActions<Spec, Facts extends InstanceFacts>(
  complete: (context: ActionContext, desired: Desired<Spec>, facts: InstanceFacts) => Promise<Observed<Facts>>,
) {
  return {
    adopt: async (context, job) => await complete(context, job.desired, await adoptInstance(context, job)),
    restore: async (context, job) => await complete(context, job.desired, await restoreInstance(context, job)),
    delete: deleteInstance,
    /** Also what is left of a rename that did not end. */
    forget: ({ cloud }, { desired, live }) => cloud.detachTags(live.id, ownAmong(live.marks, desired).map(tagOf)),
  } satisfies Actions<Spec, Facts>;
}

import type { RcInstance } from '../../cloud/wire.ts';
import type { Mark } from '../../model/address.ts';
import { KeysteadError } from '../../model/errors.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Observed } from '../../model/resource.ts';
import type { Hands } from '../kind.ts';
import type { InstanceFacts } from './facts.ts';
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
export async function createInstance(hands: Hands, order: InstanceOrder): Promise<InstanceFacts> {
  const { cloud, known } = hands;
  if (order.failed) await cloud.deleteInstance(order.failed.id);
  const tags = [tagOf(order.mark), ...order.tags];
  const made = await cloud.createInstance({
    name: order.name,
    target: order.region,
    resource_group: known.group(order.resourceGroup),
    resource_plan_id: known.plan(order.service, order.plan),
    ...(Object.keys(order.parameters).length > 0 ? { parameters: order.parameters } : {}),
    tags,
  });
  const facts = await tagInstance(hands, made, tags);
  await refuseTwin(hands, made);
  return facts;
}

/** Attaches tags and waits until the tagging API shows them. */
export async function tagInstance(
  { cloud, eventually }: Hands,
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

async function refuseTwin({ cloud }: Hands, made: RcInstance): Promise<void> {
  const alike = await lookForInstances(cloud, made.resource_id, made.name);
  const twins = alike.filter(
    ({ instance }) =>
      instance.crn !== made.crn &&
      instance.resource_group_id === made.resource_group_id &&
      instance.region_id === made.region_id &&
      (instance.state === 'active' || instance.state === 'provisioning'),
  );
  if (twins.length === 0) return;
  const crns = [made.crn, ...twins.map(({ instance }) => instance.crn)];
  throw new KeysteadError('TWIN', `two instances are called "${made.name}" now: ${crns.join(' and ')}`, {
    remedy: 'another run created the same instance at the same time; delete one of them, then plan again',
  });
}

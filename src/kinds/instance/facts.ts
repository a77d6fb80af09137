import type { RcInstance } from '../../cloud/resource-controller/shapes.ts';
import type { Mark } from '../../model/address.ts';
import { parseCrn } from '../../model/crn.ts';
import { given } from '../../model/json.ts';
import type { Relations } from '../../model/relation.ts';
import type { Life, Observed } from '../../model/resource.ts';

/** What both kinds of the Resource Controller know of a live instance. */
export interface InstanceFacts {
  readonly instance: RcInstance;
  /** User tags, the mark included. */
  readonly tags: readonly string[];
  /** Who deleted it, when, and until when it can be restored; while it is in reclamation. */
  readonly reclamation?: Pick<Extract<Life, { is: 'restorable' }>, 'by' | 'since' | 'until'>;
}

export function regionOf(instance: RcInstance): string {
  return parseCrn(instance.crn)?.location ?? instance.region_id ?? '';
}

/** Source: Resource Controller API reference, "Get a resource instance": `state` and `last_operation`. */
function lifeOf({ instance, reclamation }: InstanceFacts): Life {
  const running = instance.last_operation?.state === 'in progress';
  switch (instance.state) {
    case 'active':
      return running ? { is: 'settling' } : { is: 'active' };
    case 'provisioning':
    case 'pre_provisioning':
      return { is: 'settling' };
    case 'failed':
      return { is: 'failed', why: instance.last_operation?.description ?? 'provisioning failed' };
    case 'pending_reclamation':
      return { is: 'restorable', as: 'reclaiming', until: undefined, by: undefined, since: undefined, ...reclamation };
    case 'inactive':
      // Older services report an instance as inactive while it is still being made.
      if (running) return { is: 'settling' };
      return { is: 'lost', code: 'INACTIVE', why: 'it is inactive' };
    default:
      return { is: 'lost', code: 'INACTIVE', why: `its state is ${instance.state}` };
  }
}

/** @param name what it would be called. Default: what it is called */
export function identityOf(instance: RcInstance, name = instance.name): string {
  return [instance.resource_id, regionOf(instance), instance.resource_group_id, name].join('|');
}

/** An update that failed leaves its instance active, and its parameters as they were asked for. */
function lastFailureOf({ last_operation: last, state }: RcInstance): string | undefined {
  if (state !== 'active' || last?.type !== 'update' || last.state !== 'failed') return undefined;
  return `its last update failed${last.description ? `: ${last.description}` : ''}`;
}

export function observedInstance<Facts extends InstanceFacts>(
  kind: string,
  facts: Facts,
  relations: Relations,
): Observed<Facts> {
  const { instance } = facts;
  const region = regionOf(instance);
  return {
    kind,
    id: instance.crn,
    name: instance.name,
    identity: identityOf(instance),
    resourceGroup: instance.resource_group_id,
    kinship: [instance.resource_id, region, instance.name].join('|'),
    marks: marksOfTags(facts.tags),
    life: lifeOf(facts),
    version: `${instance.state} ${instance.updated_at ?? instance.created_at ?? ''}`,
    relations,
    facts,
    ...given({
      madeBy: instance.created_by || undefined,
      madeAt: instance.created_at || undefined,
      lastFailure: lastFailureOf(instance),
    }),
  };
}

const TAG = /^keystead:([a-z0-9-]+)\.([a-z0-9-]+)$/;

/** The user tag that marks an instance as a stack's. Tags are stored in lower case; so are stacks and map keys. */
export function tagOf(mark: Mark): string {
  return `keystead:${mark.stack}.${mark.name}`;
}

/** Whether a tag is kept for marks, in whatever case: tags are stored in lower case. */
export function isMarkTag(tag: string): boolean {
  return tag.toLowerCase().startsWith('keystead:');
}

export function marksOfTags(tags: readonly string[]): readonly Mark[] {
  return tags.flatMap((tag) => {
    const [, stack, name] = TAG.exec(tag) ?? [];
    return stack !== undefined && name !== undefined ? [{ stack, name }] : [];
  });
}

import type { Fields } from '../fields.ts';
import { type InstanceFacts, regionOf } from './facts.ts';
import type { InstanceSpec } from './identity.ts';
import { isMarkTag } from './marks.ts';

/** The rows that both Resource Controller kinds share: name, region, group, tags. */
export const instanceRows: Fields<Omit<InstanceSpec, 'plan'>, InstanceFacts> = {
  name: {
    leads: 'update',
    why: 'PATCH /v2/resource_instances/{id} takes a name',
    have: (live) => live.name,
    initial: (desired) => desired.mark.name,
  },
  region: {
    leads: 'refuse',
    why: 'an instance does not move between regions',
    have: (live) => regionOf(live.facts.instance),
  },
  resourceGroup: {
    leads: 'refuse',
    why: 'an instance does not move between resource groups',
    have: (live, snapshot) => snapshot.catalog.groupName(live.facts.instance.resource_group_id),
    initial: (_desired, snapshot) => snapshot.catalog.groupName(snapshot.catalog.group()),
  },
  tags: {
    leads: 'update',
    why: 'tags are attached; others stay',
    want: (desired) => desired.spec.tags?.map((tag) => tag.toLowerCase()).sort(),
    have: (live) => live.facts.tags.filter((tag) => !isMarkTag(tag)).sort(),
    same: (want, have) => want.every((tag) => have.includes(tag)),
  },
};

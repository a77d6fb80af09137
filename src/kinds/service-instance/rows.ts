import type { Snapshot } from '../../model/snapshot.ts';
import type { Row } from '../fields.ts';
import type { InstanceFacts } from './facts.ts';
import { regionOf } from './facts.ts';
import { isMarkTag } from './marks.ts';

interface InstanceSpec {
  readonly name?: string;
  readonly region?: string;
  readonly resourceGroup?: string;
  readonly tags?: readonly string[];
}

/** The rows that both Resource Controller kinds share: name, region, group, tags. */
export function instanceRows<Spec extends InstanceSpec, Facts extends InstanceFacts>(): {
  readonly name: Row<Spec, Facts, string>;
  readonly region: Row<Spec, Facts, string>;
  readonly resourceGroup: Row<Spec, Facts, string>;
  readonly tags: Row<Spec, Facts, string[]>;
} {
  return {
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
      have: (live, snapshot: Snapshot) => snapshot.catalog.groupName(live.facts.instance.resource_group_id),
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
}

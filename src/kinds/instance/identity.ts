import { type Common, wantedName } from '../../model/resource.ts';
import type { Fields } from '../fields.ts';
import { type Finding, finding } from '../finding.ts';
import type { KindSpec } from '../kind.ts';
import { type InstanceFacts, identityOf, isMarkTag, regionOf } from './facts.ts';

/** What every instance may say. */
export interface InstanceSpec {
  readonly name?: string;
  readonly region?: string;
  readonly resourceGroup?: string;
  readonly plan?: string;
  readonly tags?: string[];
  readonly exclusiveTags?: boolean;
}

/**
 * An instance is its service, region, group and name; a second one would be a twin, which the API does not refuse.
 *
 * @param serviceOf the catalog name of the service
 */
export function instanceIdentity<Spec extends InstanceSpec, Facts extends InstanceFacts>(
  serviceOf: (spec: Spec) => string,
) {
  return {
    duplicates: true,
    normalize: (written, defaults) => ({ ...defaults, ...written }),
    catalogNames: (spec) => ({
      services: [serviceOf(spec)],
      plans: spec.plan === undefined ? [] : [[serviceOf(spec), spec.plan]],
      groups: spec.resourceGroup === undefined ? [] : [spec.resourceGroup],
    }),
    of(desired, { catalog }) {
      const { spec } = desired;
      const group = catalog.group(spec.resourceGroup);
      return [catalog.service(serviceOf(spec)), spec.region ?? '', group, wantedName(desired)].join('|');
    },
    claims(desired) {
      const { spec } = desired;
      if (spec.crn !== undefined) return [];
      const group = spec.resourceGroup === undefined ? 'the default group' : `group "${spec.resourceGroup}"`;
      const where = `of ${serviceOf(spec)} in ${spec.region ?? 'no region'} and ${group}`;
      return [{ pointer: '/name', what: `the instance "${wantedName(desired)}" ${where}` }];
    },
    sameNameElsewhere: (desired, { catalog }) =>
      [catalog.service(serviceOf(desired.spec)), desired.spec.region ?? '', wantedName(desired)].join('|'),
    renamed: ({ facts: { instance } }, name) => identityOf(instance, name),
  } satisfies Partial<KindSpec<Spec, Facts>['identity']>;
}

/**
 * Offline rules that any instance can break by itself.
 *
 * @param regions where its service is offered; absent: not checked
 */
export function* checkInstance(
  { region, crn, tags = [] }: InstanceSpec & Common,
  { called, service, regions }: { called: string; service: string; regions?: readonly string[] | undefined },
): Iterable<Finding> {
  if (region === undefined && crn === undefined) {
    const remedy = 'add `region: us-south`, or `defaults: { region: us-south }` for all';
    yield finding('', 'MISSING_FIELD', `${called} has no region`, remedy);
  } else if (region !== undefined && regions?.includes(region) === false) {
    const remedy = `use one of ${regions.join(', ')}`;
    yield finding('/region', 'REGION_UNSUPPORTED', `${service} is not offered in "${region}"`, remedy);
  }
  // A user tag that is, or looks like, a mark would make the instance somebody's.
  const message = 'tags that start with keystead: are ownership marks';
  for (const [index, tag] of tags.entries()) {
    if (isMarkTag(tag)) yield finding(`/tags/${index}`, 'RESERVED_NAME', message, 'choose another tag');
  }
}

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
    why: 'tags are attached; others stay, but for exclusiveTags',
    want: ({ spec }) => tagsIn(spec),
    have: (live) => live.facts.tags.filter((tag) => !isMarkTag(tag)).sort(),
    set: ({ spec }) => (spec.exclusiveTags === true ? 'whole' : 'part'),
  },
  exclusiveTags: { leads: 'ignore', why: 'says what tags are compared with', have: () => undefined },
};

/** As they are stored, sorted; where they are exclusive, none is as good as an empty list. */
function tagsIn({ tags, exclusiveTags }: InstanceSpec): string[] | undefined {
  const wanted = tags ?? (exclusiveTags === true ? [] : undefined);
  return wanted && [...new Set(wanted.map((tag) => tag.toLowerCase()))].sort();
}

/** Of these tags, those that an instance must not have. */
export function strayTags(spec: InstanceSpec, tags: readonly string[]): readonly string[] {
  const wanted = new Set(tagsIn(spec));
  return spec.exclusiveTags === true ? tags.filter((tag) => !isMarkTag(tag) && !wanted.has(tag)) : [];
}

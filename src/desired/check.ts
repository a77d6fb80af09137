import type { Kinds } from '../kinds/kind.ts';
import { isWholeService } from '../model/containment.ts';
import type { Problem } from '../model/errors.ts';
import type { Desired } from '../model/resource.ts';
import { isPresent, type Wanted } from '../model/wanted.ts';
import { checkGrants } from './check-grants.ts';
import { checkNeeds } from './check-needs.ts';
import { findCycle } from './graph.ts';
import { at, type Places } from './places.ts';
import { checkQuotas } from './quotas.ts';

/** Offline rules over the whole set, all told at once. */
export function checkSet(
  wanted: Wanted,
  places: Places,
  account: string | undefined,
  kinds: Kinds,
): readonly Problem[] {
  const all = [...wanted.all()];
  return [
    ...checkNeeds(wanted, places, account, kinds),
    ...all.flatMap((resource) => checkEnding(resource, wanted, places)),
    ...all.flatMap((resource) => checkContainers(resource, wanted, places)),
    ...checkGrants(wanted, places),
    ...checkCycle(wanted, places),
    ...checkQuotas(kinds, wanted, places),
  ];
}

/** What is present may not refer to what is absent, except a deployment to the key that is to be shredded under it. */
function checkEnding(resource: Desired, wanted: Wanted, places: Places): readonly Problem[] {
  if (resource.spec.existing && !isPresent(resource)) {
    const message = `"${resource.mark.name}" is declared as existing, so it is not this stack's to delete`;
    const remedy = 'remove one of `existing` and `state`';
    return [{ code: 'EXISTING_ABSENT', severity: 'error', message, remedy, ...at(places, resource.address, '/state') }];
  }
  if (!isPresent(resource)) return [];
  return Object.entries(resource.refs).flatMap(([pointer, ref]): readonly Problem[] => {
    const target = wanted.get(ref);
    if (target?.spec.state !== 'absent') return [];
    const place = at(places, resource.address, pointer);
    if ('cryptoshred' in target.spec && target.spec.cryptoshred === true) {
      const message = `"${resource.mark.name}" loses its data: its key "${target.mark.name}" is to be cryptoshredded`;
      return [{ code: 'WILL_LOSE_DATA', severity: 'warning', message, ...place }];
    }
    const message = `"${target.mark.name}" is absent, but "${resource.mark.name}" still refers to it`;
    const remedy = `make "${resource.mark.name}" absent as well, or refer to something else`;
    return [{ code: 'REFERS_TO_ABSENT', severity: 'error', message, remedy, ...place }];
  });
}

/** What holds a resource must agree: a ring in one instance cannot hold a key of another. */
function checkContainers(resource: Desired, wanted: Wanted, places: Places): readonly Problem[] {
  const { inside } = resource.relations;
  return Object.entries(resource.refs).flatMap(([pointer, ref]): readonly Problem[] => {
    const holder = wanted.get(ref);
    if (holder === undefined || !inside.includes(ref)) return [];
    const outer = holder.relations.inside.find((container) => !inside.includes(container));
    if (outer === undefined || isWholeService(outer)) return [];
    return [
      {
        code: 'RING_IN_OTHER_INSTANCE',
        severity: 'error',
        message: `"${holder.mark.name}" is in ${outer}, but "${resource.mark.name}" is not`,
        remedy: 'give both the same `instance`',
        ...at(places, resource.address, pointer),
      },
    ];
  });
}

function checkCycle(wanted: Wanted, places: Places): readonly Problem[] {
  const cycle = findCycle(wanted);
  if (cycle === undefined) return [];
  const [first = ''] = cycle;
  const granting = cycle.map((address) => wanted.get(address)).find((r) => (r?.relations.grants.length ?? 0) > 0);
  if (granting === undefined) {
    const message = `these wait for each other: ${cycle.join(' → ')}`;
    return [{ code: 'REFERENCE_CYCLE', severity: 'error', message, ...at(places, first, '') }];
  }
  return [
    {
      code: 'SOURCE_CYCLE',
      severity: 'error',
      message: `"${granting.mark.name}" has as its source the very deployment that must wait for it`,
      remedy: `use the service as the source: source: ${granting.relations.grants[0]?.source.service ?? 'SERVICE'}`,
      ...at(places, granting.address, '/source'),
    },
  ];
}

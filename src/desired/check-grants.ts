import { isWholeService } from '../model/containment.ts';
import type { Problem } from '../model/errors.ts';
import { addTo } from '../model/group-by.ts';
import type { Grant, Need } from '../model/relation.ts';
import { isPresent, type Wanted } from '../model/wanted.ts';
import { concerns } from '../rules/coverage.ts';
import { missingRoles, roleCovers } from '../services/roles.ts';
import { at, type Places } from './places.ts';

/** Over-broad: a role above what the declared deployments need (design 10). What is only looked up is somebody else's. */
export function checkGrants(wanted: Wanted, places: Places): readonly Problem[] {
  const served = needsByGrant(wanted);
  return [...wanted.all()].flatMap((resource): readonly Problem[] => {
    if (resource.spec.existing || !isPresent(resource)) return [];
    return resource.relations.grants.flatMap((grant): readonly Problem[] => {
      const needs = isWholeService(grant.target) ? undefined : served.get(grant);
      const wantedRoles = (needs ?? []).flatMap(({ roles }) => roles);
      const above = grant.roles.filter(
        (role) => !wantedRoles.includes(role) && wantedRoles.some((want) => roleCovers(role, want)),
      );
      if (above.length === 0 || missingRoles(grant.roles, wantedRoles).length > 0) return [];
      return [
        {
          code: 'BROAD_AUTHORIZATION',
          severity: 'warning',
          message: `${above.join(', ')} is more than the declared deployments need`,
          remedy: `use roles: [${[...new Set(wantedRoles)].join(', ')}]`,
          ...at(places, resource.address, '/roles'),
        },
      ];
    });
  });
}

function needsByGrant(wanted: Wanted): ReadonlyMap<Grant, readonly Need[]> {
  const served = new Map<Grant, Need[]>();
  for (const { relations } of wanted.all()) {
    for (const need of relations.needs) {
      for (const { grant } of wanted.grantsFor(need)) {
        if (concerns(grant, need, wanted.layout)) addTo(served, grant, need);
      }
    }
  }
  return served;
}

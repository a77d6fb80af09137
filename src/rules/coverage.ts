import { type Containers, isWithin } from '../model/containment.ts';
import type { Grant, Need, Party } from '../model/relation.ts';
import { missingRoles } from '../services/roles.ts';

/** A member that the needer does not tell cannot refuse it: offline, a default group's name is unknown. */
function admits(source: Party, by: Party): boolean {
  return (
    source.service === by.service &&
    (source.instance === undefined || source.instance === by.instance) &&
    (source.resourceGroup === undefined ||
      by.resourceGroup === undefined ||
      source.resourceGroup === by.resourceGroup) &&
    source.resourceType === by.resourceType &&
    source.account === by.account
  );
}

/** Whether a grant is about this need at all: it admits the needer, and its target holds what is needed. */
export function concerns(grant: Grant, need: Need, containers: Containers): boolean {
  return admits(grant.source, need.by) && isWithin(grant.target, need.on, containers);
}

/** The same function offline, over addresses, and live, over ids. */
export function covers(grant: Grant, need: Need, containers: Containers): boolean {
  return concerns(grant, need, containers) && missingRoles(grant.roles, need.roles).length === 0;
}

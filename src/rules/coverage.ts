import { holdersOf, isWithin, type Layout } from '../model/containment.ts';
import { parseCrn } from '../model/crn.ts';
import { instanceWord } from '../model/grant-index.ts';
import { ANY_GROUP, type Grant, type Need, type Party, type Ref, type User } from '../model/relation.ts';
import { needsType } from '../services/registrants.ts';
import { mayRead, missingRoles } from '../services/roles.ts';

/** Whether the source of a grant is this user: every member that the source has must be known to match. */
function admits(source: Party, by: User, isOffline: boolean): boolean {
  return (
    (source.service === undefined ? source.resourceGroup !== undefined : source.service === by.service) &&
    (source.instance === undefined || isSameInstance(source.instance, by.instance)) &&
    isGroup(source.resourceGroup, by.resourceGroup, isOffline) &&
    (source.region === undefined || source.region === by.region) &&
    (source.resourceType === undefined ? !needsType(by.service) : source.resourceType === by.resourceType) &&
    (source.resource === undefined || source.resource === by.resource) &&
    source.account === by.account
  );
}

function isSameInstance(source: Ref, by: Ref | undefined): boolean {
  return by !== undefined && (source === by || instanceWord(source) === instanceWord(by));
}

function isGroup(source: string | undefined, by: string | undefined, isOffline: boolean): boolean {
  if (source === undefined) return true;
  if (by === undefined) return isOffline;
  return source === ANY_GROUP || source === by;
}

/**
 * Whether an instance is such as a grant is narrowed to.
 *
 * @param unknown the answer where its group is not known
 */
function isSuch({ within = {} }: Grant, instance: Ref, { groupOf }: Layout, unknown: boolean): boolean {
  const group = groupOf(instance);
  const isInGroup = group === undefined ? unknown : within.resourceGroup === group;
  return (
    (within.resourceGroup === undefined || isInGroup) &&
    (within.region === undefined || within.region === parseCrn(instance)?.location)
  );
}

/** Whether what is needed lies where the grant says, in an instance such as it says. */
function reaches(grant: Grant, on: Ref, layout: Layout, unknown: boolean): boolean {
  if (!isWithin(grant.target, on, layout.containers)) return false;
  if (grant.within === undefined) return true;
  const instances = holdersOf(on, layout.containers).filter((ref) => parseCrn(ref)?.type === '');
  return instances.some((instance) => isSuch(grant, instance, layout, unknown));
}

/**
 * Whether a grant is about this need at all: it admits the needer, and its target holds what is needed. One that is not
 * understood is about nothing.
 */
export function concerns(grant: Grant, need: Need, layout: Layout): boolean {
  return (
    grant.opaque === undefined &&
    admits(grant.source, need.by, layout.isOffline === true) &&
    reaches(grant, need.on, layout, false)
  );
}

/**
 * The same function offline, over addresses, and live, over ids. The roles are one grant's: IBM's own check wants them in one
 * policy.
 *
 * Source: Key Protect docs, "Migration tool": the matching criteria of `authz-check`.
 */
export function covers(grant: Grant, need: Need, layout: Layout): boolean {
  return concerns(grant, need, layout) && missingRoles(grant.roles, need.roles).length === 0;
}

/** Whether something may be used through a grant, for all that is known: for what must not be overlooked. */
export function mayReach(grant: Grant, on: Ref, layout: Layout): boolean {
  return mayRead(grant.roles) && reaches(grant, on, layout, true);
}

import type { Layout } from '../model/containment.ts';
import { parseCrn } from '../model/crn.ts';
import { given } from '../model/json.ts';
import type { Grant, Need, Use } from '../model/relation.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { instanceOf } from '../model/uses.ts';
import { needsType, usersIn } from '../services/registrants.ts';
import { KEY_ROLE } from '../services/table.ts';
import { covers } from './coverage.ts';

/** Grants that may serve needs: as they are, or as a plan will leave them. */
export interface Grants {
  readonly layout: Layout;
  /** Those that may be about a need. */
  grantsFor(need: Need): readonly Grant[];
}

/** The grants of the live objects, as they are. */
export function liveGrants({ live }: Pick<Snapshot, 'live'>): Grants {
  return { layout: live.layout, grantsFor: (need) => live.grantsFor(need).map(({ grant }) => grant) };
}

/** These and no others. */
export function onlyGrants(grants: readonly Grant[], layout: Layout): Grants {
  return { layout, grantsFor: () => grants };
}

/** Only those that pass. */
export function grantsThat(passes: (grant: Grant) => boolean, { layout, grantsFor }: Grants): Grants {
  return { layout, grantsFor: (need) => grantsFor(need).filter(passes) };
}

type Known = Pick<Snapshot, 'live' | 'externalUsers' | 'catalog'>;

/**
 * A use as needs, of which one must be met: its user may be authorized under several names. The roles are those that the live
 * user is known to need on that key, Reader at least.
 */
export function needsOf({ on, by }: Pick<Use, 'on' | 'by'>, { live, externalUsers, catalog }: Known): readonly Need[] {
  const instance = instanceOf(by);
  const crn = parseCrn(by);
  const resourceGroup = live.groupOf(instance) ?? externalUsers.get(instance)?.resourceGroup;
  const own = live.needsOf(instance).flatMap((need) => (need.on === on ? need.roles : []));
  const roles = [...new Set([KEY_ROLE, ...own])];
  const users = crn === undefined ? [{ service: '' }] : usersIn(crn, catalog.account);
  // Of a volume of VPC no instance is told.
  const narrow = given({ instance: crn?.instance === '' ? undefined : instance, resourceGroup });
  return users.map((user) => ({ by: { ...user, ...narrow }, on, roles, pointer: '' }));
}

/** The source, on this key or instance, of a grant that would serve a use, and the roles that it needs. */
export function grantFor(use: Pick<Use, 'on' | 'by'>, known: Known) {
  const [need] = needsOf(use, known);
  const { service = '', resourceType } = need?.by ?? {};
  return {
    service,
    ...given({ resourceType: needsType(service) ? resourceType : undefined }),
    roles: need?.roles ?? [],
  };
}

/** Whether some of these grants is known to serve a use. */
export function isServed(use: Pick<Use, 'on' | 'by'>, grants: Grants, known: Known): boolean {
  return needsOf(use, known).some((need) => isMet(need, grants));
}

/** Whether some of these grants is known to let a use read its key, whatever else it needs. */
export function isRead(use: Pick<Use, 'on' | 'by'>, grants: Grants, known: Known): boolean {
  return needsOf(use, known).some((need) => isMet({ ...need, roles: [KEY_ROLE] }, grants));
}

function isMet(need: Need, { grantsFor, layout }: Grants): boolean {
  return grantsFor(need).some((grant) => covers(grant, need, layout));
}

/**
 * Uses that are served now and would not be afterwards. Uses of a destroyed key count: its service needs the
 * authorization to unregister, or to recover after a restore.
 */
export function stranded(uses: readonly Use[], before: Grants, after: Grants, known: Known): readonly Use[] {
  return uses.flatMap((use) => (isServed(use, before, known) && !isServed(use, after, known) ? [use] : []));
}

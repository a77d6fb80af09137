import type { Containers } from '../model/containment.ts';
import { parseCrn } from '../model/crn.ts';
import type { Grant, Need, Use } from '../model/relation.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { instanceOf } from '../model/uses.ts';
import { covers } from './coverage.ts';

/** Reading a key is what every use needs of its authorization. */
const USE_ROLES = ['Reader'];

/** Grants that may serve needs: as they are, or as a plan will leave them. */
export interface Grants {
  readonly containers: Containers;
  /** Those that may be about a need. */
  grantsFor(need: Need): readonly Grant[];
}

export function isServed(need: Need, { grantsFor, containers }: Grants): boolean {
  return grantsFor(need).some((grant) => covers(grant, need, containers));
}

/** The grants of the live objects, as they are. */
export function liveGrants({ live }: Pick<Snapshot, 'live'>): Grants {
  return { containers: live.containers, grantsFor: (need) => live.grantsFor(need).map(({ grant }) => grant) };
}

/** These and no others. */
export function onlyGrants(grants: readonly Grant[], containers: Containers): Grants {
  return { containers, grantsFor: () => grants };
}

/** Only those that pass. */
export function grantsThat(passes: (grant: Grant) => boolean, { containers, grantsFor }: Grants): Grants {
  return { containers, grantsFor: (need) => grantsFor(need).filter(passes) };
}

/** A use as a need: its service, its instance, and its group where that is known. */
export function needOf({ on, by }: Use, { live, externalUsers }: Pick<Snapshot, 'live' | 'externalUsers'>): Need {
  const instance = instanceOf(by);
  const resourceGroup = live.groupOf(instance) ?? externalUsers.get(instance)?.resourceGroup;
  const who = { service: parseCrn(by)?.service ?? '', instance };
  return {
    by: resourceGroup === undefined ? who : { ...who, resourceGroup },
    on,
    roles: USE_ROLES,
    pointer: '',
  };
}

/**
 * Uses that are served now and would not be afterwards. Uses of a destroyed key count: its service needs the
 * authorization to unregister, or to recover after a restore.
 */
export function stranded(
  uses: readonly Use[],
  before: Grants,
  after: Grants,
  snapshot: Pick<Snapshot, 'live' | 'externalUsers'>,
): readonly Use[] {
  return uses.flatMap((use) => {
    const need = needOf(use, snapshot);
    return isServed(need, before) && !isServed(need, after) ? [use] : [];
  });
}

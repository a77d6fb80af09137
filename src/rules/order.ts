import type { Address } from '../model/address.ts';
import type { Desired } from '../model/resource.ts';
import type { Wanted } from '../model/wanted.ts';
import { concerns } from './coverage.ts';

/**
 * Edges that nobody writes: who needs waits for whoever grants. A deployment waits for every declared authorization that is
 * about its key, whether or not one alone suffices.
 */
export function impliedBy({ address, relations }: Desired, wanted: Wanted): readonly Address[] {
  return relations.needs.flatMap((need) =>
    wanted
      .grantsFor(need)
      .filter(({ grant, owner }) => owner.address !== address && concerns(grant, need, wanted.layout))
      .map(({ owner }) => owner.address),
  );
}

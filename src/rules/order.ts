import type { Address } from '../model/address.ts';
import type { Containers } from '../model/containment.ts';
import type { Desired } from '../model/resource.ts';
import { concerns } from './coverage.ts';

/** An edge nobody writes: who needs waits for whoever grants. */
export interface ImpliedEdge {
  readonly from: Address;
  readonly to: Address;
}

/**
 * A deployment waits for every declared authorization that is about its key, whether or not one alone suffices.
 *
 * @returns one edge for each pair, in the order of `desired`
 */
export function impliedEdges(desired: readonly Desired[], containers: Containers): readonly ImpliedEdge[] {
  const granting = desired.filter((resource) => resource.relations.grants.length > 0);
  return desired.flatMap((resource) =>
    granting
      .filter((other) =>
        resource.relations.needs.some((need) =>
          other.relations.grants.some((grant) => concerns(grant, need, containers)),
        ),
      )
      .map((other) => ({ from: resource.address, to: other.address })),
  );
}

import type { Desired } from '../../model/resource.ts';
import type { Claim } from '../kind.ts';

interface Placed {
  readonly name?: string;
  readonly region?: string;
  readonly resourceGroup?: string;
}

/** An instance is its service, region, group and name; a second one would be a twin, which the API does not refuse. */
export function instanceClaims(service: string, { spec, mark }: Desired<Placed>): readonly Claim[] {
  if (spec.crn !== undefined) return [];
  const group = spec.resourceGroup === undefined ? 'the default group' : `group "${spec.resourceGroup}"`;
  const where = `of ${service} in ${spec.region ?? 'no region'} and ${group}`;
  return [{ pointer: '/name', what: `the instance "${spec.name ?? mark.name}" ${where}` }];
}

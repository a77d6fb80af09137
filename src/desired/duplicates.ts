import type { Claim, Kinds } from '../kinds/kind.ts';
import type { Problem } from '../model/errors.ts';
import { given } from '../model/json.ts';
import type { Desired } from '../model/resource.ts';
import { isPresent, type Wanted } from '../model/wanted.ts';
import type { Places } from './places.ts';

interface Taken {
  readonly resource: Desired;
  readonly pointer: string;
}

/**
 * Two resources that would be one live object make twins, or fight over it. What a create would be refused for, such as
 * one alias on two keys, is found here too. Tombstones and what is only looked up claim nothing.
 *
 * @param kinds any order; what a resource claims is its kind's to say
 */
export function checkDuplicates(kinds: Kinds, wanted: Wanted, places: Places): readonly Problem[] {
  const problems: Problem[] = [];
  for (const kind of kinds) {
    const taken = new Map<string, Taken>();
    for (const resource of wanted.ofKind(kind.name)) {
      if (resource.spec.existing || !isPresent(resource)) continue;
      for (const claim of [...pins(resource), ...kind.identity.claims(resource)]) {
        const first = taken.get(claim.what);
        if (first === undefined) taken.set(claim.what, { resource, pointer: claim.pointer });
        else problems.push(duplicate(claim, first, resource, places));
      }
    }
  }
  return problems;
}

function pins({ spec: { crn, policyId } }: Desired): readonly Claim[] {
  return [
    ...(crn === undefined ? [] : [{ pointer: '/crn', what: `the live object ${crn}` }]),
    ...(policyId === undefined ? [] : [{ pointer: '/policyId', what: `the policy ${policyId}` }]),
  ];
}

function duplicate(
  { what, pointer, remedy = 'keep one of them, or tell them apart' }: Claim,
  first: Taken,
  second: Desired,
  places: Places,
): Problem {
  return given({
    code: 'DUPLICATE_IDENTITY' as const,
    severity: 'error' as const,
    message: `"${second.mark.name}" claims ${what}, which is already claimed by "${first.resource.mark.name}"`,
    remedy,
    at: places.get(second.address)?.at(pointer),
    also: places.get(first.resource.address)?.at(first.pointer),
  });
}

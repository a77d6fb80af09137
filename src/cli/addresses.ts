import type { Address } from '../model/address.ts';
import { KeysteadError } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import type { PlanInput } from '../model/plan-input.ts';

/**
 * All that is wanted, in which this address is declared.
 *
 * @throws KeysteadError `UNKNOWN_ADDRESS`, with the declared address that was most likely meant
 */
export function declaring(address: Address, wanted: PlanInput): PlanInput {
  const declared = wanted.desired.map((resource) => resource.address);
  if (declared.includes(address)) return wanted;
  throw new KeysteadError('UNKNOWN_ADDRESS', `nothing is declared as ${address}`, {
    remedy: closestOf(address, declared),
  });
}

/** The name that was most likely meant, or all that there are, after a word that says so. */
export function closestOf(name: string, all: readonly string[], word = 'declared:'): string {
  const close = nearest(name, all);
  return close === undefined ? `${word} ${all.join(', ')}` : `did you mean ${close}?`;
}

/** What is wanted, of which only so much is meant, and whether what nothing declares any more is meant too. */
export function aim(
  wanted: PlanInput,
  { target, prune }: { readonly target: readonly Address[]; readonly prune?: true },
): PlanInput {
  for (const address of target) declaring(address, wanted);
  return { ...wanted, targets: target, ...(prune ? { prune } : {}) };
}

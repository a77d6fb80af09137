import { added } from '../core/account/added.ts';
import { offerings } from '../core/account/offerings.ts';
import { EmulatorError } from '../core/emulator-error.ts';
import type { Store } from '../core/store.ts';
import type { SeedPlan, SeedService } from './seed.ts';

const DAY_MS = 86_400_000;

/**
 * Adds services of a seed to the catalog. An id that is left out is made by the pattern of Cloud Databases: the service's
 * is its name, a plan's `<service>-<plan>`.
 *
 * @throws EmulatorError for a service that the emulator has of its own
 */
export function addServices(store: Store, services: readonly SeedService[]): void {
  for (const given of services) {
    const { name, displayName = name, plans, provisions = 'async', keyParameters = [], reclamationDays = 3 } = given;
    if (offerings.some((offering) => offering.name === name)) {
      throw new EmulatorError(`The seed's service ${name} is in the catalog already.`, 'Leave it out of the seed.');
    }
    const idOf = (plan: SeedPlan): string => plan.id ?? `${name}-${plan.name}`;
    added(store).put(name, {
      offering: {
        id: name,
        name,
        kind: 'service',
        displayName,
        description: `${displayName}, from a seed.`,
        tags: [],
        plans: plans.map((plan) => ({
          id: idOf(plan),
          name: plan.name,
          displayName: plan.name,
          free: plan.free ?? false,
          locations: plan.locations ?? ['us-south'],
        })),
      },
      service: {
        name,
        provisions,
        keyParameters: keyParameters.map((parameter) => ({ roles: ['Reader'], ...parameter })),
        keyPlans: plans.filter(({ takesKey = true }) => takesKey).map(idOf),
        reclamationMs: reclamationDays * DAY_MS,
        unreclaimable: [],
        judged: 'everything: it is what a seed says',
      },
    });
  }
}

import type { Store, Table } from '../store.ts';
import { type Offering, offerings, type Plan } from './offerings.ts';
import type { Service } from './service.ts';

/** A service that is not among the emulator's own, and what it does as its own broker. */
export interface Added {
  readonly offering: Offering;
  readonly service: Service;
}

/** Services that a seed has added, by name. */
export function added(store: Store): Table<Added> {
  return store.table<Added>('catalog/added');
}

/** Every service of the catalog. */
function offeringsOf(store: Store): readonly Offering[] {
  return [
    ...offerings,
    ...added(store)
      .all()
      .map(({ offering }) => offering),
  ];
}

/** The service and plan that a plan id names. */
export function findPlan(
  store: Store,
  planId: string,
): { readonly offering: Offering; readonly plan: Plan } | undefined {
  for (const offering of offeringsOf(store)) {
    const plan = offering.plans.find(({ id }) => id === planId);
    if (plan !== undefined) return { offering, plan };
  }
  return undefined;
}

/** The plan of a service by its name, its id, or its name without the service's before it. */
export function findPlanByName(store: Store, service: string, word: string): Plan | undefined {
  const plans = offeringsOf(store).find(({ name }) => name === service)?.plans ?? [];
  return plans.find(({ id, name }) => [id, name, name.replace(`${service}-`, '')].includes(word));
}

import type { Store, Table } from '../store.ts';
import { type Offering, offerings, type Plan } from './offerings.ts';

/** A provisioning parameter that carries a key's CRN. */
export interface KeyParameter {
  readonly name: string;
  /** Last words of the roles that the service needs on the key. */
  readonly roles: readonly string[];
  /** Plan ids for which it needs AuthorizationDelegator too. */
  readonly plansWithDelegation?: readonly string[];
  /** The service that the deployment lets at the key by a policy of its own, for its backups. */
  readonly delegatesTo?: string;
  /** Plan ids that take it; undefined: all that take a key. */
  readonly plans?: readonly string[];
  /** Region of the deployment → regions its key may be in; undefined: any. */
  readonly keyRegions?: Readonly<Record<string, readonly string[]>>;
}

/** What a service does as its own broker, and with keys. */
export interface Service {
  /** Catalog name: the source service in an authorization. */
  readonly name: string;
  /** `sync`: active when the create is answered; `async`: `provisioning` first. */
  readonly provisions: 'sync' | 'async';
  readonly keyParameters: readonly KeyParameter[];
  /** Plan ids that take a key. */
  readonly keyPlans: readonly string[];
  /** How long a deleted instance can be restored, in milliseconds. */
  readonly reclamationMs: number;
  /** Plan ids whose instances are removed at once. */
  readonly unreclaimable: readonly string[];
  /** Restoring a key frees nothing that its destruction locked. Absent: it does. */
  readonly destructionIsFinal?: true;
  /** Its registrations prevent the key's deletion until the instance is reclaimed, where the disposition is harsh. */
  readonly holdsKeyUntilReclaimed?: true;
  /** What of the row, and of how the service reacts, is judged because no source says it. For BEHAVIOUR.md. */
  readonly judged: string;
}

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

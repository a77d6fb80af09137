import { added } from '../../core/account/catalog.ts';
import { deploymentCrn, type Offering, offerings, type Plan } from '../../core/account/offerings.ts';
import type { Members } from '../../core/json.ts';
import type { Store } from '../../core/store.ts';

/** An entry of the catalog, before it is shown: a service, one of its plans, or a plan in a location. */
export interface Entry {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly catalogCrn: string;
  readonly parentId: string | undefined;
  readonly displayName: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly locations: readonly string[];
  readonly free: boolean;
  readonly metadata: Members;
}

const own = offerings.flatMap(entriesOf);

/** What the catalog lists at its top: services only. */
export function topEntries(store: Store): readonly Entry[] {
  return allEntries(store).filter(({ parentId }) => parentId === undefined);
}

/** The entry of an id, of whatever kind. */
export function findEntry(store: Store, id: string): Entry | undefined {
  return allEntries(store).find((entry) => entry.id === id);
}

/**
 * Children of one kind; `*` is every kind. Plans of an `iaas` service answer to `flavor` too (UNSURE in the reference:
 * serve both).
 */
export function childrenOf(store: Store, parent: Entry, kind: string): readonly Entry[] {
  const wanted = kind === 'flavor' && parent.kind === 'iaas' ? 'plan' : kind;
  return allEntries(store).filter((entry) => entry.parentId === parent.id && (wanted === '*' || entry.kind === wanted));
}

function allEntries(store: Store): readonly Entry[] {
  const more = added(store).all();
  return more.length === 0 ? own : [...own, ...more.flatMap(({ offering }) => entriesOf(offering))];
}

function entriesOf(offering: Offering): readonly Entry[] {
  const plans = offering.plans.flatMap((plan) => [
    planEntry(offering, plan),
    ...plan.locations.map((location) => deploymentEntry(offering, plan, location)),
  ]);
  return [serviceEntry(offering), ...plans];
}

function serviceEntry(offering: Offering): Entry {
  const { id, name, kind, displayName, description, tags, plans } = offering;
  const flags = { iam_compatible: true, bindable: true, service_key_supported: true, active: true };
  // `rc_provisionable` is what bluemix-go reads, `provisionable` what the SDK's model calls it.
  const more = {
    unique_api_key: false,
    provisionable: true,
    rc_provisionable: true,
    plan_updateable: plans.length > 1,
  };
  return {
    ...{ id, name, kind, displayName, description, tags },
    catalogCrn: `crn:v1:bluemix:public:globalcatalog::::${kind}:${encodeURIComponent(id)}`,
    parentId: undefined,
    locations: [...new Set(plans.flatMap((plan) => plan.locations))],
    free: plans.some((plan) => plan.free),
    metadata: { rc_compatible: true, service: { type: '', ...flags, ...more, state: 'active' } },
  };
}

function planEntry(offering: Offering, { id, name, displayName, locations, free }: Plan): Entry {
  const flags = { bindable: true, reservable: false, allow_internal_users: true, async_provisioning_supported: true };
  return {
    ...{ id, name, kind: 'plan', displayName, locations, free, tags: [] },
    catalogCrn: `crn:v1:bluemix:public:globalcatalog::::plan:${encodeURIComponent(id)}`,
    parentId: offering.id,
    description: `${displayName} plan of ${offering.displayName}.`,
    metadata: {
      rc_compatible: true,
      plan: { ...flags, test_check_interval: 0 },
      pricing: { type: free ? 'Free' : 'Paid', origin: 'global_catalog' },
    },
  };
}

function deploymentEntry(offering: Offering, plan: Plan, location: string): Entry {
  const id = `${plan.id}:${location}`;
  // A target_crn that is not a whole CRN makes bluemix-go refuse the page; empty is fine.
  const empty = { location_url: '', target_crn: '', service_crn: '' };
  return {
    ...{ id, kind: 'deployment', tags: [], locations: [location], free: plan.free },
    name: `${plan.name}-${location}`,
    catalogCrn: deploymentCrn(plan.id, location),
    parentId: plan.id,
    displayName: location,
    description: `${offering.displayName}, ${plan.displayName}, in ${location}.`,
    metadata: {
      rc_compatible: true,
      deployment: { deployment_id: id, location, original_location: location, ...empty },
    },
  };
}

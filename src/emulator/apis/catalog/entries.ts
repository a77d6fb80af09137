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
  return {
    id: offering.id,
    name: offering.name,
    kind: offering.kind,
    catalogCrn: `crn:v1:bluemix:public:globalcatalog::::${offering.kind}:${encodeURIComponent(offering.id)}`,
    parentId: undefined,
    displayName: offering.displayName,
    description: offering.description,
    tags: offering.tags,
    locations: [...new Set(offering.plans.flatMap((plan) => plan.locations))],
    free: offering.plans.some((plan) => plan.free),
    // `rc_provisionable` is what bluemix-go reads, `provisionable` what the SDK's model calls it.
    metadata: {
      rc_compatible: true,
      service: {
        type: '',
        iam_compatible: true,
        unique_api_key: false,
        provisionable: true,
        rc_provisionable: true,
        bindable: true,
        plan_updateable: offering.plans.length > 1,
        service_key_supported: true,
        active: true,
        state: 'active',
      },
    },
  };
}

function planEntry(offering: Offering, plan: Plan): Entry {
  return {
    id: plan.id,
    name: plan.name,
    kind: 'plan',
    catalogCrn: `crn:v1:bluemix:public:globalcatalog::::plan:${encodeURIComponent(plan.id)}`,
    parentId: offering.id,
    displayName: plan.displayName,
    description: `${plan.displayName} plan of ${offering.displayName}.`,
    tags: [],
    locations: plan.locations,
    free: plan.free,
    metadata: {
      rc_compatible: true,
      plan: {
        bindable: true,
        reservable: false,
        allow_internal_users: true,
        async_provisioning_supported: true,
        test_check_interval: 0,
      },
      pricing: { type: plan.free ? 'Free' : 'Paid', origin: 'global_catalog' },
    },
  };
}

function deploymentEntry(offering: Offering, plan: Plan, location: string): Entry {
  const id = `${plan.id}:${location}`;
  return {
    id,
    name: `${plan.name}-${location}`,
    kind: 'deployment',
    catalogCrn: deploymentCrn(plan.id, location),
    parentId: plan.id,
    displayName: location,
    description: `${offering.displayName}, ${plan.displayName}, in ${location}.`,
    tags: [],
    locations: [location],
    free: plan.free,
    metadata: {
      rc_compatible: true,
      // A target_crn that is not a whole CRN makes bluemix-go refuse the page; empty is fine.
      deployment: {
        deployment_id: id,
        location,
        original_location: location,
        location_url: '',
        target_crn: '',
        service_crn: '',
      },
    },
  };
}

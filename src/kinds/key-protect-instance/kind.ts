import type { Reader } from '../../cloud/reader.ts';
import { wholeService } from '../../model/containment.ts';
import { isRefused } from '../../model/errors.ts';
import { given } from '../../model/json.ts';
import { isOurs } from '../../model/ownership.ts';
import { unrelated } from '../../model/relation.ts';
import { type Common, type Desired, type Observed, wantedName } from '../../model/resource.ts';
import { KEY_PROTECT, keyProtectRegions } from '../../services/table.ts';
import type { ActionContext } from '../action.ts';
import { defineKind } from '../define-kind.ts';
import { Unreadable } from '../fields.ts';
import { type Finding, finding } from '../finding.ts';
import { createInstance, instanceActions, updateInstance } from '../instance/actions.ts';
import { type InstanceFacts, marksOfTags, observedInstance, regionOf } from '../instance/facts.ts';
import { checkInstance, instanceIdentity, instanceRows } from '../instance/identity.ts';
import { instanceObserver } from '../instance/observe.ts';
import {
  changedPolicies,
  isPolicyMet,
  type LivePolicies,
  type Policies,
  policiesOf,
  readPolicies,
  wireOf,
} from './policies.ts';
import type { KeyProtectInstanceWritten } from './spec.gen.ts';

interface VaultFacts extends InstanceFacts {
  /** Read only where they are declared. */
  readonly policies?: LivePolicies;
}

const DEFAULT_PLAN = 'tiered-pricing';
const NAME = 'key-protect-instance';

const relations = { ...unrelated, inside: [wholeService(KEY_PROTECT)] };
const toObserved = (facts: VaultFacts): Observed<VaultFacts> => observedInstance(NAME, facts, relations);

const identity = instanceIdentity<KeyProtectInstanceWritten, VaultFacts>(() => KEY_PROTECT);
const { survey, ...observe } = instanceObserver<KeyProtectInstanceWritten, VaultFacts>({
  isOwn: (service) => service === KEY_PROTECT,
  serviceOf: () => KEY_PROTECT,
  viewer:
    (read, _snapshot, asked = []) =>
    async (facts) =>
      toObserved(await withPolicies(read, facts, isAskedOf(asked, facts))),
  seeAgain: async (read, facts, { policies }) => toObserved(await withPolicies(read, facts, policies !== undefined)),
});

export const keyProtectInstance = defineKind<KeyProtectInstanceWritten, VaultFacts>({
  name: NAME,
  block: 'keyProtectInstances',

  identity: {
    ...identity,
    references: () => [],
    relations: () => relations,
    catalogNames: (spec) => ({
      ...identity.catalogNames(spec),
      plans: spec.existing ? [] : [[KEY_PROTECT, spec.plan ?? DEFAULT_PLAN]],
    }),
    check,
    lookedUpBy: ['name', 'region', 'resourceGroup'],
  },

  observe,
  fields: {
    ...instanceRows,
    plan: {
      leads: 'refuse',
      why: 'another plan is not a setting of the instance; declare a new one',
      want: ({ spec }, snapshot) =>
        spec.plan === undefined
          ? undefined
          : snapshot.catalog.planName(KEY_PROTECT, snapshot.catalog.plan(KEY_PROTECT, spec.plan)),
      have: (live, snapshot) => snapshot.catalog.planName(KEY_PROTECT, live.facts.instance.resource_plan_id),
      initial: () => DEFAULT_PLAN,
    },
    policies: {
      leads: 'update',
      why: 'PUT /api/v2/instance/policies',
      byMember: true,
      have({ facts: { policies } }) {
        if (policies === 'refused') return new Unreadable('not readable (needs Manager)');
        return policies && policiesOf(policies);
      },
      same: isPolicyMet,
      // Read only where they are declared, so an export has none.
      written: () => undefined,
    },
  },

  lifecycle: {
    costOfDeletion(live, snapshot) {
      // Those that are deleted in the same run count too: without their instance they could not be restored any more.
      const inside = snapshot.live
        .inside(live.id)
        .filter(({ life, relations }) => relations.wraps !== undefined && life.is !== 'lost');
      if (inside.length === 0) return undefined;
      const names = inside.map(({ name }) => `"${name}"`).join(', ');
      return `${names} could otherwise be restored for 30 days after deletion`;
    },
  },

  toManifest: {
    holder: KEY_PROTECT,
    survey,
    tombstone: ({ facts: { instance } }) => ({ region: regionOf(instance) }),
  },

  actions: {
    ...instanceActions<KeyProtectInstanceWritten, VaultFacts>(async (_context, _desired, facts) => toObserved(facts)),
    async create(context, job) {
      const { plan = DEFAULT_PLAN, policies } = job.desired.spec;
      const facts = await createInstance(context, job, { service: KEY_PROTECT, plan, parameters: {} });
      return toObserved(await givePolicies(context, facts, policies));
    },
    async update(context, job) {
      const facts = { ...(await updateInstance(context, job)), ...given({ policies: job.live.facts.policies }) };
      return toObserved(await givePolicies(context, facts, changedPolicies(job.desired.spec.policies, job.fields)));
    },
  },
});

/** Offline rules that an instance can break by itself. */
function* check(spec: KeyProtectInstanceWritten & Common, name: string): Iterable<Finding> {
  const called = `Key Protect instance "${name}"`;
  yield* checkInstance(spec, { called, service: 'Key Protect', regions: keyProtectRegions });
  const { rotation } = spec.policies ?? {};
  if (rotation !== undefined && rotation.enabled !== false && rotation.intervalMonths === undefined) {
    const remedy = 'add `intervalMonths: 3` (1 to 12 months)';
    yield finding('/policies/rotation', 'MISSING_FIELD', 'a rotation policy needs its interval', remedy);
  }
}

/** Whether an instance may be one that declares policies. */
function isAskedOf(asked: readonly Desired<KeyProtectInstanceWritten>[], { instance, tags }: VaultFacts): boolean {
  const marks = marksOfTags(tags);
  const isIt = (desired: Desired<KeyProtectInstanceWritten>): boolean =>
    desired.spec.crn === instance.crn || wantedName(desired) === instance.name || isOurs(desired, { marks });
  return asked.some((desired) => desired.spec.policies !== undefined && isIt(desired));
}

/** An instance that is not there yet, or not any more, answers nobody. */
async function withPolicies(read: Reader, facts: InstanceFacts, isDeclared: boolean): Promise<VaultFacts> {
  if (!isDeclared || facts.instance.state !== 'active') return facts;
  return { ...facts, policies: await readPolicies(read, facts.instance.crn) };
}

/** @param wanted undefined: they stay as they are */
async function givePolicies(
  { cloud, eventually }: ActionContext,
  facts: VaultFacts,
  wanted: Policies | undefined,
): Promise<VaultFacts> {
  if (wanted === undefined) return facts;
  const { crn, name } = facts.instance;
  const before = facts.policies === undefined || facts.policies === 'refused' ? [] : facts.policies;
  // Key Protect may not know an instance yet that was made a moment ago.
  await eventually(`Key Protect's knowledge of ${name}`, async () => {
    try {
      await cloud.setInstancePolicies(crn, wireOf(wanted, before));
      return true;
    } catch (error) {
      if (isRefused(error, 404)) return undefined;
      throw error;
    }
  });
  return { ...facts, policies: await readPolicies(cloud, crn) };
}

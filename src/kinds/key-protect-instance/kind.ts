import type { Reader } from '../../cloud/reader.ts';
import { sameMark } from '../../model/address.ts';
import { wholeService } from '../../model/containment.ts';
import { parseCrn } from '../../model/crn.ts';
import { CloudRefused } from '../../model/errors.ts';
import type { JsonObject } from '../../model/json.ts';
import { marksOf } from '../../model/ownership.ts';
import { unrelated } from '../../model/relation.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { keyProtectRegions } from '../../services/table.ts';
import type { ActionContext } from '../action.ts';
import { defineKind } from '../define-kind.ts';
import { Unreadable } from '../fields.ts';
import type { Defaults, Finding } from '../kind.ts';
import {
  adoptInstance,
  createInstance,
  deleteInstance,
  forgetInstance,
  refuseNamesake,
  restoreInstance,
  tagInstance,
} from '../service-instance/actions.ts';
import { checkTags } from '../service-instance/check.ts';
import { instanceClaims } from '../service-instance/claims.ts';
import { type InstanceFacts, identityOf, regionOf, seen } from '../service-instance/facts.ts';
import { marksOfTags } from '../service-instance/marks.ts';
import {
  instancesOfStacks,
  lookForInstance,
  observeInstances,
  ownedInstances,
  rereadInstance,
  surveyInstances,
} from '../service-instance/observe.ts';
import { instanceRows } from '../service-instance/rows.ts';
import {
  changedPolicies,
  checkPolicies,
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

/** The catalog's name of Key Protect. */
const SERVICE = 'kms';
const DEFAULT_PLAN = 'tiered-pricing';
const NAME = 'key-protect-instance';

const relations = { ...unrelated, inside: [wholeService(SERVICE)] };
const see = (facts: VaultFacts): Observed<VaultFacts> => seen(NAME, facts, relations);
const isVault = (crn: string): boolean => parseCrn(crn)?.service === SERVICE;
const nameOf = ({ spec, mark }: Desired<KeyProtectInstanceWritten>): string => spec.name ?? mark.name;

export const keyProtectInstance = defineKind<KeyProtectInstanceWritten, VaultFacts>({
  name: NAME,
  block: 'keyProtectInstances',

  identity: {
    duplicates: true,
    normalize: (written: JsonObject, defaults: Defaults) => ({ ...defaults, ...written }),
    references: () => [],
    relations: () => relations,
    catalogNames: (spec) => ({
      services: [SERVICE],
      plans: spec.existing ? [] : [[SERVICE, spec.plan ?? DEFAULT_PLAN]],
      groups: spec.resourceGroup === undefined ? [] : [spec.resourceGroup],
    }),
    check(spec, name) {
      const findings: Finding[] = [...checkTags(spec.tags)];
      if (spec.region === undefined && spec.crn === undefined) {
        findings.push({
          pointer: '',
          code: 'MISSING_FIELD',
          message: `Key Protect instance "${name}" has no region`,
          remedy: 'add `region: us-south`, or `defaults: { region: us-south }` for all',
        });
      } else if (spec.region !== undefined && !keyProtectRegions.includes(spec.region)) {
        findings.push({
          pointer: '/region',
          code: 'REGION_UNSUPPORTED',
          message: `Key Protect is not offered in "${spec.region}"`,
          remedy: `use one of ${keyProtectRegions.join(', ')}`,
        });
      }
      return [...findings, ...(spec.policies === undefined ? [] : checkPolicies(spec.policies))];
    },
    of: (desired, snapshot) => [...place(desired, snapshot), nameOf(desired)].join('|'),
    claims: (desired) => instanceClaims(SERVICE, desired),
    sameNameElsewhere: (desired, snapshot) =>
      [snapshot.catalog.service(SERVICE), desired.spec.region ?? '', nameOf(desired)].join('|'),
    renamed: ({ facts: { instance } }, name) => identityOf(instance, name),
    lookedUpBy: ['name', 'region', 'resourceGroup'],
  },

  observe: {
    async list(read, asked, snapshot) {
      // Marked and not declared any more.
      if (asked.length === 0)
        return { objects: (await instancesOfStacks(read, snapshot.stacks, isVault)).map(see), uses: [] };
      const facts = await observeInstances(read, snapshot.catalog.service(SERVICE), asked);
      const declared = asked.filter(({ spec }) => spec.policies !== undefined);
      const whole = await Promise.all(facts.map((one) => withPolicies(read, one, isOneOf(declared, one))));
      return { objects: whole.map(see), uses: [] };
    },
    async reread(read, live) {
      const facts = await rereadInstance(read, live.id);
      return facts && see(await withPolicies(read, facts, live.facts.policies !== undefined));
    },
    async search(read, desired, snapshot) {
      const found = (await lookForInstance(read, snapshot.catalog.service(SERVICE), desired, false)).filter(
        isKeyProtect,
      );
      const isDeclared = desired.spec.policies !== undefined;
      return (await Promise.all(found.map((facts) => withPolicies(read, facts, isDeclared)))).map(see);
    },
    // Of any service: deployments are marked the same way.
    owned: ownedInstances,
  },

  fields: {
    ...instanceRows<KeyProtectInstanceWritten, VaultFacts>(),
    plan: {
      leads: 'refuse',
      why: 'another plan is not a setting of the instance; declare a new one',
      want: ({ spec }, snapshot) =>
        spec.plan === undefined
          ? undefined
          : snapshot.catalog.planName(SERVICE, snapshot.catalog.plan(SERVICE, spec.plan)),
      have: (live, snapshot) => snapshot.catalog.planName(SERVICE, live.facts.instance.resource_plan_id),
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
    holder: SERVICE,
    async survey(read, place, snapshot) {
      if (place.is !== 'service' || place.name !== SERVICE) return { objects: [], uses: [] };
      return { objects: (await surveyInstances(read, snapshot.catalog.service(SERVICE))).map(see), uses: [] };
    },
    tombstone: ({ facts: { instance } }) => ({ region: regionOf(instance) }),
  },

  actions: {
    async create(context, { desired, failed }) {
      const { spec, mark } = desired;
      const facts = await createInstance(context, {
        service: SERVICE,
        name: nameOf(desired),
        mark,
        region: spec.region ?? '',
        ...(spec.resourceGroup === undefined ? {} : { resourceGroup: spec.resourceGroup }),
        plan: spec.plan ?? DEFAULT_PLAN,
        parameters: {},
        tags: spec.tags ?? [],
        ...(failed ? { failed } : {}),
      });
      return see(await givePolicies(context, facts, spec.policies));
    },
    async update(context, { desired, live, fields }) {
      const changed = new Set(fields.map(({ field }) => field));
      if (changed.has('name')) {
        await refuseNamesake(context, live.facts, nameOf(desired));
        await context.cloud.updateInstance(live.id, { name: nameOf(desired) });
      }
      if (changed.has('tags')) await tagInstance(context, live.facts.instance, desired.spec.tags ?? []);
      const { policies } = await givePolicies(context, live.facts, changedPolicies(desired.spec.policies, changed));
      const now = (await rereadInstance(context.cloud, live.id)) ?? live.facts;
      return see(policies === undefined ? now : { ...now, policies });
    },
    adopt: async (context, { desired, live }) => see(await adoptInstance(context, live, desired)),
    restore: async (context, { live }) => see(await restoreInstance(context, live)),
    delete: (context, { live }) => deleteInstance(context, live),
    forget: (context, { desired, live }) => forgetInstance(context, live, desired),
  },
});

function isOneOf(asked: readonly Desired<KeyProtectInstanceWritten>[], { instance, tags }: VaultFacts): boolean {
  const marks = marksOfTags(tags);
  return asked.some(
    (desired) =>
      desired.spec.crn === instance.crn ||
      nameOf(desired) === instance.name ||
      marks.some((mark) => marksOf(desired).some((own) => sameMark(own, mark))),
  );
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
      if (error instanceof CloudRefused && error.facts.status === 404) return undefined;
      throw error;
    }
  });
  return { ...facts, policies: await readPolicies(cloud, crn) };
}

/** A pin may name anything. */
function isKeyProtect({ instance: { crn } }: InstanceFacts): boolean {
  return parseCrn(crn)?.service === SERVICE;
}

function place({ spec }: Desired<KeyProtectInstanceWritten>, snapshot: Snapshot): readonly string[] {
  return [snapshot.catalog.service(SERVICE), spec.region ?? '', snapshot.catalog.group(spec.resourceGroup)];
}

import { wholeService } from '../../model/containment.ts';
import { parseCrn } from '../../model/crn.ts';
import type { JsonObject } from '../../model/json.ts';
import { unrelated } from '../../model/relation.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import { keyProtectRegions } from '../../services/table.ts';
import { defineKind } from '../define-kind.ts';
import type { Defaults, Finding } from '../kind.ts';
import type { Known } from '../known.ts';
import {
  adoptInstance,
  createInstance,
  deleteInstance,
  forgetInstance,
  restoreInstance,
  tagInstance,
} from '../service-instance/actions.ts';
import { checkTags } from '../service-instance/check.ts';
import { instanceClaims } from '../service-instance/claims.ts';
import { type InstanceFacts, regionOf, seen } from '../service-instance/facts.ts';
import {
  instancesOfStack,
  lookForInstance,
  observeInstances,
  ownedInstances,
  rereadInstance,
  surveyInstances,
} from '../service-instance/observe.ts';
import { instanceRows } from '../service-instance/rows.ts';
import type { KeyProtectInstanceWritten } from './spec.gen.ts';

/** The catalog's name of Key Protect. */
const SERVICE = 'kms';
const DEFAULT_PLAN = 'tiered-pricing';
const NAME = 'key-protect-instance';

const relations = { ...unrelated, inside: [wholeService(SERVICE)] };
const see = (facts: InstanceFacts): Observed<InstanceFacts> => seen(NAME, facts, relations);
const isVault = (crn: string): boolean => parseCrn(crn)?.service === SERVICE;
const nameOf = ({ spec, mark }: Desired<KeyProtectInstanceWritten>): string => spec.name ?? mark.name;

export const keyProtectInstance = defineKind<KeyProtectInstanceWritten, InstanceFacts>({
  name: NAME,
  block: 'keyProtectInstances',
  twins: 'possible',
  marks: 'carried',

  normalize: (written: JsonObject, defaults: Defaults) => ({ ...defaults, ...written }),
  references: () => [],
  relations: () => relations,
  words: (spec) => ({
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
    return findings;
  },

  identity: (desired, known) => [...place(desired, known), nameOf(desired)].join('|'),
  claims: (desired) => instanceClaims(SERVICE, desired),
  kinship: (desired, known) => [known.service(SERVICE), desired.spec.region ?? '', nameOf(desired)].join('|'),
  async observe(read, asked, known) {
    // Marked and not declared any more.
    if (asked.length === 0) return { objects: (await instancesOfStack(read, known.stack, isVault)).map(see), uses: [] };
    const facts = await observeInstances(read, known.service(SERVICE), asked);
    return { objects: facts.map(see), uses: [] };
  },
  async reread(read, live) {
    const facts = await rereadInstance(read, live.id);
    return facts && see(facts);
  },
  lookFor: async (read, desired, known) =>
    (await lookForInstance(read, known.service(SERVICE), desired, false)).filter(isKeyProtect).map(see),

  identifiedBy: ['name', 'region', 'resourceGroup'],
  async survey(read, place, known) {
    if (place.is !== 'service' || place.name !== SERVICE) return { objects: [], uses: [] };
    return { objects: (await surveyInstances(read, known.service(SERVICE))).map(see), uses: [] };
  },
  tombstone: ({ facts: { instance } }) => ({ region: regionOf(instance) }),
  // Of any service: deployments are marked the same way.
  owned: ownedInstances,
  costOfDeletion(live, objects) {
    // Those that are deleted in the same run count too: without their instance they could not be restored any more.
    const inside = objects.filter(
      ({ life, relations }) =>
        relations.wraps !== undefined && relations.inside.includes(live.id) && life.is !== 'lost',
    );
    if (inside.length === 0) return undefined;
    const names = inside.map(({ name }) => `"${name}"`).join(', ');
    return `${names} could otherwise be restored for 30 days after deletion`;
  },

  fields: {
    ...instanceRows<KeyProtectInstanceWritten, InstanceFacts>(),
    plan: {
      leads: 'refuse',
      why: 'another plan is not a setting of the instance; declare a new one',
      want: ({ spec }, known) =>
        spec.plan === undefined ? undefined : known.planName(SERVICE, known.plan(SERVICE, spec.plan)),
      have: (live, known) => known.planName(SERVICE, live.facts.instance.resource_plan_id),
      initial: () => DEFAULT_PLAN,
    },
  },

  actions: {
    async create(hands, { desired, failed }) {
      const { spec, mark } = desired;
      const facts = await createInstance(hands, {
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
      return see(facts);
    },
    async update(hands, { desired, live, fields }) {
      const changed = new Set(fields.map(({ field }) => field));
      if (changed.has('name')) await hands.cloud.updateInstance(live.id, { name: nameOf(desired) });
      if (changed.has('tags')) await tagInstance(hands, live.facts.instance, desired.spec.tags ?? []);
      return see((await rereadInstance(hands.cloud, live.id)) ?? live.facts);
    },
    adopt: async (hands, { desired, live }) => see(await adoptInstance(hands, live, desired)),
    restore: async (hands, { live }) => see(await restoreInstance(hands, live)),
    delete: (hands, { live }) => deleteInstance(hands, live),
    forget: (hands, { desired, live }) => forgetInstance(hands, live, desired),
  },
});

/** A pin may name anything. */
function isKeyProtect({ instance: { crn } }: InstanceFacts): boolean {
  return parseCrn(crn)?.service === SERVICE;
}

function place({ spec }: Desired<KeyProtectInstanceWritten>, known: Known): readonly string[] {
  return [known.service(SERVICE), spec.region ?? '', known.group(spec.resourceGroup)];
}

import type { Reader } from '../../cloud/reader.ts';
import type { LiveId } from '../../model/address.ts';
import { instanceCrnOf, parseCrn } from '../../model/crn.ts';
import { marksOf } from '../../model/ownership.ts';
import { type Need, unrelated } from '../../model/relation.ts';
import type { Desired, Observed, Reference } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { keyCrn } from '../../services/crn-forms.ts';
import { KEY_ROLE, serviceRow } from '../../services/table.ts';
import { defineKind } from '../define-kind.ts';
import { deleteInstance, forgetInstance, reclaimInstance, restoreInstance } from '../service-instance/actions.ts';
import { instanceClaims } from '../service-instance/claims.ts';
import { type InstanceFacts, identityOf, regionOf } from '../service-instance/facts.ts';
import {
  followInstance,
  instancesOfStacks,
  lookForInstance,
  markedInstances,
  observeInstances,
  provisioningAmong,
  rereadInstance,
  surveyInstances,
} from '../service-instance/observe.ts';
import { adopt, complete, create, update } from './actions.ts';
import { check } from './check.ts';
import { type LiveDeployment, see, withKeys } from './facts.ts';
import { fields } from './fields.ts';
import { type DeploymentSpec, ENCRYPTION_KEY, normalize, wordsIn } from './spec.ts';

export const deployment = defineKind<DeploymentSpec, LiveDeployment>({
  name: 'deployment',
  block: 'deployments',

  identity: {
    duplicates: true,
    normalize,
    references(spec) {
      const own = spec.encryption === undefined ? [] : [{ pointer: ENCRYPTION_KEY, word: spec.encryption.key }];
      return [...own, ...wordsIn(spec, 'key')].map(
        ({ pointer, word }): Reference => ({
          pointer,
          word,
          kinds: ['key'],
          crn: keyCrn,
        }),
      );
    },
    relations(spec, refs, self) {
      const group = spec.resourceGroup === undefined ? {} : { resourceGroup: spec.resourceGroup };
      const by = { service: spec.service, instance: self, ...group };
      const roles = serviceRow(spec.service)?.roles ?? [KEY_ROLE];
      const needs: Need[] = Object.entries(refs).map(([pointer, on]) => ({ by, on, roles, pointer }));
      return { ...unrelated, needs };
    },
    catalogNames: (spec) => ({
      services: [spec.service],
      plans: spec.plan === undefined ? [] : [[spec.service, spec.plan]],
      groups: spec.resourceGroup === undefined ? [] : [spec.resourceGroup],
    }),
    check,
    of: ({ spec, mark }, snapshot) =>
      [
        snapshot.catalog.service(spec.service),
        spec.region ?? '',
        snapshot.catalog.group(spec.resourceGroup),
        spec.name ?? mark.name,
      ].join('|'),
    claims: (desired) => instanceClaims(desired.spec.service, desired),
    sameNameElsewhere: ({ spec, mark }, snapshot) =>
      [snapshot.catalog.service(spec.service), spec.region ?? '', spec.name ?? mark.name].join('|'),
    renamed: ({ facts: { instance } }, name) => identityOf(instance, name),
    lookedUpBy: ['name', 'service', 'region', 'resourceGroup'],
  },

  observe: {
    async list(read, asked, snapshot) {
      const services = new Set(asked.map(({ spec }) => spec.service));
      const objects = await Promise.all(
        [...services].map(async (service) => {
          const some = asked.filter(({ spec }) => spec.service === service);
          const vaults = vaultsOf(some, snapshot);
          const facts = await observeInstances(read, snapshot.catalog.service(service), some);
          return await Promise.all(facts.map(async (item) => see(await withKeys(read, item, service, vaults))));
        }),
      );
      const listed = new Set(objects.flat().map(({ id }) => id));
      const marks = asked.flatMap(marksOf);
      // Ours, though of another service than is declared now: it must not be taken for missing.
      const strays = await markedInstances(read, marks, (crn) => isDeployment(crn) && !listed.has(crn));
      const found = new Set([...listed, ...strays.map(({ instance }) => instance.crn)]);
      // Marked and not declared any more, of whatever service.
      const left = await instancesOfStacks(read, snapshot.stacks, (crn) => isDeployment(crn) && !found.has(crn));
      const others = await seeStrays(read, [...strays, ...left], vaultsOf(asked, snapshot));
      return { objects: [...objects.flat(), ...others], uses: [] };
    },
    async reread(read, live) {
      return await seeAgain(read, live, await rereadInstance(read, live.id));
    },
    follow(read, settling) {
      const provisioning = provisioningAmong(read, settling);
      return settling.map(async (live) =>
        (await provisioning).has(live.id) ? live : await seeAgain(read, live, await followInstance(read, live)),
      );
    },
    async search(read, desired, snapshot) {
      const found = await lookForInstance(read, snapshot.catalog.service(desired.spec.service), desired, true);
      return await seeStrays(
        read,
        found.filter(({ instance }) => isDeployment(instance.crn)),
        vaultsOf([desired], snapshot),
      );
    },
  },
  fields,

  lifecycle: {
    deletion(spec, { life }) {
      if (life.is === 'restorable') return spec.skipReclamation === true ? 'reclaim' : undefined;
      return life.is === 'lost' ? undefined : 'delete';
    },
    autoRestore: (spec) => spec.whenDeleted === 'restore',
  },

  toManifest: {
    async survey(read, place, snapshot) {
      if (place.is !== 'service' || place.name === 'kms') return { objects: [], uses: [] };
      const facts = await surveyInstances(read, snapshot.catalog.service(place.name));
      const vaults = snapshot.scope('kms');
      const objects = await Promise.all(facts.map(async (item) => see(await withKeys(read, item, place.name, vaults))));
      return { objects, uses: [] };
    },
    tombstone: ({ facts: { instance, service } }, _refer, snapshot) => ({
      service,
      plan: snapshot.catalog.planName(service, instance.resource_plan_id),
      region: regionOf(instance),
    }),
  },

  actions: {
    create,
    update,
    adopt,
    restore: async (hands, { desired, live }) => await complete(hands, desired, await restoreInstance(hands, live)),
    delete: (hands, { live }) => deleteInstance(hands, live),
    reclaim: (hands, { live }) => reclaimInstance(hands, live),
    forget: (hands, { desired, live }) => forgetInstance(hands, live, desired),
  },
});

/** Key Protect instances are marked in the same way; they are another block's. */
function isDeployment(crn: LiveId): boolean {
  return parseCrn(crn)?.service !== 'kms';
}

/** With the keys that it uses by now. */
async function seeAgain(read: Reader, { facts }: Observed<LiveDeployment>, now: InstanceFacts | undefined) {
  const vaults = [...new Set(facts.keys.map(instanceCrnOf))];
  return now && see(await withKeys(read, now, facts.service, vaults));
}

/** Deployments of any service: its catalog name stands in the CRN. */
async function seeStrays(read: Reader, found: readonly InstanceFacts[], vaults: readonly LiveId[]) {
  return await Promise.all(
    found.map(async (item) => see(await withKeys(read, item, parseCrn(item.instance.crn)?.service ?? '', vaults))),
  );
}

/** The live Key Protect instances that hold the keys of these deployments. */
function vaultsOf(asked: readonly Desired<DeploymentSpec>[], snapshot: Snapshot): readonly LiveId[] {
  const keys = asked.flatMap(({ refs }) => Object.values(refs).flatMap((ref) => snapshot.idOf(ref) ?? []));
  return [...new Set(keys.map(instanceCrnOf))];
}

import { given } from '../../model/json.ts';
import { type Need, unrelated } from '../../model/relation.ts';
import { wantedName } from '../../model/resource.ts';
import { keyCrn } from '../../services/crn-forms.ts';
import { KEY_PROTECT, rolesOn } from '../../services/table.ts';
import { defineKind } from '../define-kind.ts';
import { type InstanceFacts, marksOfTags, regionOf } from '../instance/facts.ts';
import { instanceIdentity } from '../instance/identity.ts';
import { instanceObserver } from '../instance/observe.ts';
import { actions } from './actions.ts';
import { check } from './check.ts';
import { offeringOf, toObserved, vaultsOf, vaultsSeen, withKeys } from './facts.ts';
import { fields } from './fields.ts';
import type { LiveDeployment } from './live-keys.ts';
import { doubts } from './registration.ts';
import { type DeploymentSpec, ENCRYPTION_KEY, keyParameterAt, keysWritten, wordsIn } from './spec.ts';

const { survey, ...observe } = instanceObserver<DeploymentSpec, LiveDeployment>({
  isOwn: (service) => service !== KEY_PROTECT,
  serviceOf: ({ service }) => service,
  viewer(read, snapshot, asked) {
    const vaults = asked === undefined ? snapshot.instancesToRead(KEY_PROTECT) : vaultsOf(asked, snapshot);
    const names = new Set(asked?.map(wantedName));
    // Of somebody else's, what is registered and echoed has to do: a request each would be too many.
    const isMeant = ({ instance, tags }: InstanceFacts): boolean =>
      asked === undefined ||
      names.has(instance.name) ||
      marksOfTags(tags).some(({ stack }) => snapshot.stacks.has(stack));
    return async (facts, service) => {
      const told = isMeant(facts) ? 'ask' : undefined;
      return toObserved(await withKeys(read, facts, offeringOf(facts, service, snapshot), vaults, told));
    };
  },
  // With the keys that it uses by now.
  async seeAgain(read, facts, { keys, service, plan }) {
    const vaults = vaultsSeen({ instance: facts.instance, keys });
    return toObserved(await withKeys(read, facts, { service, plan }, vaults, keys.told));
  },
});

export const deployment = defineKind<DeploymentSpec, LiveDeployment>({
  name: 'deployment',
  block: 'deployments',

  identity: {
    ...instanceIdentity<DeploymentSpec, LiveDeployment>(({ service }) => service),
    references(spec) {
      const own = spec.encryption === undefined ? [] : [{ pointer: ENCRYPTION_KEY, word: spec.encryption.key }];
      const named = [...own, ...wordsIn(spec, 'key'), ...keysWritten(spec)];
      return named.map((found) => ({ ...found, kinds: ['key'], crn: keyCrn }));
    },
    relations(spec, refs, self) {
      const by = { service: spec.service, instance: self, ...given({ resourceGroup: spec.resourceGroup }) };
      const needs = Object.entries(refs).flatMap(([pointer, on]) =>
        rolesOn(keyParameterAt(spec, pointer)).map((role): Need => ({ by, on, roles: [role], pointer })),
      );
      return { ...unrelated, needs };
    },
    check,
    lookedUpBy: ['name', 'service', 'region', 'resourceGroup'],
  },

  observe: {
    ...observe,
    confirmed: async (read, made) =>
      await Promise.all(
        made.map(async ({ facts }) =>
          toObserved(await withKeys(read, facts, facts, vaultsSeen(facts), facts.keys.told)),
        ),
      ),
  },
  fields,
  advisories: {
    doubts,
    posture: ({ lastFailure }) =>
      lastFailure === undefined
        ? []
        : [
            `${lastFailure}; what Resource Controller shows is what was asked for: compare it with what the service shows`,
          ],
  },

  lifecycle: {
    deletion(spec, { life }) {
      if (life.is === 'restorable') return spec.skipReclamation === true ? 'reclaim' : undefined;
      return life.is === 'lost' ? undefined : 'delete';
    },
    autoRestore: (spec) => spec.whenDeleted === 'restore',
  },

  toManifest: {
    survey,
    tombstone: ({ facts: { instance, service } }, _refer, snapshot) => ({
      service,
      plan: snapshot.catalog.planName(service, instance.resource_plan_id),
      region: regionOf(instance),
    }),
  },

  actions,
});

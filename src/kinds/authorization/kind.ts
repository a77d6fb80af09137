import { containersOfCrn, wholeService } from '../../model/containment.ts';
import { given } from '../../model/json.ts';
import { ANY_GROUP, type Party, unrelated } from '../../model/relation.ts';
import type { Common, Desired, Observed, Reference, Refs } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { instanceCrn, keyCrn } from '../../services/crn-forms.ts';
import { missingRoles } from '../../services/roles.ts';
import { defineKind } from '../define-kind.ts';
import { actions } from './actions.ts';
import { identityOf, sidesOf } from './attributes.ts';
import { check } from './check.ts';
import { suggest, titleOf, undeclarable } from './declare.ts';
import { overfull } from './description.ts';
import { type LivePolicy, livePolicyId, readDescription, toObserved } from './facts.ts';
import { fields } from './fields.ts';
import { located, tombstone } from './orphan.ts';
import type { AuthorizationWritten } from './spec.gen.ts';
import { type AuthorizationSpec, normalize } from './spec.ts';

/** Source: IAM Policy Management API v2, "List policies": a login sees the policies that it may see, and no refusal. */
const EMPTY = 'no authorization is listed, as for a login that may see none (it takes the role Viewer)';

const INSTANCE_KINDS = ['key-protect-instance'];

export const authorization = defineKind<AuthorizationSpec, LivePolicy, AuthorizationWritten>({
  name: 'authorization',
  block: 'authorizations',

  identity: {
    normalize,
    references: ({ source, target }) => [
      ...reference('/source/instance', source.instance, ['deployment', ...INSTANCE_KINDS], instanceCrn),
      ...reference('/target/instance', target.instance, INSTANCE_KINDS, instanceCrn),
      ...reference('/target/ring', target.ring, ['key-ring']),
      ...reference('/target/key', target.key, ['key'], keyCrn),
    ],
    relations: (spec, refs) => ({
      ...unrelated,
      grants: [{ source: partyOf(spec, refs), target: targetOf(spec, refs), roles: spec.roles }],
    }),
    catalogNames: ({ source }) => ({ groups: source.resourceGroup === undefined ? [] : [source.resourceGroup] }),
    check,
    of(desired, snapshot) {
      const sides = sidesOf(desired, snapshot);
      return sides && identityOf(sides);
    },
    claims({ spec, relations }) {
      const [grant] = relations.grants;
      if (grant === undefined || spec.policyId !== undefined) return [];
      const { service = 'any service', ...narrower } = grant.source;
      const source = [service, ...Object.entries(narrower).map(([member, value]) => `${member} ${value}`)].join(', ');
      const remedy = 'keep one of them, with the roles of both: IAM keeps one policy for a source and a target';
      return [{ pointer: '/source', what: `the authorization of ${source} on ${grant.target}`, remedy }];
    },
    satisfiedBy,
    lookedUpBy: ['source', 'target', 'roles'],
  },

  observe: {
    async list(read, _asked, snapshot) {
      const policies = await read.authorizations();
      const seen = policies.map((policy) => toObserved(policy, snapshot));
      const objects = await Promise.all(seen.map((live) => located(live, read, snapshot)));
      return { objects, uses: [], ...(objects.length === 0 ? { incomplete: EMPTY } : {}) };
    },
    async reread(read, live, snapshot) {
      const policy = await read.authorization(live.facts.policy.id);
      return policy && toObserved(policy, snapshot);
    },
    listed: async (read) => new Set((await read.authorizations()).map(({ id }) => livePolicyId(id))),
    async owned(read, stack) {
      const policies = await read.authorizations();
      const owns = (description = '') => readDescription(description).marks.some((mark) => mark.stack === stack);
      return policies.filter(({ description }) => owns(description)).map(({ id }) => livePolicyId(id));
    },
    async search(read, { spec }, snapshot) {
      const policy = spec.policyId === undefined ? undefined : await read.authorization(spec.policyId);
      return policy === undefined ? [] : [toObserved(policy, snapshot)];
    },
  },
  fields,

  ownership: { marks: 'shared', prunable: true, overfull },

  toManifest: {
    async survey(read, place, snapshot) {
      const policies = place.is === 'account' ? await read.authorizations() : [];
      return { objects: policies.map((policy) => toObserved(policy, snapshot)), uses: [] };
    },
    title: titleOf,
    undeclarable,
    tombstone,
    suggest,
  },

  actions,
});

function reference(
  pointer: string,
  word: string | undefined,
  kinds: readonly string[],
  crn?: Reference['crn'],
): readonly Reference[] {
  return word === undefined ? [] : [{ pointer, word, kinds, ...given({ crn }) }];
}

function partyOf({ source }: AuthorizationSpec, refs: Refs): Party {
  const { instance: _word, ...rest } = source;
  return { ...rest, ...given({ instance: refs['/source/instance'] }) };
}

function targetOf({ target }: AuthorizationSpec, refs: Refs): string {
  const ref = refs['/target/instance'] ?? refs['/target/ring'] ?? refs['/target/key'];
  return ref ?? target.crn ?? wholeService(target.service ?? '');
}

/** An `existing` authorization is met by any policy that covers it, whoever made it (design 3). */
function satisfiedBy(
  { spec, relations, refs }: Desired<AuthorizationSpec & Common>,
  snapshot: Snapshot,
): readonly Observed[] {
  const wanted = relations.grants[0];
  if (wanted === undefined) return [];
  const on = snapshot.idOf(wanted.target) ?? wanted.target;
  const group = spec.source.resourceGroup && snapshot.catalog.group(spec.source.resourceGroup);
  const { service = '' } = wanted.source;
  const by = { service, ...given({ instance: snapshot.idOf(refs['/source/instance']) }) };
  const need = { by, on, roles: wanted.roles, pointer: '' };
  return snapshot.live
    .grantsFor(need, containersOfCrn)
    .filter(
      ({ grant: { source, roles, within, opaque } }) =>
        opaque === undefined &&
        within === undefined &&
        source.region === undefined &&
        source.resource === undefined &&
        (source.resourceGroup === group ||
          (source.service !== undefined && source.resourceGroup === undefined) ||
          (source.resourceGroup === ANY_GROUP && group !== undefined)) &&
        source.resourceType === wanted.source.resourceType &&
        source.account === wanted.source.account &&
        missingRoles(roles, wanted.roles).length === 0,
    )
    .map(({ owner }) => owner);
}

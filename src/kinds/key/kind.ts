import { unrelated } from '../../model/relation.ts';
import { type Reference, wantedName } from '../../model/resource.ts';
import { instanceCrn } from '../../services/crn-forms.ts';
import { defineKind } from '../define-kind.ts';
import { actions } from './actions.ts';
import { isFull } from './aliases.ts';
import { check } from './check.ts';
import type { LiveKey } from './facts.ts';
import { fields } from './fields.ts';
import { cancelDeletion, expired, gate, prerequisite } from './gate.ts';
import { materialNeed } from './material.ts';
import { observe, survey } from './observe.ts';
import { history, posture } from './posture.ts';
import type { KeyWritten } from './spec.gen.ts';

const INSTANCE = '/instance';
const RING = '/ring';
const MOST_ALIASES = 1000;

export const key = defineKind<KeyWritten, LiveKey>({
  name: 'key',
  block: 'keys',

  identity: {
    references(spec) {
      const ring: Reference[] =
        spec.ring === undefined ? [] : [{ pointer: RING, word: spec.ring, kinds: ['key-ring'] }];
      return [{ pointer: INSTANCE, word: spec.instance, kinds: ['key-protect-instance'], crn: instanceCrn }, ...ring];
    },
    relations: (spec, refs) => ({
      ...unrelated,
      inside: [INSTANCE, RING].flatMap((pointer) => refs[pointer] ?? []),
      wraps: spec.type !== 'standard',
    }),
    check,
    of(desired, snapshot) {
      const instance = snapshot.idOf(desired.refs[INSTANCE]);
      return instance && `${instance}|${wantedName(desired)}`;
    },
    claims(desired) {
      const { refs, spec } = desired;
      const instance = refs[INSTANCE];
      if (instance === undefined) return [];
      const aliases = (spec.aliases ?? []).map((alias, index) => ({
        pointer: `/aliases/${index}`,
        what: `the alias "${alias}" in ${instance}`,
      }));
      if (spec.crn !== undefined) return aliases;
      return [{ pointer: '/name', what: `the key "${wantedName(desired)}" in ${instance}` }, ...aliases];
    },
    lookedUpBy: ['name', 'instance'],
    quotas({ refs, spec }) {
      const instance = refs[INSTANCE];
      if (instance === undefined || spec.existing) return [];
      const why =
        'Key Protect docs, "Creating key aliases", name 1,000 an instance, where its SDKs name no limit; a mark is one';
      const remedy = 'spread the keys over several instances, or leave aliases out';
      const takes = 1 + (spec.aliases?.length ?? 0);
      return [{ what: `key aliases in ${instance}`, takes, most: MOST_ALIASES, severity: 'warning', why, remedy }];
    },
  },

  observe,
  fields,

  ownership: { isFull },

  lifecycle: {
    deletion(spec, live, used) {
      if (live.life.is !== 'active') return undefined;
      return spec.cryptoshred === true && used ? 'cryptoshred' : 'delete';
    },
    autoRestore: (spec) => spec.whenDeleted === 'restore',
    gate,
    isStopped: (spec) => spec.enabled === false,
    expired,
    secret: (verb, spec) => (verb === 'create' || verb === 'rotate' ? materialNeed(spec) : undefined),
    prerequisite,
    cancelDeletion,
  },

  advisories: { history, posture },

  toManifest: {
    survey,
    tombstone: ({ facts }, refer) => ({ instance: refer(facts.instance) ?? facts.instance }),
  },

  actions,
});

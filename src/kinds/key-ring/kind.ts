import type { Reader } from '../../cloud/reader.ts';
import type { LiveId } from '../../model/address.ts';
import { parseCrn } from '../../model/crn.ts';
import { isRefused } from '../../model/errors.ts';
import { groupBy } from '../../model/group-by.ts';
import { unrelated } from '../../model/relation.ts';
import { type Common, type Observed, wantedName } from '../../model/resource.ts';
import { instanceCrn } from '../../services/crn-forms.ts';
import { KEY_PROTECT } from '../../services/table.ts';
import { defineKind } from '../define-kind.ts';
import { removeEmptied } from '../emptied.ts';
import { type Finding, finding } from '../finding.ts';
import { unlessGone } from '../gone.ts';
import type { KeyRingWritten } from './spec.gen.ts';

interface LiveRing {
  readonly instance: LiveId;
  readonly ring: string;
}

const INSTANCE = '/instance';
const SHORTEST_NAME = 2;
const NOT_EMPTY = 'KEY_RING_NOT_EMPTY_ERR';
const ALREADY = /EXISTS/;
/** Source: Key Protect docs, "Grouping keys together using key rings": 50 an instance; its own ring is one of them. */
const MOST_BESIDE_DEFAULT = 49;

/** The live id of a ring: Key Protect gives rings no CRN. */
function ringId(instance: LiveId, ring: string): LiveId {
  return `${instance}#${ring}`;
}

function toObserved(instance: LiveId, ring: string): Observed<LiveRing> {
  return {
    kind: 'key-ring',
    id: ringId(instance, ring),
    name: ring,
    identity: ringId(instance, ring),
    marks: [],
    life: { is: 'active' },
    version: ring,
    relations: { ...unrelated, inside: [instance] },
    facts: { instance, ring },
  };
}

async function list(read: Reader, instance: LiveId): Promise<readonly Observed<LiveRing>[]> {
  return (await read.keyRings(instance)).map((ring) => toObserved(instance, ring.id));
}

/** Offline rules that a ring can break by itself. Source of the length: Key Protect API reference, "Create key ring". */
function* check(spec: KeyRingWritten & Common, key: string): Iterable<Finding> {
  const name = spec.name ?? key;
  const pointer = spec.name === undefined ? '' : '/name';
  if (name === 'default' && spec.existing !== true) {
    const message = 'every instance has a ring `default`; it is never created';
    yield finding(pointer, 'RESERVED_NAME', message, 'add `existing: true` to refer to it');
  } else if (name.length < SHORTEST_NAME) {
    const message = `"${name}" is too short for the name of a ring, which has 2 to 100 characters`;
    yield finding(pointer, 'INVALID_VALUE', message, 'add `name: …`, or choose a longer map key');
  }
}

export const keyRing = defineKind<KeyRingWritten, LiveRing>({
  name: 'key-ring',
  block: 'keyRings',

  identity: {
    references: (spec) => [
      { pointer: INSTANCE, word: spec.instance, kinds: ['key-protect-instance'], crn: instanceCrn },
    ],
    relations: (_spec, refs) => ({ ...unrelated, inside: [refs[INSTANCE] ?? ''] }),
    check,
    of(desired, snapshot) {
      const instance = snapshot.idOf(desired.refs[INSTANCE]);
      return instance && ringId(instance, wantedName(desired));
    },
    claims(desired) {
      const instance = desired.refs[INSTANCE];
      return instance === undefined
        ? []
        : [{ pointer: '/name', what: `the ring "${wantedName(desired)}" in ${instance}` }];
    },
    lookedUpBy: ['name', 'instance'],
    quotas(desired) {
      const instance = desired.refs[INSTANCE];
      if (instance === undefined || wantedName(desired) === 'default') return [];
      return [
        {
          what: `key rings in ${instance}`,
          takes: 1,
          most: MOST_BESIDE_DEFAULT,
          why: 'an instance has 50 at most, and its ring `default` is one of them',
          remedy: 'let keys share rings, or declare another instance',
        },
      ];
    },
  },

  observe: {
    async list(read, asked, snapshot) {
      const byInstance = groupBy(asked, ({ refs }) => snapshot.idOf(refs[INSTANCE]));
      const lists = await Promise.all(
        snapshot.instancesToRead(KEY_PROTECT).map(async (instance) => {
          const some = byInstance.get(instance);
          return some === undefined ? [] : await unlessGone(some, list(read, instance), []);
        }),
      );
      return { objects: lists.flat(), uses: [] };
    },
    // There is no read of one ring, so that a round's are seen by one list of their instance.
    async listed(read, about) {
      const instances = new Set(about.map((id) => id.slice(0, id.indexOf('#'))));
      const lists = await Promise.all([...instances].map((instance) => list(read, instance)));
      return new Set(lists.flat().map(({ id }) => id));
    },
    reread: async (read, live) => (await list(read, live.facts.instance)).find((ring) => ring.id === live.id),
  },

  fields: {
    name: {
      leads: 'refuse',
      why: 'a ring is its id',
      have: (live) => live.facts.ring,
      initial: (desired) => desired.mark.name,
    },
    instance: {
      leads: 'refuse',
      why: 'a ring does not move between instances',
      want: (desired, snapshot) => snapshot.idOrPending(desired.refs[INSTANCE] ?? ''),
      have: (live) => live.facts.instance,
      written: (instance, writer) => writer.refer(INSTANCE, instance),
    },
  },

  ownership: { marks: 'none' },

  lifecycle: {
    consequences(_verb, live, snapshot) {
      const inside = snapshot.live.inside(live.id);
      const dead = inside.filter(({ life }) => life.is === 'restorable' || life.is === 'lost');
      if (dead.length === 0) return [];
      const names = dead.map(({ name, id }) => `"${name}" (${id})`).sort();
      return [`its destroyed keys move to the ring \`default\`: ${names.join(', ')}`];
    },
  },

  toManifest: {
    tombstone: ({ facts }, refer) => ({ instance: refer(facts.instance) ?? facts.instance }),
    async survey(read, place) {
      const isVault = place.is === 'instance' && parseCrn(place.id)?.service === KEY_PROTECT;
      return { objects: isVault ? await list(read, place.id) : [], uses: [] };
    },
    // Every instance has it.
    isBuiltin: ({ facts }) => facts.ring === 'default',
  },

  actions: {
    async create({ cloud, resolve }, { desired }) {
      const instance = resolve(desired.refs[INSTANCE] ?? '');
      const ring = wantedName(desired);
      try {
        await cloud.createRing(instance, ring);
      } catch (error) {
        // A ring has no owner: one that is there already, made meanwhile or by a lost answer, is the wanted one. A 409 may
        // also be about something else, such as one ring too many, and which code says so is not published.
        if (!isRefused(error, 409)) throw error;
        const isThere = ALREADY.test(error.facts.apiCode ?? '') || (await cloud.hasKeyRing(instance, ring));
        if (!isThere) throw error;
      }
      return toObserved(instance, ring);
    },
    delete: (context, { live }) =>
      removeEmptied(
        context,
        live.id,
        () => context.cloud.deleteRing(live.facts.instance, live.facts.ring),
        (error) => isRefused(error, 409, NOT_EMPTY),
      ),
  },
});

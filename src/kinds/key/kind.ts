import type { KpRegistration } from '../../cloud/key-protect/shapes.ts';
import type { Reader } from '../../cloud/reader.ts';
import type { LiveId } from '../../model/address.ts';
import { parseCrn } from '../../model/crn.ts';
import { CloudRefused } from '../../model/errors.ts';
import { groupBy } from '../../model/group-by.ts';
import { marksOf } from '../../model/ownership.ts';
import { type Use, unrelated } from '../../model/relation.ts';
import { type Desired, type Observed, type Reference, wantedName } from '../../model/resource.ts';
import { instanceCrn } from '../../services/crn-forms.ts';
import { defineKind } from '../define-kind.ts';
import { create, restore, update } from './actions.ts';
import { check } from './check.ts';
import { deletionWord, setForDeletion, standingWord } from './dual-authorization.ts';
import { aliasOf, type LiveKey, see } from './facts.ts';
import { fields } from './fields.ts';
import { gate, tooLate } from './gate.ts';
import { destroy, disable, enable, purge, rotate, shred } from './life.ts';
import { adopt, forget, isFull } from './marks.ts';
import { materialNeed } from './material.ts';
import { history, posture } from './posture.ts';
import { seeWhole } from './rotation.ts';
import type { KeyWritten } from './spec.gen.ts';

/** The catalog's name of Key Protect. */
const SERVICE = 'kms';
const INSTANCE = '/instance';
const RING = '/ring';

export const key = defineKind<KeyWritten, LiveKey>({
  name: 'key',
  block: 'keys',

  identity: {
    references(spec) {
      const instance: Reference = {
        pointer: INSTANCE,
        word: spec.instance,
        kinds: ['key-protect-instance'],
        crn: instanceCrn,
      };
      if (spec.ring === undefined) return [instance];
      return [instance, { pointer: RING, word: spec.ring, kinds: ['key-ring'] }];
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
  },

  observe: {
    async list(read, asked, snapshot) {
      const byInstance = groupBy(asked, ({ refs }) => snapshot.idOf(refs[INSTANCE]));
      const scopes = await Promise.all(
        snapshot.instancesToRead(SERVICE).map(async (instance) => {
          const some = byInstance.get(instance) ?? [];
          try {
            const [objects, rows] = await Promise.all([list(read, instance, some), read.registrations(instance)]);
            return { objects, uses: usesIn(rows, objects) };
          } catch (error) {
            // An instance that only a CRN names may be gone: it holds nothing then, and what was to go with it is gone.
            const isNeeded = some.some(({ spec }) => spec.state !== 'absent');
            if (!isNeeded && isGone(error)) return none;
            throw error;
          }
        }),
      );
      return { objects: scopes.flatMap(({ objects }) => objects), uses: scopes.flatMap(({ uses }) => uses) };
    },
    async reread(read, { facts, marks }, { wanted }) {
      const found = await read.key(facts.instance, facts.key.id);
      // A policy of its own is a request of its own: not for a tombstone, nor where no rotation is declared.
      const isCompared =
        marks.length === 0 || marks.some((mark) => wanted.withMark('key', mark).some(({ spec }) => 'rotation' in spec));
      return found && (isCompared ? await seeWhole(read, facts.instance, found) : see(facts.instance, found));
    },
    async search(read, desired, snapshot) {
      // Not only where it is declared: it may have been made elsewhere, by an earlier manifest.
      const pin = parseCrn(desired.spec.crn ?? '')?.resource;
      const words = [...marksOf(desired).map(aliasOf), ...(pin === undefined ? [] : [pin])];
      const asked = await Promise.all(
        snapshot.instancesToRead(SERVICE).flatMap((instance) =>
          words.map(async (word) => {
            const isNeeded = desired.spec.state !== 'absent' && snapshot.idOf(desired.refs[INSTANCE]) === instance;
            const found = await read.key(instance, word).catch((error: unknown) => {
              if (isNeeded || !isGone(error)) throw error;
              return undefined;
            });
            return found ? [await seeWhole(read, instance, found)] : [];
          }),
        ),
      );
      return asked.flat();
    },
    async usesOf(read, live) {
      const rows = await read.registrationsOf(live.facts.instance, live.facts.key.id);
      return usesIn(rows, [live]);
    },
  },
  fields,

  ownership: {
    isFull,
  },

  lifecycle: {
    deletion(spec, live, used) {
      if (live.life.is !== 'active') return undefined;
      return spec.cryptoshred === true && used ? 'cryptoshred' : 'delete';
    },
    autoRestore: (spec) => spec.whenDeleted === 'restore',
    gate,
    isStopped: (spec) => spec.enabled === false,
    expired: tooLate,
    secret: (verb, spec) => (verb === 'create' || verb === 'rotate' ? materialNeed(spec) : undefined),
    prerequisite(live, now) {
      const word = deletionWord(live.facts.key, now);
      const step = { fields: [setForDeletion], remark: 'the first of two authorizations; it counts for seven days' };
      if (word.is === 'missing') return step;
      if (word.is !== 'expired') return undefined;
      const why = `the first authorization to delete ${live.id} expired on ${word.since}`;
      return { ...step, consent: { word: 'renew-deletion', why } };
    },
    cancelDeletion: ({ facts }) => standingWord(facts.key),
  },

  advisories: {
    history,
    posture,
  },

  toManifest: {
    async survey(read, place) {
      if (place.is !== 'instance' || !isVault(place.id)) return none;
      const [objects, rows] = await Promise.all([surveyKeys(read, place.id), read.registrations(place.id)]);
      return { objects, uses: usesIn(rows, objects) };
    },
    tombstone: ({ facts }, refer) => ({ instance: refer(facts.instance) ?? facts.instance }),
  },

  actions: {
    create,
    update,
    restore,
    adopt,
    forget,
    enable,
    disable,
    rotate,
    delete: destroy,
    cryptoshred: shred,
    purge,
  },
});

function isVault(instance: LiveId): boolean {
  return parseCrn(instance)?.service === SERVICE;
}

const none = { objects: [], uses: [] };

function isGone(error: unknown): boolean {
  return error instanceof CloudRefused && error.facts.status === 404;
}

function usesIn(rows: readonly KpRegistration[], keys: readonly Observed<LiveKey>[]): readonly Use[] {
  const ids = new Map(keys.map(({ id, facts }) => [facts.key.id, id]));
  return rows.flatMap(({ keyId, resourceCrn, preventKeyDeletion }): readonly Use[] => {
    const on = ids.get(keyId);
    return on === undefined ? [] : [{ on, by: resourceCrn, preventsDeletion: preventKeyDeletion === true }];
  });
}

/** Some accounts' lists leave rotation out; it is asked for where a declared key wants it compared. */
async function list(read: Reader, instance: LiveId, asked: readonly Desired<KeyWritten>[]) {
  const rotating = asked.filter(({ spec }) => spec.rotation !== undefined);
  const names = new Set(rotating.map((desired) => wantedName(desired)));
  const aliases = new Set(rotating.flatMap((desired) => marksOf(desired).map(aliasOf)));
  const keys = await read.keys(instance);
  return await Promise.all(
    keys.map(async (found) => {
      const asksRotation = names.has(found.name) || found.aliases?.some((alias) => aliases.has(alias));
      return asksRotation ? await seeWhole(read, instance, found) : see(instance, found);
    }),
  );
}

/** Every key with its rotation policy. A list that shows any policy shows them all; otherwise each key is asked. */
async function surveyKeys(read: Reader, instance: LiveId): Promise<readonly Observed<LiveKey>[]> {
  const keys = await read.keys(instance);
  const listsPolicies = keys.some(({ rotation }) => rotation !== undefined);
  return await Promise.all(
    keys.map((found) => (listsPolicies ? see(instance, found) : seeWhole(read, instance, found))),
  );
}

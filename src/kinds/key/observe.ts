import type { KpKey, KpRegistration } from '../../cloud/key-protect/shapes.ts';
import type { Reader } from '../../cloud/reader.ts';
import type { LiveId } from '../../model/address.ts';
import { parseCrn } from '../../model/crn.ts';
import { isRefused } from '../../model/errors.ts';
import { groupBy } from '../../model/group-by.ts';
import { marksOf } from '../../model/ownership.ts';
import type { Use } from '../../model/relation.ts';
import { type Desired, type Observed, wantedName } from '../../model/resource.ts';
import { KEY_PROTECT } from '../../services/table.ts';
import { unlessGone } from '../gone.ts';
import { indexedBy } from '../index-rows.ts';
import type { Found, KindSpec, Place } from '../kind.ts';
import { aliasOf, type LiveKey, toObserved } from './facts.ts';
import type { KeyWritten } from './spec.gen.ts';

const INSTANCE = '/instance';

const byWord = indexedBy(({ id, aliases = [] }: KpKey) => [id, ...aliases]);

export const observe: KindSpec<KeyWritten, LiveKey>['observe'] = {
  async list(read, asked, snapshot) {
    const byInstance = groupBy(asked, ({ refs }) => snapshot.idOf(refs[INSTANCE]));
    const scopes = await Promise.all(
      snapshot.instancesToRead(KEY_PROTECT).map(async (instance) => {
        const some = byInstance.get(instance) ?? [];
        return await unlessGone(some, keysAndUses(read, instance, list(read, instance, some)), none);
      }),
    );
    return { objects: scopes.flatMap(({ objects }) => objects), uses: scopes.flatMap(({ uses }) => uses) };
  },
  async reread(read, { facts, marks }, { wanted }) {
    const found = await read.key(facts.instance, facts.key.id);
    // A policy of its own is a request of its own: not for a tombstone, nor where no rotation is declared.
    const isCompared =
      marks.length === 0 || marks.some((mark) => wanted.withMark('key', mark).some(({ spec }) => 'rotation' in spec));
    return found && (isCompared ? await seeWhole(read, facts.instance, found) : toObserved(facts.instance, found));
  },
  async search(read, desired, snapshot) {
    const pin = parseCrn(desired.spec.crn ?? '')?.resource;
    const words = [...marksOf(desired).map(aliasOf), ...(pin === undefined ? [] : [pin])];
    const declared = snapshot.idOf(desired.refs[INSTANCE]);
    const look = async (instance: LiveId, word: string): Promise<readonly KpKey[]> => {
      // An earlier manifest may have made it elsewhere. There a list tells, where each key's own look would be one an instance.
      if (instance !== declared) return byWord(await unlessGone([], read.keys(instance), [])).get(word) ?? [];
      const found = await unlessGone([desired], read.key(instance, word), undefined);
      return found === undefined ? [] : [found];
    };
    const asked = await Promise.all(
      snapshot.instancesToRead(KEY_PROTECT).map(async (instance) => {
        const found = await Promise.all(words.map((word) => look(instance, word)));
        return await Promise.all(found.flat().map((one) => seeWhole(read, instance, one)));
      }),
    );
    return asked.flat();
  },
  async usesOf(read, live) {
    const rows = await read.registrationsOf(live.facts.instance, live.facts.key.id);
    return usesIn(rows, live.facts.instance, [live]);
  },
};

export async function survey(read: Reader, place: Place): Promise<Found<LiveKey>> {
  if (place.is !== 'instance' || parseCrn(place.id)?.service !== KEY_PROTECT) return none;
  return await keysAndUses(read, place.id, surveyKeys(read, place.id));
}

const none: Found<LiveKey> = { objects: [], uses: [] };

async function keysAndUses(
  read: Reader,
  instance: LiveId,
  keys: Promise<readonly Observed<LiveKey>[]>,
): Promise<Found<LiveKey>> {
  const [objects, rows] = await Promise.all([keys, read.registrations(instance)]);
  return { objects, uses: usesIn(rows, instance, objects) };
}

function usesIn(rows: readonly KpRegistration[], instance: LiveId, keys: readonly Observed<LiveKey>[]): readonly Use[] {
  const ids = new Map(keys.map(({ id, facts }) => [facts.key.id, id]));
  return rows.map(({ keyId, resourceCrn, preventKeyDeletion }) => ({
    // One that the list of keys leaves out is used all the same.
    on: ids.get(keyId) ?? `${instance.slice(0, -1)}key:${keyId}`,
    by: resourceCrn,
    preventsDeletion: preventKeyDeletion === true,
  }));
}

/** Some accounts' lists leave rotation out; it is asked for where a declared key wants it compared. */
async function list(read: Reader, instance: LiveId, asked: readonly Desired<KeyWritten>[]) {
  const rotating = asked.filter(({ spec }) => spec.rotation !== undefined);
  const names = new Set(rotating.map(wantedName));
  const aliases = new Set(rotating.flatMap((desired) => marksOf(desired).map(aliasOf)));
  const keys = await read.keys(instance);
  return await Promise.all(
    keys.map(async (found) => {
      const asksRotation = names.has(found.name) || found.aliases?.some((alias) => aliases.has(alias));
      return asksRotation ? await seeWhole(read, instance, found) : toObserved(instance, found);
    }),
  );
}

/** Every key with its rotation policy. A list that shows any policy shows them all; otherwise each key is asked. */
async function surveyKeys(read: Reader, instance: LiveId): Promise<readonly Observed<LiveKey>[]> {
  const keys = await read.keys(instance);
  const listsPolicies = keys.some(({ rotation }) => rotation !== undefined);
  return await Promise.all(
    keys.map((found) => (listsPolicies ? toObserved(instance, found) : seeWhole(read, instance, found))),
  );
}

/** A key with its rotation policy, asked for where the answer left it out. Only live root keys have one. */
export async function withRotation(read: Reader, instance: LiveId, found: KpKey): Promise<KpKey> {
  if (found.rotation !== undefined || found.extractable || found.state === 5) return found;
  const rotation = await read.rotationPolicy(instance, found.id);
  return rotation === undefined ? found : { ...found, rotation };
}

/** As it is seen, rotation policy included. That takes the role Manager: where it is refused, the rest is seen all the same. */
async function seeWhole(read: Reader, instance: LiveId, found: KpKey): Promise<Observed<LiveKey>> {
  try {
    return toObserved(instance, await withRotation(read, instance, found));
  } catch (error) {
    if (!isRefused(error, 401, 403)) throw error;
    const object = toObserved(instance, found);
    return { ...object, facts: { ...object.facts, rotationUnread: 'not readable (needs Manager)' } };
  }
}

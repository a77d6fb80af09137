import type { Reader } from '../../cloud/reader.ts';
import type { KpKey } from '../../cloud/wire.ts';
import type { LiveId } from '../../model/address.ts';
import { unrelated } from '../../model/relation.ts';
import type { Desired, Reference } from '../../model/resource.ts';
import { defineKind } from '../kind.ts';
import { create, update } from './actions.ts';
import { check } from './check.ts';
import { aliasOf, type LiveKey, see } from './facts.ts';
import { fields } from './fields.ts';
import type { KeyWritten } from './spec.gen.ts';

const INSTANCE = '/instance';
const RING = '/ring';

export const key = defineKind<KeyWritten, LiveKey>({
  name: 'key',
  block: 'keys',
  twins: 'refused',
  marks: 'carried',

  normalize: (written) => written as unknown as KeyWritten,
  references(spec) {
    const instance: Reference = {
      pointer: INSTANCE,
      word: spec.instance,
      role: 'inside',
      kinds: ['key-protect-instance'],
      crn: 'instance',
    };
    if (spec.ring === undefined) return [instance];
    return [instance, { pointer: RING, word: spec.ring, role: 'inside', kinds: ['key-ring'] }];
  },
  relations: (spec, refs) => ({
    ...unrelated,
    inside: [INSTANCE, RING].flatMap((pointer) => refs[pointer] ?? []),
    wraps: spec.type !== 'standard',
  }),
  check,

  identity(desired, known) {
    const instance = known.id(desired.refs[INSTANCE]);
    return instance && `${instance}|${desired.spec.name ?? desired.mark.name}`;
  },
  async observe(read, asked, known) {
    const scopes = new Map<LiveId, Desired<KeyWritten>[]>();
    for (const desired of asked) {
      const instance = known.id(desired.refs[INSTANCE]);
      if (instance !== undefined) scopes.set(instance, [...(scopes.get(instance) ?? []), desired]);
    }
    const lists = await Promise.all([...scopes].map(([instance, some]) => list(read, instance, some)));
    return { objects: lists.flat(), uses: [] };
  },
  async reread(read, { facts }) {
    const found = await read.key(facts.instance, facts.key.id);
    return found && see(facts.instance, await withRotation(read, facts.instance, found));
  },
  async lookFor(read, desired, known) {
    const instance = known.id(desired.refs[INSTANCE]);
    if (instance === undefined) return [];
    const found = await read.key(instance, aliasOf(desired.mark));
    return found ? [see(instance, await withRotation(read, instance, found))] : [];
  },

  fields,
  actions: {
    create,
    update,
    async adopt({ cloud, eventually }, { desired, live }) {
      const alias = aliasOf(desired.mark);
      await cloud.addAlias(live.facts.instance, live.facts.key.id, alias);
      return await eventually(`alias ${alias}`, async () => {
        const found = await cloud.key(live.facts.instance, alias);
        return found && see(live.facts.instance, found);
      });
    },
  },
});

/** Some accounts' lists leave rotation out; it is asked for where a declared key wants it compared. */
async function list(read: Reader, instance: LiveId, asked: readonly Desired<KeyWritten>[]) {
  const rotating = asked.filter(({ spec }) => spec.rotation !== undefined);
  const names = new Set(rotating.flatMap((desired) => [desired.spec.name ?? desired.mark.name]));
  const aliases = new Set(rotating.map((desired) => aliasOf(desired.mark)));
  const keys = await read.keys(instance);
  return await Promise.all(
    keys.map(async (found) => {
      const asksRotation = names.has(found.name) || found.aliases?.some((alias) => aliases.has(alias));
      return see(instance, asksRotation ? await withRotation(read, instance, found) : found);
    }),
  );
}

async function withRotation(read: Reader, instance: LiveId, found: KpKey): Promise<KpKey> {
  if (found.rotation !== undefined || found.extractable || found.state === 5) return found;
  const rotation = await read.rotationPolicy(instance, found.id);
  return rotation === undefined ? found : { ...found, rotation };
}

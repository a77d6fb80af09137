import type { KpRotation } from '../../cloud/key-protect/shapes.ts';
import { isRefused } from '../../model/errors.ts';
import { given } from '../../model/json.ts';
import { wantedName } from '../../model/resource.ts';
import type { Actions } from '../action.ts';
import { changeAliases, freeAgain, marking, NOT_UNIQUE, ownHolder, yielding } from './aliases.ts';
import { aliasOf, type LiveKey, ringNameIn, ringOf, toObserved } from './facts.ts';
import { setForDeletion } from './gate.ts';
import { life } from './life.ts';
import { withMaterial } from './material.ts';
import type { KeyWritten } from './spec.gen.ts';

export const actions = {
  ...life,
  ...marking,

  /**
   * Creates a key, generated or imported. The mark is an alias in the create call itself and unique in the instance: a second
   * create is refused, so sending one again after a lost answer cannot make a twin.
   *
   * @throws Stale when the alias is taken by a key that is not live
   * Source: Key Protect API reference, "Create a new key"; docs, "Creating key aliases".
   */
  async create(context, { desired }) {
    const { cloud, resolve, eventually } = context;
    const { spec, mark, refs } = desired;
    const instance = resolve(refs['/instance'] ?? '');
    const ring = refs['/ring'] === undefined ? undefined : ringNameIn(resolve(refs['/ring']));
    const body = {
      name: wantedName(desired),
      extractable: spec.type === 'standard',
      aliases: [aliasOf(mark), ...(spec.aliases ?? [])],
      ...given({
        description: spec.description,
        expirationDate: spec.expires && wholeSeconds(spec.expires),
        dualAuthDelete: spec.dualAuthDelete === undefined ? undefined : { enabled: spec.dualAuthDelete },
      }),
    };
    const send = async (): Promise<unknown> => {
      if (spec.material === undefined) return await cloud.createKey(instance, body, ring);
      return await withMaterial(context, spec, instance, (material) =>
        cloud.createKey(instance, { ...body, material }, ring),
      );
    };
    const givesUp = yielding(context, mark);
    const before = await context.persist(freeAgain(body.aliases), async () => {
      try {
        await send();
        return 'made';
      } catch (error) {
        if (!isRefused(error, NOT_UNIQUE)) throw error;
        return await ownHolder(context, instance, desired, givesUp);
      }
    });
    if (before !== 'made') return before;
    const made = await eventually(`key ${body.name}`, () => cloud.key(instance, aliasOf(mark)));
    const rotation = spec.rotation && policyOf(spec.rotation);
    // Disabled and without an interval there is nothing to set, and the API refuses it.
    const isPolicy = rotation !== undefined && (rotation.enabled || rotation.interval_month !== undefined);
    if (isPolicy) await cloud.setRotationPolicy(instance, made.id, rotation);
    if (spec.enabled === false) await cloud.disableKey(instance, made.id);
    return toObserved(instance, {
      ...made,
      ...(isPolicy ? { rotation } : {}),
      ...(spec.enabled === false ? { state: 2 } : {}),
    });
  },

  /** Each declared field has its own call. Source: Key Protect API reference, "Update a key", "Set key policies", aliases. */
  async update(context, { desired, live, fields }) {
    const { cloud, resolve } = context;
    const { instance, key } = live.facts;
    const { spec, refs } = desired;
    const changed = new Set(fields.map(({ field }) => field));
    if (changed.has('ring') && refs['/ring'] !== undefined) {
      await cloud.moveKey(instance, key.id, { from: ringOf(key), to: ringNameIn(resolve(refs['/ring'])) });
    }
    if (changed.has('aliases')) await changeAliases(context, live, desired);
    if (changed.has('rotation') && spec.rotation) {
      await cloud.setRotationPolicy(instance, key.id, policyOf(spec.rotation));
    }
    if (changed.has('dualAuthDelete')) await cloud.requireDualAuthorization(instance, key.id);
    const word = fields.find(({ field }) => field === setForDeletion.field);
    if (word?.after === true) await cloud.setKeyForDeletion(instance, key.id);
    if (word?.after === false) await cloud.unsetKeyForDeletion(instance, key.id);
    const now = await cloud.key(instance, key.id);
    return toObserved(instance, now ?? key);
  },
} satisfies Actions<KeyWritten, LiveKey>;

/** Key Protect dates are whole seconds in UTC. */
function wholeSeconds(date: string): string {
  return new Date(date).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** Disabling keeps the interval, so none is sent with it. */
function policyOf(rotation: NonNullable<KeyWritten['rotation']>): KpRotation {
  return { enabled: rotation.enabled ?? true, ...given({ interval_month: rotation.intervalMonths }) };
}

import type { KpKey } from '../../cloud/key-protect/shapes.ts';
import { Deferred, isRefused } from '../../model/errors.ts';
import type { Observed } from '../../model/resource.ts';
import type { ActionContext, Actions } from '../action.ts';
import { type LiveKey, toObserved } from './facts.ts';
import { withMaterial } from './material.ts';
import type { KeyWritten } from './spec.gen.ts';

const HOUR_MS = 3_600_000;
const SETTLE_MS = 30_000;

/** Changes of state: what may be done when is `gate`'s. */
export const life = {
  /** From suspended to active, 30 seconds after it was disabled at the earliest. */
  async enable(context, { live }) {
    const { instance, key } = live.facts;
    await context.cloud.enableKey(instance, key.id).catch((error: unknown) => {
      if (!isRefused(error, 'REQ_TOO_EARLY_ERR')) throw error;
      throw later(context, `${live.id} was changed a moment ago`, SETTLE_MS, error);
    });
    return await inState(context, live, 1);
  },

  /** From active to suspended: nothing under it can be read or written until it is enabled again. */
  async disable(context, { live }) {
    await context.cloud.disableKey(live.facts.instance, live.facts.key.id);
    return await inState(context, live, 2);
  },

  /**
   * A new version, of new material where the key was imported. What older ones encrypted can still be decrypted.
   *
   * Source: Key Protect docs, "Rotating keys".
   */
  async rotate(context, { desired, live }) {
    const { cloud } = context;
    const { instance, key } = live.facts;
    const sent =
      key.imported === true
        ? withMaterial(context, desired.spec, instance, (material) => cloud.rotateKey(instance, key.id, material))
        : cloud.rotateKey(instance, key.id);
    await sent.catch((error: unknown) => {
      if (!isRefused(error, 'KEY_ROTATION_NOT_PERMITTED')) throw error;
      throw later(context, `${live.id} was rotated within the hour`, HOUR_MS, error);
    });
    return await changed(context, live, 'the rotation', (now) => now.lastRotateDate !== key.lastRotateDate);
  },

  /** Same id, CRN and material. Source: Key Protect API reference, "Restore". */
  async restore(context, { live }) {
    const { instance, key } = live.facts;
    await context.cloud.restoreKey(instance, key.id);
    return await changed(context, live, 'the restore', ({ state }) => state !== key.state);
  },

  async delete({ cloud }, { live }) {
    await cloud.deleteKey(live.facts.instance, live.facts.key.id).catch(secondIdentity(live));
  },

  /** The only step that forces a key's deletion. */
  async cryptoshred({ cloud }, { live }) {
    await cloud.shredKey(live.facts.instance, live.facts.key.id).catch(secondIdentity(live));
  },

  /** Erases a destroyed key, its metadata, aliases and registrations. */
  purge: ({ cloud }, { live }) => cloud.purgeKey(live.facts.instance, live.facts.key.id),
} satisfies Actions<KeyWritten, LiveKey>;

/** Whoever set a key for deletion may not delete it too. */
function secondIdentity(live: Observed<LiveKey>): (error: unknown) => never {
  return (error) => {
    if (!isRefused(error, 'AUTHORIZATIONS_NOT_MET')) throw error;
    const expires = live.facts.key.dualAuthDelete?.authExpiration;
    const until = expires === undefined ? { when: 'approval' as const } : { when: 'approval' as const, expires };
    throw new Deferred(`another identity must delete ${live.id}`, [until], { cause: error });
  };
}

function later({ now }: ActionContext, why: string, ms: number, cause: unknown): Deferred {
  const from = new Date(now().getTime() + ms).toISOString();
  return new Deferred(why, [{ when: 'time', from }], { cause });
}

async function inState(context: ActionContext, live: Observed<LiveKey>, state: number): Promise<Observed<LiveKey>> {
  return await changed(context, live, 'the new state', (now) => now.state === state);
}

/** The key once it shows what was done to it. */
async function changed(
  { cloud, eventually }: ActionContext,
  { facts: { instance, key } }: Observed<LiveKey>,
  what: string,
  isDone: (now: KpKey) => boolean,
): Promise<Observed<LiveKey>> {
  return await eventually(`${what} of key ${key.name}`, async () => {
    const now = await cloud.key(instance, key.id);
    return now !== undefined && isDone(now) ? toObserved(instance, now) : undefined;
  });
}

import { Deferred } from '../../model/errors.ts';
import type { Observed } from '../../model/resource.ts';
import type { ActionContext, ChangeJob, EndJob } from '../action.ts';
import { type LiveKey, see } from './facts.ts';
import { withMaterial } from './material.ts';
import { isCode } from './refusal.ts';
import type { KeyWritten } from './spec.gen.ts';

type Job = ChangeJob<KeyWritten, LiveKey>;
type Ending = EndJob<KeyWritten, LiveKey>;

const HOUR_MS = 3_600_000;
const SETTLE_MS = 30_000;

/** From suspended to active, 30 seconds after it was disabled at the earliest. */
export async function enable(context: ActionContext, { live }: Job): Promise<Observed<LiveKey>> {
  const { instance, key } = live.facts;
  await context.cloud.enableKey(instance, key.id).catch((error: unknown) => {
    if (!isCode(error, 'REQ_TOO_EARLY_ERR')) throw error;
    throw later(context, `${live.id} was changed a moment ago`, SETTLE_MS, error);
  });
  return await inState(context, live, 1);
}

/** From active to suspended: nothing under it can be read or written until it is enabled again. */
export async function disable(context: ActionContext, { live }: Job): Promise<Observed<LiveKey>> {
  await context.cloud.disableKey(live.facts.instance, live.facts.key.id);
  return await inState(context, live, 2);
}

/**
 * A new version, of new material where the key was imported. What older ones encrypted can still be decrypted.
 *
 * Source: Key Protect docs, "Rotating keys".
 */
export async function rotate(context: ActionContext, { desired, live }: Job): Promise<Observed<LiveKey>> {
  const { instance, key } = live.facts;
  const sent =
    key.imported === true
      ? withMaterial(context, desired.spec, instance, (material) => context.cloud.rotateKey(instance, key.id, material))
      : context.cloud.rotateKey(instance, key.id);
  await sent.catch((error: unknown) => {
    if (!isCode(error, 'KEY_ROTATION_NOT_PERMITTED')) throw error;
    throw later(context, `${live.id} was rotated within the hour`, HOUR_MS, error);
  });
  return await context.eventually(`the rotation of key ${key.name}`, async () => {
    const now = await context.cloud.key(instance, key.id);
    return now !== undefined && now.lastRotateDate !== key.lastRotateDate ? see(instance, now) : undefined;
  });
}

export async function destroy({ cloud }: ActionContext, { live }: Ending): Promise<void> {
  await cloud.deleteKey(live.facts.instance, live.facts.key.id).catch(secondIdentity(live));
}

/** The only step that forces a key's deletion. */
export async function shred({ cloud }: ActionContext, { live }: Ending): Promise<void> {
  await cloud.shredKey(live.facts.instance, live.facts.key.id).catch(secondIdentity(live));
}

/** Erases a destroyed key, its metadata, aliases and registrations. */
export async function purge({ cloud }: ActionContext, { live }: Ending): Promise<void> {
  await cloud.purgeKey(live.facts.instance, live.facts.key.id);
}

/** Whoever set a key for deletion may not delete it too. */
function secondIdentity(live: Observed<LiveKey>): (error: unknown) => never {
  return (error) => {
    if (!isCode(error, 'AUTHORIZATIONS_NOT_MET')) throw error;
    const expires = live.facts.key.dualAuthDelete?.authExpiration;
    const until = expires === undefined ? { when: 'approval' as const } : { when: 'approval' as const, expires };
    throw new Deferred(`another identity must delete ${live.id}`, [until], { cause: error });
  };
}

function later({ now }: ActionContext, why: string, ms: number, cause: unknown): Deferred {
  const from = new Date(now().getTime() + ms).toISOString();
  return new Deferred(why, [{ when: 'time', from }], { cause });
}

async function inState(
  { cloud, eventually }: ActionContext,
  { facts: { instance, key } }: Observed<LiveKey>,
  state: number,
): Promise<Observed<LiveKey>> {
  return await eventually(`the new state of key ${key.name}`, async () => {
    const now = await cloud.key(instance, key.id);
    return now?.state === state ? see(instance, now) : undefined;
  });
}

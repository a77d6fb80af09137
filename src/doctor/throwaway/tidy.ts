import type { Cloud } from '../../cloud/reader.ts';
import type { RcInstance } from '../../cloud/resource-controller/shapes.ts';
import type { LeftBehind } from '../../model/diagnosis.ts';
import { CloudError, isRefused, KeysteadError } from '../../model/errors.ts';
import type { Made, ThrowawayContext } from './bench.ts';

/** Deletions spread: for minutes an instance may be told to hold keys that were deleted. */
const GIVE_UP_MS = 10 * 60_000;
/** A list may be behind a create whose answer was lost. */
const LOOK_FOR_MS = 60_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 10_000;
const DESTROYED = 5;

type TidyContext = Pick<ThrowawayContext, 'name' | 'cloud' | 'clock' | 'tell'>;

/**
 * Removes all that was made, by what is known of it and by what bears its name. An interrupt does not cut it short.
 *
 * @returns what could not be removed
 */
export async function tidy(context: TidyContext, made: Made): Promise<readonly LeftBehind[]> {
  const policies = await removePolicies(context, made);
  const instances = await removeInstances(context, made);
  // What was looked for again and again is told once.
  return [...new Map([...policies, ...instances].map((one) => [`${one.what} ${one.id}`, one])).values()];
}

async function removePolicies(context: TidyContext, made: Made): Promise<readonly LeftBehind[]> {
  const { name, cloud } = context;
  return await looking(context, made.lost.has('policy'), async () =>
    trying(context, { what: 'IAM policy', id: name }, async () => {
      if (made.policies.size === 0 && !made.lost.has('policy')) return undefined;
      const named = (await cloud().authorizations()).filter(({ description = '' }) => description.includes(name));
      for (const id of new Set([...named.map(({ id }) => id), ...made.policies])) {
        await cloud().deleteAuthorization(id);
        made.policies.delete(id);
      }
      return undefined;
    }),
  );
}

async function removeInstances(context: TidyContext, made: Made): Promise<readonly LeftBehind[]> {
  const { name, cloud } = context;
  return await looking(context, made.lost.has('instance'), async () => {
    const unlisted = await trying(context, { what: 'instance', id: name }, async () => {
      if (!made.lost.has('instance')) return undefined;
      for (const { crn } of await cloud().standingNamed(name)) made.instances.add(crn);
      return undefined;
    });
    const left = [...unlisted];
    for (const crn of made.instances) {
      left.push(...(await trying(context, { what: 'instance', id: crn }, () => removeInstance(context, crn))));
      made.instances.delete(crn);
    }
    return left;
  });
}

/** Removes, and where an answer was lost, again for as long as a list may be behind. */
async function looking(
  { clock }: TidyContext,
  isLost: boolean,
  remove: () => Promise<readonly LeftBehind[]>,
): Promise<readonly LeftBehind[]> {
  const startedAt = clock.now();
  const left = [...(await remove())];
  while (isLost && clock.now() - startedAt < LOOK_FOR_MS) {
    await clock.sleep(LONGEST_WAIT_MS);
    left.push(...(await remove()));
  }
  return left;
}

/** One step further. @returns what is still in the way; `undefined`: it is gone */
async function removeInstance({ cloud, tell }: TidyContext, crn: string): Promise<string | undefined> {
  const write = cloud();
  const found = await write.instance(crn);
  if (found === undefined || found.state === 'removed') return undefined;
  if (found.state === 'pending_reclamation') {
    await reclaim(write, found);
    return 'it is still in reclamation';
  }
  await deleteKeys(write, crn);
  tell(`deleting ${found.name}`);
  await write.deleteInstance(crn);
  return 'its deletion does not show yet';
}

/** Whoever may not see the keys of an instance has made none, nor has who was sent to a host that is not trusted. */
async function deleteKeys(write: Cloud, crn: string): Promise<void> {
  const keys = await write.keys(crn).catch((error: unknown) => {
    if (isRefused(error, 401, 403)) return [];
    if (error instanceof KeysteadError && error.code === 'UNTRUSTED_ENDPOINT') return [];
    throw error;
  });
  for (const { id, state } of keys) {
    if (state !== DESTROYED) await write.deleteKey(crn, id);
  }
}

async function reclaim(write: Cloud, { guid }: RcInstance): Promise<void> {
  const row = await write.reclamationOf(guid);
  if (row !== undefined) await write.endReclamation(row.id, 'reclaim');
}

/**
 * Repeats a step until nothing is in the way; refusals count as something in the way.
 *
 * @param step what is still in the way, `undefined` when nothing is
 */
async function trying(
  { clock }: TidyContext,
  thing: Pick<LeftBehind, 'what' | 'id'>,
  step: () => Promise<string | undefined>,
): Promise<readonly LeftBehind[]> {
  const startedAt = clock.now();
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    let isOver = false;
    const why = await step().catch((error: unknown) => {
      if (!(error instanceof KeysteadError)) throw error;
      // What the cloud did not say itself, a login that ended for one, does not pass by.
      isOver = !(error instanceof CloudError);
      return error.message;
    });
    if (why === undefined) return [];
    if (isOver || clock.now() - startedAt >= GIVE_UP_MS) return [{ ...thing, why }];
    await clock.sleep(waitMs);
  }
}

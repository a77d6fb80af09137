import { formerAmong, ownAmong } from '../../model/ownership.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import type { ChangeJob, EndJob, Hands } from '../kind.ts';
import { aliasOf, type LiveKey, see } from './facts.ts';
import type { KeyWritten } from './spec.gen.ts';

/** Source: Key Protect docs, "Creating key aliases". */
export const MOST_ALIASES = 5;

/**
 * Sets the mark, then takes former ones away; the other way round on a key that is full of aliases, which the plan allows
 * only for one that is found without a mark.
 */
export async function adopt(
  hands: Hands,
  { desired, live }: ChangeJob<KeyWritten, LiveKey>,
): Promise<Observed<LiveKey>> {
  const { cloud, eventually } = hands;
  const { instance, key } = live.facts;
  const alias = aliasOf(desired.mark);
  const { aliases = [] } = key;
  if (!aliases.includes(alias)) {
    if (aliases.length >= MOST_ALIASES) await removeFormer(hands, live, desired);
    await cloud.addAlias(instance, key.id, alias);
  }
  const marked = await eventually(`alias ${alias}`, async () => {
    const found = await cloud.key(instance, alias);
    return found && see(instance, found);
  });
  if (formerAmong(marked.marks, desired).length === 0) return marked;
  await removeFormer(hands, marked, desired);
  return await eventually(`the removal of former aliases of ${key.name}`, async () => {
    const found = await cloud.key(instance, key.id);
    const now = found && see(instance, found);
    return now !== undefined && formerAmong(now.marks, desired).length === 0 ? now : undefined;
  });
}

/** Also what is left of a rename that did not end. */
export async function forget({ cloud }: Hands, { desired, live }: EndJob<KeyWritten, LiveKey>): Promise<void> {
  const { instance, key } = live.facts;
  for (const mark of ownAmong(live.marks, desired)) await cloud.removeAlias(instance, key.id, aliasOf(mark));
}

async function removeFormer({ cloud }: Hands, live: Observed<LiveKey>, desired: Desired<KeyWritten>): Promise<void> {
  const { instance, key } = live.facts;
  for (const mark of formerAmong(live.marks, desired)) await cloud.removeAlias(instance, key.id, aliasOf(mark));
}

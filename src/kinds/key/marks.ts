import { ownAmong, replacedBy } from '../../model/ownership.ts';
import type { Observed } from '../../model/resource.ts';
import type { ActionContext, ChangeJob, EndJob } from '../action.ts';
import { giveAlias } from './aliases.ts';
import { aliasOf, type LiveKey, see } from './facts.ts';
import type { KeyWritten } from './spec.gen.ts';

/** Source: Key Protect docs, "Creating key aliases". */
const MOST_ALIASES = 5;

/** The mark is one of them. */
export function isFull({ facts: { key } }: Observed<LiveKey>): boolean {
  return (key.aliases ?? []).length >= MOST_ALIASES;
}

/**
 * Sets the mark, then takes away those that it replaces, so that the key is marked at every moment; the other way round on
 * one that is full of aliases, which is planned only where it is found without a mark.
 */
export async function adopt(
  context: ActionContext,
  { desired, live }: ChangeJob<KeyWritten, LiveKey>,
): Promise<Observed<LiveKey>> {
  const { cloud, eventually } = context;
  const { instance, key } = live.facts;
  const alias = aliasOf(desired.mark);
  const replaced = replacedBy(desired, live).map(aliasOf);
  const isSet = key.aliases?.includes(alias) === true;
  const set = async (): Promise<void> => {
    if (!isSet) await giveAlias(context, live, alias, desired.mark);
  };
  if (!isFull(live)) await set();
  for (const other of replaced) await cloud.removeAlias(instance, key.id, other);
  if (isFull(live)) await set();
  return await eventually(`alias ${alias}`, async () => {
    const found = await cloud.key(instance, alias);
    const settled = found !== undefined && !replaced.some((other) => found.aliases?.includes(other));
    return settled ? see(instance, found) : undefined;
  });
}

/** Also what is left of a rename that did not end. */
export async function forget({ cloud }: ActionContext, { desired, live }: EndJob<KeyWritten, LiveKey>): Promise<void> {
  const { instance, key } = live.facts;
  for (const mark of ownAmong(live.marks, desired)) await cloud.removeAlias(instance, key.id, aliasOf(mark));
}

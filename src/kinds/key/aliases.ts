import { type LiveId, type Mark, sameMark } from '../../model/address.ts';
import { isRefused, KeysteadError, Stale } from '../../model/errors.ts';
import { ownAmong, replacedBy } from '../../model/ownership.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import type { ActionContext, Actions } from '../action.ts';
import { aliasOf, type LiveKey, plainAliases, toObserved } from './facts.ts';
import { withRotation } from './observe.ts';
import type { KeyWritten } from './spec.gen.ts';

/** Until when the name of a removed alias may be refused, and a little. Source: Key Protect docs, "Creating key aliases". */
const REUSE_MS = 5 * 60_000 + 10_000;
/** How long a change of this run may take to begin, beside ours. */
const YIELD_MS = 10_000;

/** What refuses an alias that another key has, or had a moment ago. */
export const NOT_UNIQUE = 'KEY_ALIAS_NOT_UNIQUE_ERR';

/** Source: Key Protect docs, "Creating key aliases". */
const MOST_ALIASES = 5;

/** Whether there is no room for another alias; the mark is one. */
export function isFull({ facts: { key } }: Observed<LiveKey>): boolean {
  return (key.aliases ?? []).length >= MOST_ALIASES;
}

export const marking = {
  /**
   * Sets the mark, then takes away those that it replaces, so that the key is marked at every moment; the other way round on
   * one that is full of aliases, which is planned only where it is found without a mark.
   */
  async adopt(context, { desired, live }) {
    const { cloud, eventually } = context;
    const { instance, key } = live.facts;
    const alias = aliasOf(desired.mark);
    const replaced = replacedBy(desired, live).map(aliasOf);
    const set = async (): Promise<void> => {
      if (key.aliases?.includes(alias) !== true) await giveAlias(context, live, alias, desired.mark);
    };
    if (!isFull(live)) await set();
    for (const other of replaced) await cloud.removeAlias(instance, key.id, other);
    if (isFull(live)) await set();
    return await eventually(`alias ${alias}`, async () => {
      const found = await cloud.key(instance, alias);
      const settled = found !== undefined && !replaced.some((other) => found.aliases?.includes(other));
      return settled ? toObserved(instance, found) : undefined;
    });
  },

  /** Also what is left of a rename that did not end. */
  async forget({ cloud }, { desired, live }) {
    const { instance, key } = live.facts;
    for (const mark of ownAmong(live.marks, desired)) await cloud.removeAlias(instance, key.id, aliasOf(mark));
  },
} satisfies Actions<KeyWritten, LiveKey>;

/** Removing first keeps within the five that a key may have. */
export async function changeAliases(
  context: ActionContext,
  live: Observed<LiveKey>,
  { mark, spec }: Desired<KeyWritten>,
): Promise<void> {
  const [want, have] = [new Set(spec.aliases), new Set(plainAliases(live.facts.key))];
  for (const alias of have) {
    if (!want.has(alias)) await context.cloud.removeAlias(live.facts.instance, live.facts.key.id, alias);
  }
  for (const alias of want) if (!have.has(alias)) await giveAlias(context, live, alias, mark);
}

/**
 * Gives a key an alias. One that was removed a moment ago, from whichever key, is waited for.
 *
 * @param mark whose it is going to be
 * @throws KeysteadError `ALIAS_TAKEN` when another key has it: waiting would not free it
 */
async function giveAlias(context: ActionContext, live: Observed<LiveKey>, alias: string, mark: Mark): Promise<void> {
  const { cloud, persist } = context;
  const { instance, key } = live.facts;
  const givesUp = yielding(context, mark);
  await persist(freeAgain([alias]), async () => {
    try {
      await cloud.addAlias(instance, key.id, alias);
      return true;
    } catch (error) {
      if (!isRefused(error, NOT_UNIQUE)) throw error;
      await refuseHolder(cloud, instance, [alias], givesUp);
      return undefined;
    }
  });
}

/** What is waited for, and how long at most. */
export function freeAgain(aliases: readonly string[]): { readonly reason: string; readonly ms: number } {
  const names = aliases.map((alias) => `"${alias}"`).join(', ');
  return { reason: `the alias ${names} to be free again`, ms: REUSE_MS };
}

/**
 * The key that holds the mark of one that was to be created, when it is our own and live: the create has happened. It is left
 * as it is, since another run may have made it.
 *
 * @returns undefined when nobody holds any of the aliases: they are not free again yet
 * @throws KeysteadError `ALIAS_TAKEN` when another key has one of the plain aliases; Stale when a key that is not live, or is
 *   not ours, has the mark
 */
export async function ownHolder(
  { cloud }: ActionContext,
  instance: LiveId,
  { mark, spec }: Desired<KeyWritten>,
  givesUp: (holder: Observed) => boolean,
): Promise<Observed<LiveKey> | undefined> {
  const found = await cloud.key(instance, aliasOf(mark));
  if (found === undefined) {
    await refuseHolder(cloud, instance, spec.aliases ?? [], givesUp);
    return undefined;
  }
  const live = toObserved(instance, await withRotation(cloud, instance, found));
  if (live.life.is !== 'active' || !live.marks.some((other) => sameMark(other, mark))) {
    throw new Stale(`a key that is not live holds the alias ${aliasOf(mark)}`);
  }
  return live;
}

/** A key of this stack may be losing it in this very run: that is seen in a moment. Two that declare it are told offline. */
export function yielding({ now }: ActionContext, { stack }: Mark): (holder: Observed) => boolean {
  const until = now().getTime() + YIELD_MS;
  return ({ marks }) => now().getTime() < until && marks.some((mark) => mark.stack === stack);
}

async function refuseHolder(
  cloud: ActionContext['cloud'],
  instance: LiveId,
  aliases: readonly string[],
  givesUp: (holder: Observed) => boolean,
): Promise<void> {
  for (const alias of aliases) {
    const other = await cloud.key(instance, alias);
    const holder = other && toObserved(instance, other);
    if (holder === undefined || givesUp(holder)) continue;
    const { id, name, life } = holder;
    const which = life.is === 'active' ? 'the key' : 'the destroyed key';
    throw new KeysteadError('ALIAS_TAKEN', `the alias "${alias}" belongs to ${which} "${name}" (${id})`, {
      remedy: 'choose another alias, or remove it from that key first',
    });
  }
}

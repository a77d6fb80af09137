import type { Reader } from '../cloud/reader.ts';
import { identify } from '../decide/match.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Lexicon } from '../kinds/known.ts';
import type { LiveId } from '../model/address.ts';
import { containersAmongLive, isWithin } from '../model/containment.ts';
import type { Use } from '../model/relation.ts';
import type { Desired, Inventory } from '../model/resource.ts';

/**
 * Before something goes, or stops, for want of uses, each object that it holds or grants is asked for its uses itself: one list of
 * an instance's registrations may leave out what this login may not see (design 2.9, 6).
 */
export async function askForUses(
  kinds: readonly Kind[],
  desired: readonly Desired[],
  inventory: Inventory,
  lexicon: Lexicon,
  read: Reader,
  /** What ends beside what is declared absent, and what it is about. */
  doomed: readonly LiveId[],
): Promise<Inventory> {
  const { objects } = inventory;
  const known = identify(kinds, desired, objects, lexicon);
  const containers = containersAmongLive(objects);
  const going = desired.filter((resource) =>
    kinds.find(({ name }) => name === resource.kind)?.endangers(resource.spec),
  );
  const scopes = [
    ...doomed,
    ...going.flatMap(({ address, relations }) => [
      known.id(address) ?? address,
      ...relations.grants.map(({ target }) => known.id(target) ?? target),
    ]),
  ];
  const asked = objects.filter(
    ({ id, life }) => life.is !== 'lost' && scopes.some((scope) => isWithin(scope, id, containers)),
  );
  const answers = await Promise.all(
    asked.map(async (object) => (await kinds.find(({ name }) => name === object.kind)?.usesOf(read, object)) ?? []),
  );
  const key = ({ on, by }: Use) => `${on} ${by}`;
  const uses = new Map([...inventory.uses, ...answers.flat()].map((use) => [key(use), use]));
  return { ...inventory, uses: [...uses.values()] };
}

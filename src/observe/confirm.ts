import { decide } from '../decide/decide.ts';
import type { PlanContext } from '../kinds/context.ts';
import type { Kind } from '../kinds/kind.ts';
import { groupBy } from '../model/group-by.ts';
import type { Desired, Observed } from '../model/resource.ts';
import type { OpenSnapshot } from '../model/snapshot.ts';

/**
 * Asks each object itself before a list's word is taken for it: one read for each difference, and a search by mark or
 * name for whatever would be created because it is missing (design 2.9). Kinds are gone through containers first,
 * since what is confirmed of a container decides what can be asked about its contents.
 *
 * @param resources which of the wanted ones are asked for
 */
export async function confirm(
  snapshot: OpenSnapshot,
  { kinds, reader }: PlanContext,
  resources: Iterable<Desired>,
): Promise<void> {
  const byKind = groupBy(resources, ({ kind }) => kind);
  for (const kind of kinds) {
    if (snapshot.unreadable.has(kind.name)) continue;
    const open = (byKind.get(kind.name) ?? []).flatMap((resource) => openQuestion(kind, resource, snapshot));
    const answers = await Promise.all(
      open.map(async ({ resource, stale }) => {
        if (stale === undefined) return await kind.observe.search(reader, resource, snapshot);
        const found = await Promise.all(stale.map((live) => kind.observe.reread(reader, live, snapshot)));
        return found.flatMap((live) => live ?? []);
      }),
    );
    for (const { stale = [] } of open) for (const { id } of stale) snapshot.drop(id);
    for (const object of answers.flat()) snapshot.put(object);
  }
}

interface Question {
  readonly resource: Desired;
  /** What is asked for anew; absent: nothing was found, and it is searched for. */
  readonly stale?: readonly Observed[];
}

function openQuestion(kind: Kind, resource: Desired, snapshot: OpenSnapshot): readonly Question[] {
  const { match, changes } = decide(kind, resource, snapshot);
  const isPinUnseen = match.is === 'blocked' && match.code === 'NOT_FOUND';
  if (match.is === 'none' || isPinUnseen) return [{ resource }];
  if (match.is !== 'one' || changes.length === 0) return [];
  return [{ resource, stale: [match.live, ...(match.leftovers ?? [])] }];
}

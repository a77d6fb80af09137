import type { PlanContext } from '../kinds/context.ts';
import type { Kind } from '../kinds/kind.ts';
import { isRefused } from '../model/errors.ts';
import type { OpenSnapshot } from '../model/snapshot.ts';

/**
 * Lists what is live, kind by kind, containers first, so that what is inside them can be asked for.
 *
 * A kind whose list is refused is noted as unreadable and the rest goes on: its resources will be blocked, not created.
 */
export async function discover(
  snapshot: OpenSnapshot,
  { kinds, reader }: PlanContext,
  isMeant: (kind: Kind) => boolean = () => true,
): Promise<void> {
  for (const kind of kinds) {
    if (!isMeant(kind)) continue;
    try {
      const { objects, uses, incomplete } = await kind.observe.list(
        reader,
        snapshot.wanted.ofKind(kind.name),
        snapshot,
      );
      for (const object of objects) snapshot.put(object);
      snapshot.register(uses);
      if (incomplete !== undefined) snapshot.mayLack(kind.name, incomplete);
    } catch (error) {
      if (!isRefused(error, 401, 403)) throw error;
      snapshot.cannotRead(kind.name, error.message);
    }
  }
}

import type { PlanContext } from '../kinds/context.ts';
import type { LiveId } from '../model/address.ts';
import type { Observed } from '../model/resource.ts';
import type { OpenSnapshot } from '../model/snapshot.ts';

/**
 * Before something goes, or stops, for want of uses, each object that it holds or grants is asked for its uses itself: one
 * list of an instance's registrations may leave out what this login may not see (design 2.9, 6).
 */
export async function askForUses(
  snapshot: OpenSnapshot,
  { kinds, reader }: PlanContext,
  endangered: readonly LiveId[],
): Promise<void> {
  const { live } = snapshot;
  const asked = new Set<Observed>();
  for (const id of endangered) {
    for (const object of [live.get(id), ...live.inside(id)]) {
      if (object !== undefined && object.life.is !== 'lost') asked.add(object);
    }
  }
  const answers = await Promise.all([...asked].map((object) => kinds.of(object).observe.usesOf(reader, object)));
  snapshot.register(answers.flat());
}

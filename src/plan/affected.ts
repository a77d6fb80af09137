import type { Affected, Condition } from '../model/change.ts';
import type { Changes } from '../model/changes.ts';
import { parseCrn } from '../model/crn.ts';
import { groupBy } from '../model/group-by.ts';
import { given } from '../model/json.ts';
import type { Use } from '../model/relation.ts';
import type { Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { instanceOf } from '../model/uses.ts';
import { userOf } from '../services/table.ts';
import { lingerDays, registrationEnds } from '../services/window.ts';

/**
 * Names who uses a key: from what was observed, else from what its own API said, else by its CRN. A deployment stands there
 * once, however many of its volumes are registered.
 */
export function affectedBy(uses: readonly Use[], snapshot: Snapshot): readonly Affected[] {
  const seen = new Map<string, Affected>();
  for (const [user, own] of groupBy(uses, ({ on, by }) => `${on} ${userOf(by)}`)) {
    const [{ on, by: registrant } = { on: '', by: '' }] = own;
    const by = userOf(registrant);
    const volumes = new Set(own.flatMap((use) => (use.by === by ? [] : [use.by]))).size;
    const instance = instanceOf(by);
    const live = snapshot.live.get(instance);
    const external = snapshot.externalUsers.get(instance);
    const affected = given({
      on,
      by,
      name: live?.name ?? external?.name ?? by,
      service: parseCrn(by)?.service ?? external?.service ?? '',
      address: snapshot.declaredAs(instance)?.address,
      deletedAt: live === undefined ? external?.deletedAt : deletionOf(live),
      reclaimedAt: live === undefined ? external?.reclaimedAt : reclamationOf(live),
      preventsDeletion: own.some(({ preventsDeletion }) => preventsDeletion),
    });
    seen.set(user, volumes === 0 ? affected : { ...affected, volumes });
  }
  return [...seen.values()].sort((left, right) => (left.by + left.on < right.by + right.on ? -1 : 1));
}

function deletionOf({ life }: Observed): string | undefined {
  return life.is === 'restorable' ? life.since : undefined;
}

function reclamationOf({ life }: Observed): string | undefined {
  return life.is === 'restorable' ? life.until : undefined;
}

/** When a use ends: a date once its user is deleted, so many days after a deletion that this plan brings, or not known. */
interface EndOfUse {
  readonly latest?: string;
  readonly daysAfterDeletion?: number;
}

/** Until none of these uses is left. */
export function unusedOnce(affected: readonly Affected[], changes: Changes): Condition {
  return {
    when: 'unused',
    on: [...new Set(affected.map(({ on }) => on))].sort(),
    by: [...new Set(affected.map(({ by }) => by))].sort(),
    ...endOfUses(affected, changes),
  };
}

/** When the last of these uses ends; nothing, as long as that is not known of each. */
export function endOfUses(affected: readonly Affected[], changes: Changes): EndOfUse {
  const ends = affected.map((use) => endOfUse(use, changes));
  const dates = ends.flatMap(({ latest }) => latest ?? []).sort();
  const days = ends.flatMap(({ daysAfterDeletion }) => daysAfterDeletion ?? []);
  const [last] = dates.slice(-1);
  if (dates.length + days.length < ends.length) return {};
  if (days.length > 0) return { daysAfterDeletion: Math.max(...days) };
  return given({ latest: last });
}

function endOfUse({ by, service, deletedAt, reclaimedAt, preventsDeletion }: Affected, changes: Changes): EndOfUse {
  // It holds its key until it is reclaimed.
  if (preventsDeletion && reclaimedAt !== undefined) return { latest: reclaimedAt };
  if (deletedAt !== undefined) return given({ latest: registrationEnds(service, deletedAt) });
  return changes.deleting(instanceOf(by)) === undefined ? {} : given({ daysAfterDeletion: lingerDays(service) });
}

import { type Affected, blocked, type Condition } from '../../model/change.ts';
import { instanceCrnOf } from '../../model/crn.ts';
import { isServed, liveGrants, needOf } from '../../rules/outlive.ts';
import { affectedBy, endOfUse } from '../affected.ts';
import type { Draft } from '../draft.ts';
import type { Guard } from './guard.ts';

/** A deletion waits until nothing uses its object any more, or is blocked where waiting does not help. */
export const inUse: Guard = ({ change, effect }, draft) => {
  if (change.verb !== 'delete' || effect.hit.length === 0) return undefined;
  const affected = affectedBy(effect.hit, draft.snapshot);
  const stuck = affected.find((use) => isStuck(use, draft));
  if (stuck !== undefined) return blocked('STUCK_REGISTRATION', bringBack(stuck, draft));
  const ends = affected.map((use) => endOfUse(use, draft.changes));
  const dates = ends.flatMap(({ latest }) => latest ?? []).sort();
  const days = ends.flatMap(({ daysAfterDeletion }) => daysAfterDeletion ?? []);
  const certain = ends.every(({ latest }) => latest !== undefined);
  const coming = !certain && ends.every((end) => end.latest !== undefined || end.daysAfterDeletion !== undefined);
  const last = dates.at(-1);
  const unused: Condition = {
    when: 'unused',
    on: [...new Set(affected.map(({ on }) => on))].sort(),
    by: [...new Set(affected.map(({ by }) => by))].sort(),
    ...(certain && last !== undefined ? { latest: last } : {}),
    ...(coming ? { daysAfterDeletion: Math.max(...days) } : {}),
  };
  return { is: 'deferred', until: [unused] };
};

/** Gone for longer than its window, and nothing authorizes its service to unregister. */
function isStuck(use: Affected, { snapshot, changes }: Draft): boolean {
  const { latest } = endOfUse(use, changes);
  if (latest === undefined || Date.parse(latest) > snapshot.now.getTime()) return false;
  return !isServed(needOf(use, snapshot), liveGrants(snapshot));
}

/** What to say of a registration that its service may no longer remove: the authorization that must come back. */
function bringBack({ on, by, service }: Affected, { kinds, snapshot }: Draft): string {
  const vault = instanceCrnOf(on);
  const declared = snapshot.meaning(vault)?.mark.name;
  return [
    `${by} is gone for longer than its window and is still registered: nothing authorizes ${service} to unregister it.`,
    'Bring the authorization back; it can go again once the registration is gone:',
    kinds.suggest([{ so: 'unregisters', service, on: vault, declared, roles: ['Reader'] }]).yaml,
  ].join('\n');
}

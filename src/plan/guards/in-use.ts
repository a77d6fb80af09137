import { type Affected, blocked, type Condition } from '../../model/change.ts';
import { instanceCrnOf } from '../../model/crn.ts';
import { grantFor, isServed, liveGrants } from '../../rules/outlive.ts';
import { affectedBy, endOfUses } from '../affected.ts';
import type { Draft } from '../draft.ts';
import type { Guard } from './guard.ts';

/**
 * Defers a delete until no use depends on the object: a key in use, or an authorization that a use still needs. Where waiting
 * does not help it is blocked. A cryptoshred needs consent instead; what is reclaimed or purged is deleted already.
 */
export const inUse: Guard = ({ change, effect }, draft) => {
  if (change.verb !== 'delete' || effect.endsUses.length === 0) return undefined;
  const affected = affectedBy(effect.endsUses, draft.snapshot);
  const stuck = affected.find((use) => cannotUnregister(use, draft));
  if (stuck !== undefined) return blocked('STUCK_REGISTRATION', suggestAuthorization(stuck, draft));
  const unused: Condition = {
    when: 'unused',
    on: [...new Set(affected.map(({ on }) => on))].sort(),
    by: [...new Set(affected.map(({ by }) => by))].sort(),
    ...endOfUses(affected, draft.changes),
  };
  return { is: 'deferred', until: [unused] };
};

/** The user was deleted longer ago than its registration can linger, and its service is no longer authorized to unregister. */
function cannotUnregister(use: Affected, { snapshot, changes }: Draft): boolean {
  const { latest } = endOfUses([use], changes);
  if (latest === undefined || Date.parse(latest) > snapshot.now.getTime()) return false;
  return !isServed(use, liveGrants(snapshot), snapshot);
}

/** What to say of a registration that its service may no longer remove: the authorization that must come back. */
function suggestAuthorization({ on, by, service }: Affected, { kinds, snapshot }: Draft): string {
  const grant = grantFor({ on, by }, snapshot);
  const instance = instanceCrnOf(on);
  const declared = snapshot.declaredAs(instance)?.mark.name;
  return [
    `${by} is gone for longer than its window and is still registered: nothing authorizes ${service} to unregister it.`,
    'Bring the authorization back; it can go again once the registration is gone:',
    kinds.suggest([{ purpose: 'unregisters', ...grant, on: instance, declared }]).yaml,
  ].join('\n');
}

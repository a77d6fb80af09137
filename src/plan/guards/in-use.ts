import { type Affected, blocked, type Change } from '../../model/change.ts';
import { instanceCrnOf } from '../../model/crn.ts';
import type { Use } from '../../model/relation.ts';
import { grantFor, isServed, liveGrants } from '../../rules/outlive.ts';
import { affectedBy, endOfUses, unusedOnce } from '../affected.ts';
import type { Draft, Effect } from '../draft.ts';
import type { Guard } from './guard.ts';

/**
 * Defers a delete until no use depends on the object: a key in use, or an authorization that a use still needs. A cryptoshred needs consent instead; what is reclaimed or purged is deleted already.
 */
export const inUse: Guard = ({ change, effect }, draft) => {
  const uses = usesToEnd(change, effect);
  if (uses.length === 0) return undefined;
  return { is: 'deferred', until: [unusedOnce(affectedBy(uses, draft.snapshot), draft.changes)] };
};

/** Waiting does not help where a registration outlives its user: nothing authorizes the service to remove it. */
export const stuck: Guard = ({ change, effect }, draft) => {
  const outlived = affectedBy(usesToEnd(change, effect), draft.snapshot).find((use) => cannotUnregister(use, draft));
  return outlived && blocked('STUCK_REGISTRATION', suggestAuthorization(outlived, draft));
};

/** By force a key goes although it is used, but not while a user prevents that. */
function usesToEnd({ verb }: Change, { endsUses }: Effect): readonly Use[] {
  if (verb === 'delete') return endsUses;
  return verb === 'cryptoshred' ? endsUses.filter(({ preventsDeletion }) => preventsDeletion) : [];
}

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

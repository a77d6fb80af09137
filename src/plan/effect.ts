import type { Change } from '../model/change.ts';
import { groupBy } from '../model/group-by.ts';
import { given } from '../model/json.ts';
import type { Grant, Relations, Use } from '../model/relation.ts';
import type { Desired, Observed } from '../model/resource.ts';
import { isDeletion } from '../model/verbs.ts';
import { covers } from '../rules/coverage.ts';
import {
  type Grants,
  grantsThat,
  isRead,
  isServed,
  liveGrants,
  needsOf,
  onlyGrants,
  stranded,
} from '../rules/outlive.ts';
import { knownFrom } from '../rules/propagation.ts';
import { mayDelegate, mayRead } from '../services/roles.ts';
import { replacementGrants } from './after.ts';
import type { Draft, Effect } from './draft.ts';
import { judged } from './served.ts';

const none: Effect = { endsUses: [], endsDelegation: [], movesUses: [] };

export function effectOf(change: Change, desired: Desired, live: Observed | undefined, draft: Draft): Effect {
  if (live === undefined) return none;
  if (change.verb === 'update') return effectOfUpdate(live, draft);
  if (change.verb === 'disable') return { ...none, endsUses: draft.snapshot.uses.on(live.id) };
  return isDeletion(change.verb) ? effectOfDeletion(change, desired, live, draft) : none;
}

/**
 * What is on it or inside it, and what its grants serve and nothing else would: neither as things are nor as the updates of
 * this plan will leave them, since nobody can say which comes first.
 */
function effectOfDeletion(change: Change, desired: Desired, live: Observed, draft: Draft): Effect {
  const { snapshot, after } = draft;
  const { layout } = snapshot.live;
  const uses = usesUnder(live, draft);
  const replacement = replacementGrants(change, desired, snapshot);
  const lost = draft.remaining.map((kept) => {
    const { layout: view } = kept.grants;
    // Most deletions have no replacement, and are spared the question.
    const more = replacement.length === 0 ? undefined : judged(onlyGrants(replacement, view), snapshot);
    const isLost = (use: Use): boolean => !kept.serves(use) && more?.serves(use) !== true;
    const isReadOn = (use: Use): boolean => kept.reads(use) || more?.reads(use) === true;
    return partsOf(unserved(uses, onlyGrants(live.relations.grants, view), isLost, draft), live, isReadOn);
  });
  const ends = lost.flatMap(({ reading }) => reading);
  const endsDelegation = lost.flatMap(({ delegation }) => delegation);
  const awaiting = awaitingPropagation(
    without(endsDelegation, uses),
    onlyGrants(live.relations.grants, layout),
    after.grants(layout, 'done'),
    draft,
  );
  return given({ endsUses: [...snapshot.uses.on(live.id), ...ends], endsDelegation, movesUses: [], awaiting });
}

function without(some: readonly Use[], uses: readonly Use[]): readonly Use[] {
  const left = new Set(uses);
  for (const use of some) left.delete(use);
  return [...left];
}

/** Uses that the grants of this object may serve, now or once this plan is done, and all that nothing is known to serve. */
function usesUnder({ relations }: Observed, { snapshot, unservedOn, after }: Draft): readonly Use[] {
  const serving = relations.grants.filter(({ roles }) => mayRead(roles) || mayDelegate(roles));
  const under = serving.flatMap((grant) => [
    ...snapshot.uses.under(grant),
    ...unservedOn(grant.target),
    ...after.usesMovedTo(grant.target),
  ]);
  return [...new Set(under)];
}

/**
 * Uses that nothing serves afterwards: what these grants serve now, and what no grant is known to serve. Not served before
 * never means not served.
 */
function unserved(
  uses: readonly Use[],
  own: Grants,
  isLost: (use: Use) => boolean,
  { snapshot, isServedNow }: Draft,
): readonly Use[] {
  const isOurs = (use: Use): boolean => !isServedNow(use) || isServed(use, own, snapshot);
  return uses.flatMap((use) => (isLost(use) && isOurs(use) ? [use] : []));
}

function reads({ grants }: Relations): boolean {
  return grants.some(({ roles }) => mayRead(roles));
}

function delegates({ grants }: Relations): boolean {
  return grants.some(({ roles }) => mayDelegate(roles));
}

/**
 * Uses that lose their key, and those that lose only what their backups need: this object's doing where it may read keys, and
 * where it holds the role of a delegator.
 */
function partsOf(lost: readonly Use[], { relations }: Observed, isReadOn: (use: Use) => boolean) {
  const parts = groupBy(lost, isReadOn);
  return {
    reading: reads(relations) ? (parts.get(false) ?? []) : [],
    delegation: delegates(relations) ? (parts.get(true) ?? []) : [],
  };
}

/**
 * Narrowed roles, or a move to where an authorization does not reach. The updates of a plan are judged together, and each
 * answers for the uses that it touches. What is deleted still counts: it goes only when no use depends on it.
 */
function effectOfUpdate(live: Observed, draft: Draft): Effect {
  const { snapshot, after } = draft;
  const next = after.relations(live);
  const isMoved = next.inside !== live.relations.inside;
  if (!isMoved && next.grants === live.relations.grants) return none;
  const { layout } = snapshot.live;
  const own = onlyGrants(live.relations.grants, layout);
  const later = after.grants(after.layout, 'kept');
  const touched = isMoved ? snapshot.uses.on(live.id) : narrowedUses(live, own, later, draft);
  const now = liveGrants(snapshot);
  const lost = touched.filter((use) => !isServed(use, later, snapshot));
  const isReadOn = (use: Use): boolean => isRead(use, later, snapshot);
  const { reading, delegation } = isMoved ? { reading: lost, delegation: [] } : partsOf(lost, live, isReadOn);
  if (reading.length > 0) return { ...none, endsUses: reading };
  const propagated = grantsThat((grant) => knownFrom(grant) <= snapshot.now.getTime(), now);
  const awaiting = awaitingPropagation(without(delegation, touched), isMoved ? propagated : own, later, draft);
  return given({ endsUses: [], endsDelegation: delegation, movesUses: isMoved ? touched : [], awaiting });
}

/**
 * Uses that grants serve and would not with other roles; of those that nothing is known to serve, all where they read no more,
 * and where they delegate no more those that go on reading.
 *
 * @param later what all will be granted
 */
function narrowedUses(live: Observed, own: Grants, later: Grants, draft: Draft): readonly Use[] {
  const { snapshot, after, isServedNow } = draft;
  const next = after.relations(live);
  const uses = usesUnder(live, draft);
  const endsReading = reads(live.relations) && !reads(next);
  const endsDelegation = delegates(live.relations) && !delegates(next);
  const unknown = uses.flatMap((use) =>
    !isServedNow(use) && (endsReading || (endsDelegation && isRead(use, later, snapshot))) ? [use] : [],
  );
  return [...stranded(uses, own, onlyGrants(next.grants, own.layout), snapshot), ...unknown];
}

/**
 * Uses that are served now, and afterwards only by grants that services may not know yet: what this plan makes or changes, and
 * what was made or changed a moment ago. Without a wait their service would be refused its key for that moment.
 *
 * @param later serves each of them in the end
 */
function awaitingPropagation(
  uses: readonly Use[],
  before: Grants,
  later: Grants,
  { snapshot, after, isServedNow }: Draft,
): Effect['awaiting'] {
  const now = snapshot.now.getTime();
  const isPropagated = (grant: Grant): boolean => after.isLive(grant) && knownFrom(grant) <= now;
  const served = uses.flatMap((use) => (isServedNow(use) ? [use] : []));
  const waiting = stranded(served, before, grantsThat(isPropagated, later), snapshot);
  if (waiting.length === 0) return undefined;
  const dates = waiting.map((use) => {
    const serving = needsOf(use, snapshot).flatMap((need) =>
      later
        .grantsFor(need)
        .filter((grant) => after.isLive(grant) && !isPropagated(grant) && covers(grant, need, later.layout)),
    );
    return serving.length === 0 ? undefined : Math.min(...serving.map(knownFrom));
  });
  const known = dates.filter((date) => date !== undefined);
  const from = known.length === dates.length ? new Date(Math.max(...known)).toISOString() : undefined;
  return { uses: waiting, until: given({ when: 'known' as const, from }) };
}

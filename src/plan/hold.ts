import type { Kind } from '../kinds/kind.ts';
import type { Known } from '../kinds/known.ts';
import type { LiveId } from '../model/address.ts';
import type { Affected, Blocked, Change, Condition, Status } from '../model/change.ts';
import { containersAmongLive, isWholeService, isWithin } from '../model/containment.ts';
import type { Grant, Use } from '../model/relation.ts';
import type { Desired, Inventory, Observed } from '../model/resource.ts';
import { isDeletion, rowOf } from '../model/verbs.ts';
import { allUses, grantsWithout, type Shift, stranded, usesWithin } from '../rules/outlive.ts';
import { knownFrom } from '../rules/propagation.ts';
import { affectedBy, endOfUse, groupOf } from './affected.ts';
import { afterUpdates } from './after-updates.ts';
import { alsoDeclared } from './also-declared.ts';
import { authorizeFirst, bringBack } from './bring-back.ts';
import { leaningOn } from './leaning.ts';
import { heirsOf } from './replace.ts';
import { holdCreate } from './usable.ts';

export interface Holding {
  readonly kinds: readonly Kind[];
  readonly desired: readonly Desired[];
  readonly inventory: Inventory;
  readonly known: Known;
  readonly now: Date;
  /** The words of `--allow`. */
  readonly consents: ReadonlySet<string>;
  /** All changes of the plan: what goes together is judged together. */
  readonly changes: readonly Change[];
}

/**
 * Sets what a change must wait for, and what it may never do: nothing goes while a use would be stranded. It sets
 * `status` and shows whom a change hits; it hides nothing.
 */
export function hold(change: Change, holding: Holding): Change {
  if (change.status.is === 'blocked') return change;
  if (change.verb === 'create') return holdCreate(change, holding);
  const live = holding.inventory.objects.find(({ id }) => id === change.target?.id);
  if (live === undefined) return change;
  if (change.verb === 'update') return holdUpdate(change, live, holding);
  if (change.verb === 'disable') return holdStop(change, live, holding);
  if (!isDeletion(change.verb)) return change;
  const uses = allUses(holding.inventory);
  const containers = containersAmongLive(holding.inventory.objects);
  const onIt = usesWithin(live.id, uses, containers);
  const served = servedBy(live, uses, heirsOf(change, holding), holding);
  const affected = affectedBy([...onIt, ...served], holding);
  const leaning = leaningOn(uses, shiftBy(live, holding), holding);
  const hit = affectedBy([...onIt, ...served, ...(leaning?.uses ?? [])], holding);
  const kind = holding.kinds.find(({ name }) => name === live.kind);
  const told = kind?.consequences(change.verb, live, holding.inventory.objects) ?? [];
  const remarks = [...(change.remarks ?? []), ...told];
  const shown = {
    ...change,
    ...(remarks.length > 0 ? { remarks } : {}),
    ...(hit.length > 0 ? { blastRadius: hit } : {}),
  };
  const stop =
    alsoDeclared(change, holding) ??
    prevented(shown) ??
    notEmpty(live, holding) ??
    unlisted(live, holding) ??
    needsConsent(shown, live, holding);
  if (stop !== undefined) return { ...shown, status: stop };
  const waits = change.verb === 'delete' && affected.length > 0 ? waiting(affected, holding) : undefined;
  if (waits !== undefined) return { ...shown, status: waits };
  if (leaning !== undefined) return { ...shown, status: { is: 'deferred', until: [leaning.until] } };
  // A second step waits for the first whatever the API would say to it now.
  if (change.status.is === 'deferred') return shown;
  return { ...shown, status: gateOf(kind, change, live, holding) };
}

function containersOf({ inventory }: Holding): ReturnType<typeof containersAmongLive> {
  return containersAmongLive(inventory.objects);
}

function gateOf(kind: Kind | undefined, { verb, address, status }: Change, live: Observed, holding: Holding): Status {
  const own = holding.desired.find((resource) => resource.address === address);
  return kind === undefined || own === undefined ? status : kind.gate(verb, live, holding.now, own.spec);
}

function blocked(code: Blocked['code'], message: string, allow?: string): Blocked {
  return { is: 'blocked', code, message, ...(allow === undefined ? {} : { allow }) };
}

/** Ids that this plan ends, other than by waiting for ever: judged together, lest each leans on the other. */
function endedBy({ changes }: Holding): ReadonlySet<LiveId> {
  return new Set(changes.flatMap(({ verb, target }) => (isDeletion(verb) && target ? [target.id] : [])));
}

/**
 * Uses that this object's grants serve and nothing else would: neither as things are nor as the updates of this plan will
 * leave them, since nobody can say which comes first.
 */
function servedBy(live: Observed, uses: readonly Use[], heirs: readonly Grant[], holding: Holding): readonly Use[] {
  if (live.relations.grants.length === 0) return [];
  const { objects } = holding.inventory;
  const later = afterUpdates(holding);
  const before = { grants: live.relations.grants, containers: containersAmongLive(objects) };
  const grants = [...grantsWithout(later, new Set([...endedBy(holding), live.id])), ...heirs];
  return [objects, later].flatMap((some) =>
    stranded(uses, { before, after: { grants, containers: containersAmongLive(some) } }, groupOf(holding)),
  );
}

/** What serves uses now, and once this object is gone, as far as it is live. */
function shiftBy(live: Observed, holding: Holding): Shift {
  const grants = grantsWithout(afterUpdates(holding), new Set([...endedBy(holding), live.id]));
  const containers = containersOf(holding);
  return { before: { grants: live.relations.grants, containers }, after: { grants, containers } };
}

/** A retention policy is never overruled. */
function prevented({ verb, blastRadius = [] }: Change): Blocked | undefined {
  const keepers = blastRadius.filter(({ preventsDeletion }) => preventsDeletion);
  if (keepers.length === 0 || (verb !== 'delete' && verb !== 'cryptoshred')) return undefined;
  const names = keepers.map(({ name, by }) => (name === by ? by : `"${name}" (${by})`)).join(', ');
  const message = `${names} has a retention policy and prevents the deletion of its key, even by force`;
  return blocked('DELETION_PREVENTED', `${message}; end the retention there first`);
}

/** What is inside must go first, whoever owns it. What can be restored does not stand in the way. */
function notEmpty(live: Observed, holding: Holding): Blocked | undefined {
  const ended = endedBy(holding);
  const { objects } = holding.inventory;
  const containers = containersAmongLive(objects);
  const inside = objects.filter(
    ({ id, life, marks, relations }) =>
      id !== live.id &&
      (life.is === 'active' || life.is === 'settling') &&
      // A ring's own default goes with its instance.
      (marks.length > 0 || relations.wraps !== undefined) &&
      !ended.has(id) &&
      isWithin(live.id, id, containers),
  );
  if (inside.length === 0) return undefined;
  const names = inside.map(({ name, id }) => `"${name}" (${id})`).join(', ');
  return blocked('NOT_EMPTY', `${live.id} still holds ${names}; delete or move what is inside first`);
}

/** Whom a grant to a whole service serves cannot be told: its instances are not all listed. */
function unlisted(live: Observed, { inventory }: Holding): Blocked | undefined {
  const [hidden] = live.relations.grants.length > 0 ? inventory.unreadable : [];
  if (hidden !== undefined) {
    const message = `whom this authorization serves cannot be told, since a list is refused: ${hidden.message}`;
    return blocked('UNREADABLE', message);
  }
  const lost = live.relations.grants.find(({ target }) => target.startsWith('guid:'));
  if (lost !== undefined) {
    const message = `this authorization is about ${lost.target}, which is not among the instances that are asked who needs it`;
    return blocked(
      'UNREADABLE',
      `${message}; declare that instance with \`existing: true\` and its \`crn\`, or delete this policy yourself if the instance is gone`,
    );
  }
  const whole = live.relations.grants.find(({ target }) => isWholeService(target));
  if (whole === undefined) return undefined;
  const message = `this authorization covers every instance of ${whole.target.slice('service:'.length)}`;
  return blocked('UNREADABLE', `${message}, and not all of them can be asked who needs it; delete it yourself`);
}

function needsConsent({ address, verb }: Change, live: Observed, holding: Holding): Blocked | undefined {
  const kind = holding.kinds.find(({ name }) => name === live.kind);
  const cost = kind?.costOfDeletion(live, holding.inventory.objects);
  const { consent } = rowOf(verb);
  const asks = consent?.when === 'always' || (consent?.when === 'costly' && cost !== undefined);
  const allow = `${verb}:${address}`;
  if (!asks || holding.consents.has(allow)) return undefined;
  const what = consent.why?.(live.id) ?? `deleting ${live.id} costs more than it: ${cost}`;
  return blocked('CONSENT_NEEDED', `${what}; \`--allow ${allow}\` consents to it`, allow);
}

/** What stops serving its users needs a consent while it has any. */
function holdStop(change: Change, live: Observed, holding: Holding): Change {
  const affected = affectedBy(usesWithin(live.id, allUses(holding.inventory), containersOf(holding)), holding);
  if (affected.length === 0) return change;
  const shown = { ...change, blastRadius: affected };
  const allow = `${change.verb}:${change.address}`;
  if (holding.consents.has(allow)) return shown;
  const message = rowOf(change.verb).consent?.why?.(live.id) ?? '';
  return { ...shown, status: blocked('CONSENT_NEEDED', `${message}; \`--allow ${allow}\` consents to it`, allow) };
}

/** What a deletion waits for, or why waiting does not help. */
function waiting(affected: readonly Affected[], holding: Holding): Status {
  const stuck = affected.find((use) => isStuck(use, holding));
  if (stuck !== undefined) {
    return blocked('STUCK_REGISTRATION', bringBack(stuck, holding.desired, holding.known));
  }
  const ends = affected.map((use) => endOfUse(use, holding));
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
}

/** Gone for longer than its window, and nothing authorizes its service to unregister. */
function isStuck(use: Affected, holding: Holding): boolean {
  const { latest } = endOfUse(use, holding);
  if (latest === undefined || Date.parse(latest) > holding.now.getTime()) return false;
  const { objects } = holding.inventory;
  const containers = containersAmongLive(objects);
  const served = {
    before: { grants: [everyGrant(use)], containers },
    after: { grants: objects.flatMap(({ relations }) => relations.grants), containers },
  };
  return stranded([use], served, groupOf(holding)).length > 0;
}

/** A grant that serves this use for certain, to see whether any real one does. */
function everyGrant({ service, on }: Affected): Grant {
  return { source: { service }, target: on, roles: ['Manager'] };
}

/**
 * Narrowed roles, or a move to where an authorization does not reach. The updates of a plan are judged together, and each
 * answers for the uses that it touches. What is deleted still counts: it goes only when nobody leans on it.
 */
function holdUpdate(change: Change, live: Observed, holding: Holding): Change {
  const { objects } = holding.inventory;
  const later = afterUpdates(holding);
  const next = later.find(({ id }) => id === live.id) ?? live;
  const isMoved = next.relations.inside !== live.relations.inside;
  if (!isMoved && next.relations.grants === live.relations.grants) return change;
  const containers = containersAmongLive(objects);
  const uses = allUses(holding.inventory);
  const touched = isMoved
    ? usesWithin(live.id, uses, containers)
    : stranded(
        uses,
        {
          before: { grants: live.relations.grants, containers },
          after: { grants: next.relations.grants, containers },
        },
        groupOf(holding),
      );
  const shift = {
    before: { grants: grantsWithout(objects, new Set()), containers },
    after: { grants: grantsWithout(later, new Set()), containers: containersAmongLive(later) },
  };
  const lost = stranded(touched, shift, groupOf(holding));
  if (lost.length === 0) {
    const now = isMoved
      ? shift.before.grants.filter((grant) => knownFrom(grant) <= holding.now.getTime())
      : live.relations.grants;
    const leaning = leaningOn(touched, { before: { grants: now, containers }, after: shift.after }, holding);
    const shown = isMoved || leaning !== undefined ? showUses(change, leaning?.uses ?? touched, holding) : change;
    return leaning === undefined ? shown : { ...shown, status: { is: 'deferred', until: [leaning.until] } };
  }
  const affected = affectedBy(lost, holding);
  const names = affected.map(({ name, service }) => `"${name}" (${service})`).join(', ');
  const message = `this would leave ${names} without an authorization for its key`;
  const remedy = `authorize it otherwise first and apply that, or leave this as it is:`;
  const yaml = authorizeFirst(affected, holding.desired, holding.known);
  const status = blocked('WOULD_STRAND', `${message}; ${remedy}\n${yaml}`);
  return { ...change, blastRadius: affected, status };
}

/** Whom a move concerns, although it strands nobody. */
function showUses(change: Change, uses: readonly Use[], holding: Holding): Change {
  return uses.length === 0 ? change : { ...change, blastRadius: affectedBy(uses, holding) };
}

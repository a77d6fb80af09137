import { type Decision, decide } from '../decide/decide.ts';
import { erasureOf } from '../decide/delete.ts';
import { orphansOf } from '../decide/orphans.ts';
import { withTombstones } from '../decide/tombstone.ts';
import type { Kind, Kinds } from '../kinds/kind.ts';
import type { Change, Plan, Status } from '../model/change.ts';
import { indexChanges } from '../model/changes.ts';
import { given } from '../model/json.ts';
import { isOurs, otherStacks } from '../model/ownership.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Desired, Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isPresent } from '../model/wanted.ts';
import { affectedBy } from './affected.ts';
import { afterPlan } from './after.ts';
import { applyGuards } from './apply-guards.ts';
import type { Draft } from './draft.ts';
import { evidenceIn } from './evidence.ts';
import { checksumOf, fingerprintOf } from './fingerprint.ts';
import { firstStepsInTurn, joinHalves, link, spread } from './link.ts';
import { order } from './order.ts';
import { outsideOf, scopeOf } from './scope.ts';
import { judged, servedNow } from './served.ts';

/**
 * Desired × live → Plan: inert, and the same bytes for the same snapshot. Each resource is decided, each change judged beside
 * all others, linked, ordered, and what is held spread along.
 *
 * @param endpoints for the plan's header: see `Plan`
 */
export function makePlan(input: PlanInput, snapshot: Snapshot, kinds: Kinds, endpoints: string): Plan {
  const { wanted, catalog } = snapshot;
  const isMeant = scopeOf(wanted, input.targets);
  const { changes, ...told } = decideAll(snapshot, kinds);
  // What is left out is not done: no change that is may count on it, and whatever waits for it waits.
  const meant = changes.filter(({ address }) => isMeant(address));
  const indexed = indexChanges(meant);
  const known = new Map<Change, Change>();
  const judge = (change: Change): Change => {
    const judgement = known.get(change) ?? applyGuards(change, draft);
    known.set(change, judgement);
    return judgement;
  };
  const after = afterPlan(meant, snapshot);
  const draft: Draft = {
    kinds,
    snapshot,
    changes: indexed,
    after,
    remaining: [snapshot.live.layout, after.layout].map((layout) => judged(after.grants(layout, 'done'), snapshot)),
    ...servedNow(snapshot),
    ...evidenceIn(snapshot, kinds, indexed, judge),
  };
  const judgedChanges = joinHalves(firstStepsInTurn(meant.map(judge)));
  const ordered = spread(order(link(judgedChanges, changes, snapshot), kinds, wanted), snapshot, isMeant);
  const isShown = ({ address }: { readonly address: string }): boolean => isMeant(address);
  const claimed = new Set(changes.flatMap(({ target }) => target?.id ?? []));
  const plan = {
    formatVersion: 1,
    stack: input.stack,
    ...given({ formerStack: input.formerStack }),
    account: catalog.account,
    endpoints,
    ...given({ maxDeletes: input.maxDeletes }),
    targets: [...new Set(input.targets)].sort(),
    ...(input.prune ? { prune: input.prune } : {}),
    desired: [...wanted.all()]
      .flatMap((resource) => (resource.pruned ? [] : [resource]))
      .sort((left, right) => (left.address < right.address ? -1 : 1)),
    changes: ordered,
    outside: outsideOf(changes, isMeant),
    notes: told.notes.filter(isShown),
    settling: told.settling.filter(isMeant).sort(),
    impaired: told.impaired.filter(isShown),
    posture: told.posture.filter(isShown),
    finished: told.finished.filter(isShown),
    orphans: withTombstones(kinds, orphansOf(kinds, input, snapshot, claimed), snapshot),
    consents: [...snapshot.consents].sort(),
    fingerprint: fingerprintOf(catalog.account, ordered),
  } as const;
  return { ...plan, checksum: checksumOf(plan) };
}

type Told = Pick<Plan, 'changes' | 'notes' | 'settling' | 'finished' | 'impaired' | 'posture'>;

function decideAll(snapshot: Snapshot, kinds: Kinds): Told {
  const all = [...kinds].flatMap((kind) => {
    const refusal = snapshot.unreadable.get(kind.name);
    const unread = refusal && `its list is refused: ${refusal}`;
    const lacking = kind.identity.duplicates ? snapshot.incomplete.get(kind.name) : undefined;
    return snapshot.wanted.ofKind(kind.name).map((resource): Partial<Told> => {
      if (unread !== undefined) return { changes: [blockedByScope(resource, unread)] };
      const decision = decide(kind, resource, snapshot);
      // It may be there, and nothing would refuse a second one; nor is it known to be gone.
      if (lacking !== undefined && decision.match.is === 'none')
        return { changes: [blockedByScope(resource, lacking)] };
      return tell(kind, resource, decision, snapshot);
    });
  });
  return {
    changes: all.flatMap(({ changes = [] }) => changes),
    notes: all.flatMap(({ notes = [] }) => notes),
    settling: all.flatMap(({ settling = [] }) => settling),
    finished: all.flatMap(({ finished = [] }) => finished),
    impaired: all.flatMap(({ impaired = [] }) => impaired),
    posture: all.flatMap(({ posture = [] }) => posture),
  };
}

/** What a plan says of one resource. */
function tell(kind: Kind, resource: Desired, decision: Decision, snapshot: Snapshot): Partial<Told> {
  const { address } = resource;
  const { changes, notes, match } = decision;
  const live = match.is === 'one' ? match.live : undefined;
  const lacking = live === undefined ? snapshot.incomplete.get(kind.name) : undefined;
  if (decision.finished && lacking !== undefined) {
    const unproven = { address, field: 'state', text: `not known to be deleted: ${lacking}` };
    return { changes, notes: resource.pruned ? notes : [...notes, unproven] };
  }
  if (decision.finished) {
    return { changes, notes, finished: resource.pruned ? [] : [finishedAt(kind, resource, live)] };
  }
  if (live === undefined) return { changes, notes };
  const doubts = isPresent(resource) ? kind.advisories.doubts(resource, live, snapshot) : [];
  return {
    changes,
    notes: [...notes, ...doubts.flatMap(({ field, text, isDrift }) => (isDrift ? [] : [{ address, field, text }]))],
    impaired: [
      ...impairments(kind, resource, live),
      ...doubts.flatMap(({ text, isDrift }) => (isDrift ? [text] : [])),
    ].map((why) => ({ address, why })),
    posture: kind.advisories
      .posture(live, () => usersOf(live, snapshot), snapshot.now)
      .map((text) => ({ address, text })),
    settling: live.life.is === 'settling' ? [address] : [],
  };
}

function usersOf({ id }: Observed, snapshot: Snapshot): readonly string[] {
  return affectedBy(snapshot.uses.on(id), snapshot).map(({ name }) => name);
}

/** Why it does not do its work, or not for this stack alone. */
function impairments(kind: Kind, resource: Desired, live: Observed): readonly string[] {
  const resting = live.impaired === undefined || kind.lifecycle.isStopped(resource.spec);
  const others = kind.ownership.marks === 'carried' && isOurs(resource, live) ? otherStacks(resource, live) : [];
  const stacks = others.map((stack) => `"${stack}"`).join(' and ');
  return [
    ...(resting ? [] : [live.impaired ?? '']),
    ...(others.length === 0 ? [] : [`it carries the mark of stack ${stacks} as well: one of them must forget it`]),
  ];
}

function finishedAt(kind: Kind, { address }: Desired, live: Observed | undefined): Plan['finished'][number] {
  return given({
    address,
    restorableUntil: live?.life.is === 'restorable' ? live.life.until : undefined,
    erase: live && erasureOf(kind, address, live),
  });
}

function blockedByScope({ address, spec }: Desired, why: string): Change {
  const status: Status = {
    is: 'blocked',
    code: 'UNREADABLE',
    message: `nothing can be concluded about ${address}, since ${why}`,
  };
  const verb = spec.state === 'absent' ? 'delete' : 'create';
  const because = spec.state === 'absent' ? 'declared-absent' : 'missing';
  return { address, verb, because, fields: [], after: [], status };
}

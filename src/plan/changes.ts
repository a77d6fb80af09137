import { decide, type Grounds } from '../decide/decide.ts';
import { erasureOf } from '../decide/delete.ts';
import { identify } from '../decide/match.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Lexicon } from '../kinds/known.ts';
import type { Address } from '../model/address.ts';
import type { Change, Plan, Status } from '../model/change.ts';
import { containersAmongLive } from '../model/containment.ts';
import { isOurs, otherStacks } from '../model/ownership.ts';
import type { Desired, Inventory, Note, Observed } from '../model/resource.ts';
import { allUses, usesWithin } from '../rules/outlive.ts';
import { affectedBy } from './affected.ts';
import { checksumOf, fingerprintOf } from './fingerprint.ts';
import { firstStepsInTurn } from './first-steps.ts';
import { hold } from './hold.ts';
import { link, spread } from './link.ts';
import { order } from './order.ts';
import { orphansOf } from './orphans.ts';
import { joinHalves } from './replace.ts';
import { outsideOf, scopeOf } from './scope.ts';
import { withTombstones } from './tombstone.ts';

export interface PlanInput {
  readonly kinds: readonly Kind[];
  readonly stack: string;
  /** What the stack was called before; absent: it was not renamed. */
  readonly formerStack?: string | undefined;
  readonly endpoints: string;
  readonly desired: readonly Desired[];
  readonly inventory: Inventory;
  readonly lexicon: Lexicon;
  /** The cloud's time: what has become possible by now. No date in a plan comes from it. */
  readonly now: Date;
  /** The words of `--allow`. */
  readonly consents: readonly string[];
  /** `safety.maxDeletes`; absent: the default. */
  readonly maxDeletes: number | undefined;
  /** The addresses of `--target`; none: everything is meant. */
  readonly targets: readonly Address[];
  /** `--prune`; what it ends is among `desired`. */
  readonly prune?: true;
}

/** Desired × live → Plan: inert, and the same bytes for the same input. */
export function makePlan(input: PlanInput): Plan {
  const { kinds, desired, inventory, lexicon, now } = input;
  const known = identify(kinds, desired, inventory.objects, lexicon);
  const consents = new Set(input.consents);
  const grounds: Grounds = { objects: inventory.objects, uses: allUses(inventory), known, now, consents };
  const isMeant = scopeOf(desired, input.targets);
  const { changes, notes, settling, finished, impaired, posture } = decideAll(input, grounds);
  // What is left out is not done: no change that is may count on it, and whatever waits for it waits.
  const meant = changes.filter(({ address }) => isMeant(address));
  const holding = { kinds, desired, inventory, known, now, consents, changes: meant };
  const held = joinHalves(firstStepsInTurn(meant.map((change) => hold(change, holding))));
  const { objects } = inventory;
  const linked = held.map((change) => link(change, changes, { desired, objects, known }));
  const kindOf = new Map(desired.map(({ address, kind }) => [address, kind]));
  const ordered = order(
    spread(linked, desired, settling, isMeant),
    kinds.map(({ name }) => name),
    (address) => kindOf.get(address) ?? '',
  );
  const plan = {
    formatVersion: 1,
    stack: input.stack,
    ...(input.formerStack === undefined ? {} : { formerStack: input.formerStack }),
    account: lexicon.account,
    endpoints: input.endpoints,
    ...(input.maxDeletes === undefined ? {} : { maxDeletes: input.maxDeletes }),
    targets: [...new Set(input.targets)].sort(),
    ...(input.prune ? { prune: input.prune } : {}),
    desired: desired.filter(({ pruned }) => !pruned).sort((left, right) => (left.address < right.address ? -1 : 1)),
    changes: ordered,
    outside: outsideOf(changes, isMeant),
    notes: notes.filter(({ address }) => isMeant(address)),
    settling: [...settling.keys()].filter(isMeant).sort(),
    impaired: impaired.filter(({ address }) => isMeant(address)),
    posture: posture.filter(({ address }) => isMeant(address)),
    finished: finished.filter(({ address }) => isMeant(address)),
    orphans: withTombstones(orphansOf(input, changes, known), input, known),
    consents: [...consents].sort(),
    fingerprint: fingerprintOf(lexicon.account, ordered),
  } as const;
  return { ...plan, checksum: checksumOf(plan) };
}

interface Decided {
  readonly changes: readonly Change[];
  readonly notes: readonly Note[];
  readonly settling: ReadonlyMap<Address, Observed>;
  readonly finished: Plan['finished'];
  readonly impaired: Plan['impaired'];
  readonly posture: Plan['posture'];
}

function decideAll(input: PlanInput, grounds: Grounds): Decided {
  const { kinds, desired, inventory } = input;
  const settling = new Map<Address, Observed>();
  const changes: Change[] = [];
  const notes: Note[] = [];
  const finished: Plan['finished'][number][] = [];
  const impaired: Plan['impaired'][number][] = [];
  const posture: Plan['posture'][number][] = [];
  for (const kind of kinds) {
    const unreadable = inventory.unreadable.find((scope) => scope.kind === kind.name);
    for (const resource of desired.filter((candidate) => candidate.kind === kind.name)) {
      if (unreadable !== undefined) {
        changes.push(blockedByScope(resource, unreadable.message));
        continue;
      }
      const decision = decide(kind, resource, grounds);
      changes.push(...decision.changes);
      notes.push(...decision.notes);
      const live = decision.match.is === 'one' ? decision.match.live : undefined;
      if (decision.finished && resource.pruned) continue;
      if (decision.finished) finished.push(finishedAt(kind, resource, live));
      else impaired.push(...impairments(kind, resource, live).map((why) => ({ address: resource.address, why })));
      if (!decision.finished && live !== undefined) posture.push(...postureOf(kind, resource, live, input, grounds));
      if (!decision.finished && live?.life.is === 'settling') settling.set(resource.address, live);
    }
  }
  return { changes, notes, settling, finished, impaired, posture };
}

function postureOf(
  kind: Kind,
  { address }: Desired,
  live: Observed,
  { desired, inventory }: PlanInput,
  { known, uses, now, objects }: Grounds,
): Plan['posture'] {
  const onIt = usesWithin(live.id, uses, containersAmongLive(objects));
  const users = affectedBy(onIt, { desired, inventory, known, changes: [] }).map(({ name }) => name);
  return kind.posture(live, users, now).map((text) => ({ address, text }));
}

/** Why it does not do its work, or not for this stack alone. */
function impairments(kind: Kind, resource: Desired, live: Observed | undefined): readonly string[] {
  if (live === undefined) return [];
  const resting = live.impaired === undefined || kind.rests(resource.spec);
  const others = kind.marks === 'carried' && isOurs(resource, live) ? otherStacks(resource, live) : [];
  const stacks = others.map((stack) => `"${stack}"`).join(' and ');
  return [
    ...(resting ? [] : [live.impaired ?? '']),
    ...(others.length === 0 ? [] : [`it carries the mark of stack ${stacks} as well: one of them must forget it`]),
  ];
}

function finishedAt(kind: Kind, { address }: Desired, live: Observed | undefined): Plan['finished'][number] {
  const until = live?.life.is === 'restorable' ? live.life.until : undefined;
  const erase = live === undefined ? undefined : erasureOf(kind, address, live);
  return {
    address,
    ...(until === undefined ? {} : { restorableUntil: until }),
    ...(erase === undefined ? {} : { erase }),
  };
}

function blockedByScope({ address, spec }: Desired, message: string): Change {
  const status: Status = {
    is: 'blocked',
    code: 'UNREADABLE',
    message: `nothing can be concluded about ${address}, since its list is refused: ${message}`,
  };
  const verb = spec.state === 'absent' ? 'delete' : 'create';
  const because = spec.state === 'absent' ? 'declared-absent' : 'missing';
  return { address, verb, because, fields: [], after: [], status };
}

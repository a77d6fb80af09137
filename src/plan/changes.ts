import { decide } from '../kinds/decide.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Lexicon } from '../kinds/known.ts';
import { identify } from '../kinds/pair.ts';
import type { Address } from '../model/address.ts';
import type { Change, Condition, Plan, Status } from '../model/change.ts';
import type { Desired, Inventory, Note, Observed } from '../model/resource.ts';
import { order } from './order.ts';

export interface PlanInput {
  readonly kinds: readonly Kind[];
  readonly stack: string;
  readonly endpoints: string;
  readonly desired: readonly Desired[];
  readonly inventory: Inventory;
  readonly lexicon: Lexicon;
  /** For the hour within which a mark counts as lost; no date in a plan comes from it. */
  readonly now: Date;
}

/** Desired × live → Plan: inert, and the same bytes for the same input. */
export function makePlan(input: PlanInput): Plan {
  const { kinds, desired, inventory, lexicon } = input;
  const known = identify(kinds, desired, inventory.objects, lexicon);
  const settling = new Map<Address, Observed>();
  const changes: Change[] = [];
  const notes: Note[] = [];
  for (const kind of kinds) {
    const unreadable = inventory.unreadable.find((scope) => scope.kind === kind.name);
    for (const resource of desired.filter((candidate) => candidate.kind === kind.name)) {
      if (unreadable !== undefined) {
        changes.push(blockedByScope(resource, unreadable.message));
        continue;
      }
      const decision = decide(kind, resource, inventory.objects, known, input.now);
      changes.push(...decision.changes);
      notes.push(...decision.notes);
      if (decision.match.is === 'one' && decision.match.live.life.is === 'settling') {
        settling.set(resource.address, decision.match.live);
      }
    }
  }
  const linked = changes.map((change) => link(change, changes, desired));
  const held = spread(linked, desired, settling);
  const kindOf = new Map(desired.map(({ address, kind }) => [address, kind]));
  return {
    formatVersion: 1,
    stack: input.stack,
    account: lexicon.account,
    endpoints: input.endpoints,
    desired: [...desired].sort((left, right) => (left.address < right.address ? -1 : 1)),
    changes: order(
      held,
      kinds.map(({ name }) => name),
      (address) => kindOf.get(address) ?? '',
    ),
    notes,
    settling: [...settling.keys()].sort(),
  };
}

function blockedByScope({ address }: Desired, message: string): Change {
  const status: Status = {
    is: 'blocked',
    code: 'UNREADABLE',
    message: `nothing can be concluded about ${address}, since its list is refused: ${message}`,
  };
  return { address, verb: 'create', because: 'missing', fields: [], after: [], status };
}

/** Waits for the changes of what it depends on. */
function link(change: Change, all: readonly Change[], desired: readonly Desired[]): Change {
  const depends = desired.find(({ address }) => address === change.address)?.dependsOn ?? [];
  return { ...change, after: depends.filter((address) => all.some((other) => other.address === address)) };
}

/** Deferred and blocked spread along dependencies; what is still settling defers what needs it. */
function spread(
  changes: readonly Change[],
  desired: readonly Desired[],
  settling: ReadonlyMap<Address, Observed>,
): readonly Change[] {
  const waits = (change: Change, current: readonly Change[]): readonly Condition[] => {
    const depends = desired.find(({ address }) => address === change.address)?.dependsOn ?? [];
    return depends.flatMap((address): readonly Condition[] => {
      const held = current.some((other) => other.address === address && other.status.is !== 'ready');
      const live = settling.get(address);
      return [
        ...(held ? [{ when: 'done' as const, address }] : []),
        ...(live !== undefined ? [{ when: 'settled' as const, id: live.id }] : []),
      ];
    });
  };
  let current = changes;
  for (;;) {
    const next = current.map((change): Change => {
      if (change.status.is !== 'ready') return change;
      const until = waits(change, current);
      return until.length === 0 ? change : { ...change, status: { is: 'deferred', until } };
    });
    if (next.every((change, index) => change === current[index])) return next;
    current = next;
  }
}

import type { Address, LiveId } from '../model/address.ts';
import { containersAmongLive, isWithin } from '../model/containment.ts';
import type { Explanation, KeyState } from '../model/explanation.ts';
import type { Desired, Inventory, Observed } from '../model/resource.ts';
import { stateInWords } from '../model/state.ts';
import { isRemoval } from '../model/verbs.ts';
import { concerns } from '../rules/coverage.ts';
import { allUses, needOf, usesWithin } from '../rules/outlive.ts';
import { affectedBy, groupOf } from './affected.ts';
import { makePlan, type PlanInput } from './changes.ts';
import { find } from './look.ts';

/**
 * Everything that is known of one declared resource: its state, who uses it, what authorizes that, and what would block
 * its deletion, which is the plan for it being declared absent.
 *
 * @param address is declared
 */
export function explain(input: PlanInput, address: Address): Explanation {
  const { desired, inventory } = input;
  const { kind, known, match: found } = find(input, address);
  if (found.is !== 'one') return { formatVersion: 1, address, posture: [], fields: [], uses: [], keys: [], grants: [] };
  const { live } = found;
  const uses = usesOf(live, input);
  const addressOf = (id: LiveId) => desired.find((resource) => known.id(resource.address) === id)?.address;
  const affected = affectedBy(uses, { desired, inventory, known, changes: [] });
  const users = affected.filter(({ on }) => on === live.id).map(({ name }) => name);
  const { changes } = makePlan({ ...input, desired: withAbsent(desired, address) });
  const own = changes.filter((change) => change.address === address);
  // The first of two steps is not the end; what blocks it blocks both.
  const end = own.find(({ status }) => status.is === 'blocked') ?? own.find(({ verb }) => isRemoval(verb)) ?? own[0];
  return {
    formatVersion: 1,
    address,
    live: {
      id: live.id,
      name: live.name,
      state: stateInWords(live.life, live.impaired),
      marks: live.marks,
      ...(live.madeBy === undefined ? {} : { madeBy: live.madeBy }),
      ...(live.madeAt === undefined ? {} : { madeAt: live.madeAt }),
      history: kind.history(live),
    },
    posture: kind.posture(live, users, input.now),
    fields: kind.describe(live, known).flatMap(({ field, value, wish }) => (wish ? [] : [{ field, value }])),
    uses: affected,
    keys: [...new Set(live.relations.needs.map(({ on }) => on))].sort().map((id) => keyAt(id, inventory, addressOf)),
    grants: grantsAbout(live, input, addressOf),
    ...(end === undefined ? {} : { deletion: { verb: end.verb, status: end.status } }),
  };
}

function withAbsent(desired: readonly Desired[], address: Address): readonly Desired[] {
  return desired.map((resource) =>
    resource.address === address
      ? { ...resource, spec: { ...resource.spec, existing: false, state: 'absent' as const } }
      : resource,
  );
}

/** Uses on it or inside it; for an authorization, the uses that it serves. */
function usesOf(live: Observed, { inventory }: PlanInput) {
  const containers = containersAmongLive(inventory.objects);
  const all = allUses(inventory);
  const group = groupOf({ inventory });
  const served = all.filter((use) =>
    live.relations.grants.some((grant) => concerns(grant, needOf(use, group), containers)),
  );
  return [...usesWithin(live.id, all, containers), ...served];
}

function keyAt(id: LiveId, { objects }: Inventory, addressOf: (id: LiveId) => Address | undefined): KeyState {
  const key = objects.find((object) => object.id === id);
  const address = addressOf(id);
  const state = key === undefined ? 'not in scope' : stateInWords(key.life, key.impaired);
  return { id, ...(address === undefined ? {} : { address }), state };
}

/** Live authorizations about this object: on it or what holds it, serving its needs, or the object itself. */
function grantsAbout(
  live: Observed,
  { inventory }: PlanInput,
  addressOf: (id: string) => Address | undefined,
): Explanation['grants'] {
  const containers = containersAmongLive(inventory.objects);
  return inventory.objects.flatMap((object) =>
    object.relations.grants
      .filter(
        (grant) =>
          object.id === live.id ||
          (live.relations.grants.length === 0 && isWithin(grant.target, live.id, containers)) ||
          live.relations.needs.some((need) => concerns(grant, need, containers)),
      )
      .map((grant) => {
        const address = addressOf(object.id);
        const { source, target, roles } = grant;
        return { id: object.id, ...(address ? { address } : {}), source: source.service, target, roles };
      }),
  );
}

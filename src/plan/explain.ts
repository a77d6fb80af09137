import { copyOf, match } from '../decide/match.ts';
import type { PlanContext } from '../kinds/context.ts';
import type { Address, LiveId } from '../model/address.ts';
import { holdersOf } from '../model/containment.ts';
import type { Explanation, KeyState } from '../model/explanation.ts';
import { given } from '../model/json.ts';
import type { PlanInput } from '../model/plan-input.ts';
import { ANY_GROUP, type Grant, type Party } from '../model/relation.ts';
import type { Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { stateInWords } from '../model/state.ts';
import { isRemoval } from '../model/verbs.ts';
import { indexWanted, isPresent } from '../model/wanted.ts';
import { concerns } from '../rules/coverage.ts';
import { needsOf } from '../rules/outlive.ts';
import { affectedBy } from './affected.ts';
import { makePlan } from './make-plan.ts';

/**
 * Everything that is known of one declared resource: its state, who uses it, what authorizes that, and what would block
 * its deletion, which is the plan for it being declared absent.
 *
 * @param address is declared
 */
export function explain(
  input: PlanInput,
  snapshot: Snapshot,
  { kinds, endpoints }: Pick<PlanContext, 'kinds' | 'endpoints'>,
  address: Address,
): Explanation {
  const own = snapshot.wanted.get(address);
  if (own === undefined) throw new Error(`${address} is not declared`);
  const kind = kinds.of(own);
  const found = match(kind, own, snapshot);
  if (found.is !== 'one') return { formatVersion: 1, address, posture: [], fields: [], uses: [], keys: [], grants: [] };
  const { live } = found;
  const affected = affectedBy([...snapshot.uses.on(live.id), ...servedBy(live, snapshot)], snapshot);
  const users = affected.filter(({ on }) => on === live.id).map(({ name }) => name);
  const doubts = isPresent(own) ? kind.advisories.doubts(own, live, snapshot) : [];
  const doubted = new Set(doubts.map(({ on }) => on));
  const { changes } = makePlan(input, withAbsent(snapshot, kinds, address), kinds, endpoints);
  const about = changes.filter((change) => change.address === address);
  // The first of two steps is not the end; what blocks it blocks both.
  const end =
    about.find(({ status }) => status.is === 'blocked') ?? about.find(({ verb }) => isRemoval(verb)) ?? about[0];
  return {
    formatVersion: 1,
    address,
    live: {
      id: live.id,
      name: live.name,
      state: stateInWords(live.life, live.impaired),
      marks: live.marks,
      ...given({ madeBy: live.madeBy, madeAt: live.madeAt }),
      history: kind.advisories.history(live),
    },
    posture: [...kind.advisories.posture(live, () => users, snapshot.now), ...doubts.map(({ text }) => text)],
    fields: kind.describe(live, snapshot).flatMap(({ field, value, wish }) => (wish ? [] : [{ field, value }])),
    uses: affected,
    keys: [...new Set([...live.relations.needs.map(({ on }) => on), ...doubted])]
      .sort()
      .map((id) => (doubted.has(id) ? { ...keyAt(id, snapshot), unregistered: true } : keyAt(id, snapshot))),
    grants: grantsAbout(live, snapshot),
    ...(end === undefined ? {} : { deletion: { verb: end.verb, status: end.status } }),
  };
}

function withAbsent(snapshot: Snapshot, kinds: PlanContext['kinds'], address: Address): Snapshot {
  const desired = [...snapshot.wanted.all()].map((resource) =>
    resource.address === address
      ? { ...resource, spec: { ...resource.spec, existing: false, state: 'absent' as const } }
      : resource,
  );
  return copyOf(snapshot, kinds, indexWanted(desired));
}

/** Of an authorization, the uses that it serves. */
function servedBy({ relations }: Observed, snapshot: Snapshot) {
  return relations.grants.flatMap((grant) =>
    snapshot.uses
      .under(grant)
      .filter((use) => needsOf(use, snapshot).some((need) => concerns(grant, need, snapshot.live.layout))),
  );
}

function keyAt(id: LiveId, { live, declaredAs }: Snapshot): KeyState {
  const key = live.get(id);
  const state = key === undefined ? 'not in scope' : stateInWords(key.life, key.impaired);
  return given({ id, address: declaredAs(id)?.address, state });
}

/** Live authorizations about this object: on it or what holds it, serving its needs, or the object itself. */
function grantsAbout(own: Observed, { live, declaredAs }: Snapshot): Explanation['grants'] {
  const holders = new Set(holdersOf(own.id, live.containers));
  const isAbout = (grant: Grant): boolean =>
    (own.relations.grants.length === 0 && holders.has(grant.target)) ||
    own.relations.needs.some((need) => concerns(grant, need, live.layout));
  return [...live.all()].flatMap((object) =>
    object.relations.grants
      .filter((grant) => object.id === own.id || isAbout(grant))
      .map(({ source, target, roles, opaque }) =>
        given({
          id: object.id,
          address: declaredAs(object.id)?.address,
          source: sourceName(source),
          target,
          roles,
          notUnderstood: opaque,
        }),
      ),
  );
}

/** Who is authorized, in a word or a few. */
function sourceName({ service, resourceGroup }: Party): string {
  if (service !== undefined) return service;
  if (resourceGroup === undefined) return 'unknown';
  return resourceGroup === ANY_GROUP ? 'every resource group' : `resource group ${resourceGroup}`;
}

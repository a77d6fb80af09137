import type { Kind } from '../kinds/kind.ts';
import type { Known, Lexicon } from '../kinds/known.ts';
import { type LiveId, sameMark } from '../model/address.ts';
import { pending } from '../model/change.ts';
import { instanceCrnOf, isCrn, parseCrn } from '../model/crn.ts';
import { formerAmong, marksOf } from '../model/ownership.ts';
import type { ProblemCode } from '../model/problem-codes.ts';
import type { Desired, Observed } from '../model/resource.ts';

/** Which live object a resource is. */
export type Match =
  | { readonly is: 'none' }
  | {
      readonly is: 'one';
      readonly live: Observed;
      readonly by: 'pin' | 'mark' | 'former-mark' | 'identity' | 'meets';
      /** Others with its mark, whose place it takes: what an unfinished replace has left. */
      readonly leftovers?: readonly Observed[];
    }
  | { readonly is: 'blocked'; readonly code: ProblemCode; readonly message: string };

/**
 * Resolution goes pin → mark → former marks → identity (design 4). Objects that somebody else's machinery keeps are never
 * matched, except by an `existing` resource.
 *
 * @param objects all that was observed; those of other kinds are passed over
 */
export function match(kind: Kind, desired: Desired, objects: readonly Observed[], known: Known): Match {
  const ofKind = objects.filter((object) => object.kind === kind.name);
  const pin = pinIn(desired);
  const marked = ofKind.filter(({ marks }) => marks.some((mark) => sameMark(mark, desired.mark)));
  if (pin !== undefined) return pinned(desired, pin, ofKind, marked);
  if (desired.spec.existing) {
    const met = kind.meets(desired, ofKind, known);
    if (met) return { is: 'one', live: met, by: 'meets' };
  }
  const halves = kind.can('replace') ? replaced(kind, desired, ofKind, marked, known) : undefined;
  if (halves !== undefined) return halves;
  if (kind.can('replace') && marked.length > 1) return severalHalves(kind, desired, marked, known);
  if (marked.length > 0) return single(desired, standing(marked), 'mark');
  const before = ofKind.filter(({ marks }) => formerAmong(marks, desired).length > 0);
  if (before.length > 0) return single(desired, standing(before), 'former-mark');
  const identity = kind.identity(desired, known);
  const same = ofKind.filter((object) => identity === object.identity && object.managedBy === undefined);
  if (same.length > 0) return single(desired, standing(same), 'identity');
  return kept(kind, ofKind, identity) ?? elsewhere(kind, desired, ofKind, known);
}

/** One that somebody else's machinery keeps is never ours; where its API refuses a second one, none can be made beside it. */
function kept(kind: Kind, objects: readonly Observed[], identity: string | undefined): Match | undefined {
  const other = objects.find((object) => object.identity === identity && object.managedBy !== undefined);
  return other === undefined || kind.twins === 'possible' ? undefined : managedElsewhere(other);
}

function managedElsewhere({ id, managedBy = '' }: Observed): Match {
  const message = `${id} is the one that is meant, and ${managedBy} made it and keeps it, so it is never adopted`;
  return { is: 'blocked', code: 'MANAGED_ELSEWHERE', message: `${message}; \`existing: true\` uses it as it is` };
}

/** The one live object that the manifest says it is. */
export function pinIn({ spec: { crn, policyId } }: Desired): LiveId | undefined {
  return crn ?? (policyId === undefined ? undefined : `${POLICY}${policyId}`);
}

export function isStanding({ life }: Observed): boolean {
  return life.is === 'active' || life.is === 'settling';
}

/** One that is being used comes before one that was deleted under the same mark or name: of twins, one was. */
function standing(found: readonly Observed[]): readonly Observed[] {
  const alive = found.filter(isStanding);
  return alive.length > 0 ? alive : found;
}

/** As it is pasted into a manifest; an instance's CRN ends in colons, which YAML reads as a key unless it is quoted. */
export function pinOf(id: LiveId): string {
  return id.startsWith(POLICY) ? `policyId: ${id.slice(POLICY.length)}` : `crn: ${JSON.stringify(id)}`;
}

const POLICY = 'policy:';

function pinned(desired: Desired, pin: LiveId, objects: readonly Observed[], marked: readonly Observed[]): Match {
  const live = objects.find(({ id }) => id === pin);
  const other = marked.find(({ id }) => id !== pin);
  if (live === undefined) {
    const message = `${desired.address} is pinned to ${pin}, which is not there or cannot be seen by this login`;
    return { is: 'blocked', code: 'NOT_FOUND', message: `${message}; correct the pin, or remove it` };
  }
  // Where both carry the mark the pin decides; the other one is shown.
  if (other !== undefined && !marked.includes(live)) {
    const message = `${desired.address} is pinned to ${live.id}, but ${other.id} carries its mark`;
    return {
      is: 'blocked',
      code: 'AMBIGUOUS',
      message: `${message}; pin that one with \`${pinOf(other.id)}\`, or take the mark from it first`,
    };
  }
  if (live.managedBy !== undefined && !desired.spec.existing) return managedElsewhere(live);
  return { is: 'one', live, by: 'pin' };
}

/**
 * Of several with our mark, the one that equals what is declared is it, and the others are the unfinished half of a replace
 * (design 4). One that equals it and is not ours takes the place of ours, once it is.
 *
 * @returns undefined where nothing was replaced, or none can be told from the others
 */
function replaced(
  kind: Kind,
  desired: Desired,
  objects: readonly Observed[],
  marked: readonly Observed[],
  known: Known,
): Match | undefined {
  const identity = kind.identity(desired, known);
  const equal = objects.filter((object) => object.identity === identity && object.managedBy === undefined);
  const { state } = desired.spec;
  const own = equal.find((object) => marked.includes(object));
  const goes = state === 'absent' || state === 'forgotten';
  const keeper = own === undefined && !goes && marked.length > 0 ? kept(kind, objects, identity) : undefined;
  if (keeper !== undefined) return keeper;
  // What is to go goes whole, whatever its tombstone says.
  const live = own ?? (goes ? marked[0] : marked.length === 1 ? equal[0] : undefined);
  if (live === undefined) return undefined;
  const leftovers = marked.filter((object) => object !== live);
  return leftovers.length === 0 ? undefined : { is: 'one', live, by: own ? 'mark' : 'identity', leftovers };
}

function single(desired: Desired, found: readonly Observed[], by: 'mark' | 'former-mark' | 'identity'): Match {
  const [live, ...others] = found;
  if (live !== undefined && others.length === 0) return { is: 'one', live, by };
  const ids = found.map(({ id }) => id).join(' and ');
  const pins = found.map(({ id }) => `\`${pinOf(id)}\``).join(' or ');
  const message = `${desired.address} could be ${ids}; pin the one that you mean with ${pins}`;
  return { is: 'blocked', code: 'AMBIGUOUS', message };
}

/** A pin does not tell: none of them is what is declared. Each as the block that is it; JSON is YAML too. */
function severalHalves(kind: Kind, { address, mark }: Desired, found: readonly Observed[], known: Known): Match {
  const blocks = found.map((live) => {
    const members = Object.entries(kind.tombstone(live, () => undefined, known));
    const written = members.map(([member, value]) => `${member}: ${JSON.stringify(value)}`).join(', ');
    return `\`${mark.name}: { ${written} }\``;
  });
  const ids = found.map(({ id }) => id).join(' and ');
  const remedy = `declare the one that is to stay and apply that, and the others go: ${blocks.join(' or ')}`;
  return { is: 'blocked', code: 'AMBIGUOUS', message: `${address} could be ${ids}; ${remedy}` };
}

/** The same name and service in another resource group is never twinned. */
function elsewhere(kind: Kind, desired: Desired, objects: readonly Observed[], known: Known): Match {
  const kinship = kind.kinship(desired, known);
  const kin = objects.find((object) => kinship !== undefined && object.kinship === kinship && isStanding(object));
  if (kin === undefined) return { is: 'none' };
  const group = kin.resourceGroup === undefined ? undefined : known.groupName(kin.resourceGroup);
  const where = group === undefined ? 'another resource group' : `group ${JSON.stringify(group)}`;
  const place = group === undefined ? '`resourceGroup` to that group' : `\`resourceGroup: ${JSON.stringify(group)}\``;
  const message = `an instance of this name and service exists in ${where} (${kin.id})`;
  const remedy = `set ${place}, choose another name, or pin it with \`${pinOf(kin.id)}\``;
  return { is: 'blocked', code: 'IN_ANOTHER_GROUP', message: `${message}; ${remedy}` };
}

/**
 * What is known once these objects have been observed: containers must be paired before what is inside them.
 *
 * @param kinds in registry order, which is containers first
 */
export function identify(
  kinds: readonly Kind[],
  desired: readonly Desired[],
  objects: readonly Observed[],
  lexicon: Lexicon,
  /** Ids that are known from elsewhere, for example from a create a moment ago. */
  made: ReadonlyMap<string, LiveId> = new Map(),
): Known {
  const ids = new Map(made);
  const guids = new Map<string, LiveId>();
  const know = (id: LiveId): void => {
    const crn = parseCrn(id.split('#')[0] ?? '');
    if (crn !== undefined) guids.set(crn.instance, instanceCrnOf(id.split('#')[0] ?? ''));
  };
  for (const object of objects) if (isCrn(object.id)) know(object.id);
  for (const resource of desired) for (const ref of Object.values(resource.refs)) if (isCrn(ref)) know(ref);
  for (const id of made.values()) if (isCrn(id)) know(id);
  const stacks = new Set(desired.flatMap((one) => marksOf(one).map(({ stack }) => stack)));
  const known: Known = {
    ...lexicon,
    id: (ref) => (ref === undefined ? undefined : isCrn(ref) ? ref : ids.get(ref)),
    idOrPending: (ref) => (isCrn(ref) ? ref : (ids.get(ref) ?? pending(ref))),
    instanceOfGuid: (guid) => guids.get(guid),
    stacks,
    get inScope() {
      return scopeOf(desired, objects, ids, stacks);
    },
  };
  for (const kind of kinds) {
    for (const resource of desired) {
      if (resource.kind !== kind.name || ids.has(resource.address)) continue;
      const found = match(kind, resource, objects, known);
      // A destroyed or reclaiming object keeps its id: it may come back, and what waits for it must find it.
      const there = found.is === 'one' && found.live.life.is !== 'failed' && found.live.life.is !== 'lost';
      if (there) ids.set(resource.address, found.live.id);
    }
  }
  return known;
}

function scopeOf(
  desired: readonly Desired[],
  objects: readonly Observed[],
  ids: ReadonlyMap<string, LiveId>,
  stacks: ReadonlySet<string>,
): readonly LiveId[] {
  const marked = objects.filter(({ marks }) => marks.some(({ stack }) => stacks.has(stack))).map(({ id }) => id);
  const targets = desired.flatMap(({ relations }) => relations.grants.map(({ target }) => target));
  const referred = [...desired.flatMap(({ refs }) => Object.values(refs)), ...targets].filter(isCrn);
  const crns = [...ids.values(), ...marked, ...referred].filter((id) => isCrn(id) && !id.includes('#'));
  // An instance in reclamation answers nobody.
  const closed = new Set(
    objects.filter(({ life }) => life.is !== 'active' && life.is !== 'settling').map(({ id }) => id),
  );
  return [...new Set(crns.map(instanceCrnOf))].filter((id) => !closed.has(id)).sort();
}

import { type LiveId, sameMark } from '../model/address.ts';
import { pending } from '../model/change.ts';
import { instanceCrnOf, isCrn, parseCrn } from '../model/crn.ts';
import type { ProblemCode } from '../model/problem-codes.ts';
import type { Desired, Observed } from '../model/resource.ts';
import type { Kind } from './kind.ts';
import type { Known, Lexicon } from './known.ts';

/** Which live object a resource is. */
export type Match =
  | { readonly is: 'none' }
  | {
      readonly is: 'one';
      readonly live: Observed;
      readonly by: 'pin' | 'mark' | 'identity' | 'meets';
      /** Others with its mark, whose place it takes: what an unfinished replace has left. */
      readonly leftovers?: readonly Observed[];
    }
  | { readonly is: 'blocked'; readonly code: ProblemCode; readonly message: string };

/**
 * Resolution goes pin → mark → identity (design 4). Objects that somebody else's machinery keeps are never matched,
 * except by an `existing` resource.
 *
 * @param objects all that was observed; those of other kinds are passed over
 */
export function match(kind: Kind, desired: Desired, objects: readonly Observed[], known: Known): Match {
  const ofKind = objects.filter((object) => object.kind === kind.name);
  const pin = desired.spec.crn ?? (desired.spec.policyId === undefined ? undefined : `policy:${desired.spec.policyId}`);
  const marked = ofKind.filter(({ marks }) => marks.some((mark) => sameMark(mark, desired.mark)));
  if (pin !== undefined) return pinned(desired, pin, ofKind, marked);
  if (desired.spec.existing) {
    const met = kind.meets(desired, ofKind, known);
    if (met) return { is: 'one', live: met, by: 'meets' };
  }
  const halves = kind.can('replace') ? replaced(kind, desired, ofKind, marked, known) : undefined;
  if (halves !== undefined) return halves;
  if (marked.length > 0) return single(kind, desired, marked, 'mark');
  const identity = kind.identity(desired, known);
  const same = ofKind.filter((object) => identity === object.identity && object.managedBy === undefined);
  // One that is being used comes before one that was deleted under the same name.
  const standing = same.filter(({ life }) => life.is === 'active' || life.is === 'settling');
  if (same.length > 0) return single(kind, desired, standing.length > 0 ? standing : same, 'identity');
  return elsewhere(kind, desired, ofKind, known);
}

function pinned(desired: Desired, pin: LiveId, objects: readonly Observed[], marked: readonly Observed[]): Match {
  const live = objects.find(({ id }) => id === pin);
  const other = marked.find(({ id }) => id !== pin);
  if (live === undefined) {
    const message = `${desired.address} is pinned to ${pin}, which is not there or cannot be seen by this login`;
    return { is: 'blocked', code: 'NOT_FOUND', message: `${message}; correct the pin, or remove it` };
  }
  if (other !== undefined) {
    const message = `${desired.address} is pinned to ${live.id}, but ${other.id} carries its mark`;
    return {
      is: 'blocked',
      code: 'AMBIGUOUS',
      message: `${message}; pin the one you mean and remove the other's mark`,
    };
  }
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
  // What is to go goes whole, whatever its tombstone says.
  const live =
    own ?? (state === 'absent' || state === 'forgotten' ? marked[0] : marked.length === 1 ? equal[0] : undefined);
  if (live === undefined) return undefined;
  const leftovers = marked.filter((object) => object !== live);
  return leftovers.length === 0 ? undefined : { is: 'one', live, by: own ? 'mark' : 'identity', leftovers };
}

function single(kind: Kind, desired: Desired, found: readonly Observed[], by: 'mark' | 'identity'): Match {
  const [live, ...others] = found;
  if (live !== undefined && others.length === 0) return { is: 'one', live, by };
  const ids = found.map(({ id }) => id).join(' and ');
  const message = `${desired.address} could be ${ids}; ${
    kind.can('replace') ? 'declare it as the one that is to stay: the others go then' : 'pin one with `crn: …`'
  }`;
  return { is: 'blocked', code: 'AMBIGUOUS', message };
}

/** The same name and service in another resource group is never twinned. */
function elsewhere(kind: Kind, desired: Desired, objects: readonly Observed[], known: Known): Match {
  const kinship = kind.kinship(desired, known);
  const kin = objects.find(
    ({ kinship: theirs, life }) =>
      kinship !== undefined && theirs === kinship && (life.is === 'active' || life.is === 'settling'),
  );
  if (kin === undefined) return { is: 'none' };
  const message = `an instance of this name and service exists in another resource group (${kin.id})`;
  return {
    is: 'blocked',
    code: 'IN_ANOTHER_GROUP',
    message: `${message}; set \`resourceGroup\` to that group, choose another name, or pin it with \`crn: ${kin.id}\``,
  };
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
  const known: Known = {
    ...lexicon,
    id: (ref) => (ref === undefined ? undefined : isCrn(ref) ? ref : ids.get(ref)),
    idOrPending: (ref) => (isCrn(ref) ? ref : (ids.get(ref) ?? pending(ref))),
    instanceOfGuid: (guid) => guids.get(guid),
    get inScope() {
      return scopeOf(desired, objects, ids);
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
): readonly LiveId[] {
  const stacks = new Set(desired.map(({ mark }) => mark.stack));
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

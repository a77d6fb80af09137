import type { Kind, Kinds } from '../kinds/kind.ts';
import type { LiveId } from '../model/address.ts';
import { type Blocked, blocked } from '../model/change.ts';
import type { Desired, Observed } from '../model/resource.ts';
import { type OpenSnapshot, openSnapshot, type Snapshot } from '../model/snapshot.ts';
import { isStanding } from '../model/state.ts';
import { isPresent, type Wanted } from '../model/wanted.ts';

/** Which live object a resource is. */
export type Match =
  | { readonly is: 'none' }
  | {
      readonly is: 'one';
      readonly live: Observed;
      readonly by: 'pin' | 'mark' | 'former-mark' | 'identity' | 'satisfied';
      /** Others with its mark, whose place it takes: what an unfinished replace has left. */
      readonly leftovers?: readonly Observed[];
    }
  | Blocked;

/**
 * Resolution goes pin → mark → former marks → identity (design 4). Objects that somebody else's machinery keeps are never
 * matched, except by an `existing` resource.
 */
export function match(kind: Kind, desired: Desired, snapshot: Snapshot): Match {
  const { live } = snapshot;
  const pin = pinIn(desired);
  const marked = live.withMark(kind.name, desired.mark);
  if (pin !== undefined) return pinned(desired, pin, live.get(pin), marked);
  if (desired.spec.existing) {
    const [satisfying] = kind.identity.satisfiedBy(desired, snapshot);
    if (satisfying) return { is: 'one', live: satisfying, by: 'satisfied' };
  }
  const identity = kind.identity.of(desired, snapshot);
  const same = identity === undefined ? [] : live.withIdentity(kind.name, identity);
  const equal = same.filter((one) => one.managedBy === undefined && !(desired.spec.existing && isOpaque(one)));
  // What somebody else's machinery keeps is never ours; where its API refuses a second one, none can be made beside it.
  const kept = kind.identity.duplicates ? undefined : same.find(({ managedBy }) => managedBy !== undefined);
  if (kind.can('replace')) {
    const halves = replaced(desired, { marked, equal, kept });
    if (halves !== undefined) return halves;
    if (marked.length > 1) return severalHalves(kind, desired, marked, snapshot);
  }
  if (marked.length > 0) return single(desired, standing(marked), 'mark');
  const before = new Set(desired.formerMarks?.flatMap((mark) => live.withMark(kind.name, mark)));
  if (before.size > 0) return single(desired, standing([...before]), 'former-mark');
  if (equal.length > 0) return single(desired, standing(equal), 'identity');
  return kept === undefined ? elsewhere(kind, desired, snapshot) : managedElsewhere(kept);
}

/** The live id of a declared resource, for the snapshot to ask. */
export function identifyWith(kinds: Kinds): (desired: Desired, snapshot: Snapshot) => LiveId | undefined {
  return (desired, snapshot) => {
    const found = match(kinds.of(desired), desired, snapshot);
    // A destroyed or reclaiming object keeps its id: it may come back, and what waits for it must find it.
    const isThere = found.is === 'one' && found.live.life.is !== 'failed' && found.live.life.is !== 'lost';
    return isThere ? found.live.id : undefined;
  };
}

/** A snapshot of the same live objects that may be written to; the uses are those that were reviewed. */
export function copyOf(snapshot: Snapshot, kinds: Kinds, wanted: Wanted = snapshot.wanted): OpenSnapshot {
  return openSnapshot({ ...snapshot, wanted, objects: snapshot.live.all() }, identifyWith(kinds));
}

function managedElsewhere({ id, managedBy = '' }: Observed): Match {
  const message = `${id} is the one that is meant, and ${managedBy} made it and keeps it, so it is never adopted`;
  return blocked('MANAGED_ELSEWHERE', `${message}; \`existing: true\` uses it as it is`);
}

/** The one live object that the manifest says it is. */
export function pinIn({ spec: { crn, policyId } }: Desired): LiveId | undefined {
  return crn ?? (policyId === undefined ? undefined : `${POLICY}${policyId}`);
}

/** Whether it cannot be told what it grants: nothing can be met by it. */
function isOpaque({ relations }: Observed): boolean {
  return relations.grants.some(({ opaque }) => opaque !== undefined);
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

function pinned(desired: Desired, pin: LiveId, live: Observed | undefined, marked: readonly Observed[]): Match {
  if (live?.kind !== desired.kind) {
    const message = `${desired.address} is pinned to ${pin}, which is not there or cannot be seen by this login`;
    return blocked('NOT_FOUND', `${message}; correct the pin, or remove it`);
  }
  const other = marked.find(({ id }) => id !== pin);
  // Where both carry the mark the pin decides; the other one is shown.
  if (other !== undefined && !marked.includes(live)) {
    const message = `${desired.address} is pinned to ${live.id}, but ${other.id} carries its mark`;
    const remedy = `pin that one with \`${pinOf(other.id)}\`, or take the mark from it first`;
    return blocked('AMBIGUOUS', `${message}; ${remedy}`);
  }
  if (live.managedBy !== undefined && !desired.spec.existing) return managedElsewhere(live);
  return { is: 'one', live, by: 'pin' };
}

interface Candidates {
  readonly marked: readonly Observed[];
  /** Of its identity, and nobody else's machinery keeps them. */
  readonly equal: readonly Observed[];
  /** Of its identity, and kept by somebody else's machinery. */
  readonly kept: Observed | undefined;
}

/**
 * Of several with our mark, the one that equals what is declared is it, and the others are the unfinished half of a replace
 * (design 4). One that equals it and is not ours takes the place of ours, once it is.
 *
 * @returns undefined where nothing was replaced, or none can be told from the others
 */
function replaced(desired: Desired, { marked, equal, kept }: Candidates): Match | undefined {
  const own = equal.find((object) => marked.includes(object));
  const goes = !isPresent(desired);
  if (own === undefined && !goes && marked.length > 0 && kept !== undefined) return managedElsewhere(kept);
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
  return blocked('AMBIGUOUS', `${desired.address} could be ${ids}; pin the one that you mean with ${pins}`);
}

/** A pin does not tell: none of them is what is declared. Each as the block that is it; JSON is YAML too. */
function severalHalves(kind: Kind, { address, mark }: Desired, found: readonly Observed[], snapshot: Snapshot): Match {
  const blocks = found.map((live) => {
    const members = Object.entries(kind.toManifest.tombstone(live, () => undefined, snapshot));
    const written = members.map(([member, value]) => `${member}: ${JSON.stringify(value)}`).join(', ');
    return `\`${mark.name}: { ${written} }\``;
  });
  const ids = found.map(({ id }) => id).join(' and ');
  const remedy = `declare the one that is to stay and apply that, and the others go: ${blocks.join(' or ')}`;
  return blocked('AMBIGUOUS', `${address} could be ${ids}; ${remedy}`);
}

/** The same name and service in another resource group is never twinned. */
function elsewhere(kind: Kind, desired: Desired, snapshot: Snapshot): Match {
  const kinship = kind.identity.sameNameElsewhere(desired, snapshot);
  const kin = kinship === undefined ? undefined : snapshot.live.sameNameElsewhere(kind.name, kinship).find(isStanding);
  if (kin === undefined) return { is: 'none' };
  const group = kin.resourceGroup === undefined ? undefined : snapshot.catalog.groupName(kin.resourceGroup);
  const where = group === undefined ? 'another resource group' : `group ${JSON.stringify(group)}`;
  const place = group === undefined ? '`resourceGroup` to that group' : `\`resourceGroup: ${JSON.stringify(group)}\``;
  const message = `an instance of this name and service exists in ${where} (${kin.id})`;
  const remedy = `set ${place}, choose another name, or pin it with \`${pinOf(kin.id)}\``;
  return blocked('IN_ANOTHER_GROUP', `${message}; ${remedy}`);
}

import type { Kind, Kinds } from '../kinds/kind.ts';
import type { LiveId } from '../model/address.ts';
import type { Orphan } from '../model/change.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** Each with the block that would end it. */
export function withTombstones(kinds: Kinds, orphans: readonly Orphan[], snapshot: Snapshot): readonly Orphan[] {
  return orphans.map((orphan) => {
    const live = snapshot.live.get(orphan.id);
    // A block of this name would be a second one.
    if (live === undefined || snapshot.wanted.get(orphan.address) !== undefined) return orphan;
    const kind = kinds.of(live);
    const spec = tombstoneOf(kind, live, orphan, (id) => snapshot.declaredAs(id)?.mark.name, snapshot);
    const tombstone = `${kind.block}:\n  ${nameIn(orphan)}: ${inFlow(spec)}`;
    // What the stack marked under its former name only a tombstone ends.
    const prunable = kind.ownership.prunable && orphan.stack === undefined;
    return { ...orphan, tombstone, ...(prunable ? { prunable: true as const } : {}) };
  });
}

/** The map key under which it was declared. */
export function nameIn({ address }: Pick<Orphan, 'address'>): string {
  return address.slice(address.indexOf('.') + 1);
}

/** What a tombstone says: its state, its name where it is not the map key, and what it is found by. */
export function tombstoneOf(
  kind: Kind,
  live: Observed,
  orphan: Orphan,
  refer: (id: LiveId) => string | undefined,
  snapshot: Snapshot,
): JsonObject {
  const named = kind.fields.includes('name') && live.name !== nameIn(orphan) ? { name: live.name } : {};
  return { state: 'absent', ...named, ...kind.toManifest.tombstone(live, refer, snapshot) };
}

/** Words that YAML reads as something else than text. */
const KEYWORDS = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** YAML on one line; JSON's strings are YAML's too. */
function inFlow(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => inFlow(item)).join(', ')}]`;
  if (isObject(value)) {
    const members = Object.entries(value).flatMap(([name, member]) =>
      member === undefined ? [] : [`${name}: ${inFlow(member)}`],
    );
    return `{ ${members.join(', ')} }`;
  }
  const isPlain = typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_-]*$/.test(value) && !KEYWORDS.test(value);
  return isPlain ? value : JSON.stringify(value);
}

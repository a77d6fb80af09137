import type { Kind } from '../kinds/kind.ts';
import type { Known } from '../kinds/known.ts';
import type { LiveId } from '../model/address.ts';
import type { Orphan } from '../model/change.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { Desired, Inventory, Observed } from '../model/resource.ts';

interface Scene {
  readonly kinds: readonly Kind[];
  readonly desired: readonly Desired[];
  readonly inventory: Pick<Inventory, 'objects'>;
}

/** Each with the block that would end it. */
export function withTombstones(orphans: readonly Orphan[], scene: Scene, known: Known): readonly Orphan[] {
  const names = new Map(
    scene.desired.flatMap(({ address, mark }) => {
      const id = known.id(address);
      return id === undefined ? [] : [[id, mark.name] as const];
    }),
  );
  return orphans.map((orphan) => {
    const live = scene.inventory.objects.find(({ id }) => id === orphan.id);
    const kind = scene.kinds.find(({ name }) => name === live?.kind);
    // A block of this name would be a second one.
    const isDeclared = scene.desired.some(({ address }) => address === orphan.address);
    if (live === undefined || kind === undefined || isDeclared) return orphan;
    const spec = tombstoneOf(kind, live, orphan, (id) => names.get(id), known);
    const tombstone = `${kind.block}:\n  ${nameIn(orphan)}: ${inFlow(spec)}`;
    // What the stack marked under its former name only a tombstone ends.
    const prunable = kind.prunable && orphan.stack === undefined;
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
  known: Known,
): JsonObject {
  const named = kind.fields.includes('name') && live.name !== nameIn(orphan) ? { name: live.name } : {};
  return { state: 'absent', ...named, ...kind.tombstone(live, refer, known) };
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

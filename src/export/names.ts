import type { LiveId } from '../model/address.ts';
import { FORBIDDEN_KEYS } from '../model/json.ts';

/** Letters, digits and hyphens; the schema's limit, which marks rely on. */
const MAP_KEY = /^[a-z0-9-]{1,46}$/;
const LONGEST = 46;

/** Something that needs a map key. */
export interface Unnamed {
  readonly id: LiveId;
  /** The map key that its mark gives it already. */
  readonly marked: string | undefined;
  /** What it is called. */
  readonly title: string;
  /** For where nothing is left of its name. */
  readonly fallback: string;
}

/**
 * Map keys for objects of one kind: what a mark says, else the live name, else the name made to fit. The same objects get
 * the same keys, in whatever order they come.
 */
export function giveNames(unnamed: readonly Unnamed[]): ReadonlyMap<LiveId, string> {
  const given = new Map<LiveId, string>();
  const free = freeNames();
  const rank = ({ marked, title }: Unnamed): number => (marked !== undefined ? 0 : isMapKey(title) ? 1 : 2);
  const sorted = [...unnamed].sort(
    (left, right) => rank(left) - rank(right) || compare(left.title, right.title) || compare(left.id, right.id),
  );
  for (const { id, marked, title, fallback } of sorted) {
    given.set(id, free(marked ?? (isMapKey(title) ? title : slug(title, fallback))));
  }
  return given;
}

function isMapKey(text: string): boolean {
  return MAP_KEY.test(text) && !FORBIDDEN_KEYS.has(text);
}

function slug(title: string, fallback: string): string {
  const plain = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-+|-+$/g, '');
  return isMapKey(plain) ? plain : fallback;
}

/** Each name once: with a number where it is taken, which goes on from the last one. */
function freeNames(): (name: string) => string {
  const taken = new Set<string>();
  const numbers = new Map<string, number>();
  return (name) => {
    let next = name;
    for (let number = numbers.get(name) ?? 2; taken.has(next); number += 1) {
      const end = `-${number}`;
      next = `${name.slice(0, LONGEST - end.length)}${end}`;
      numbers.set(name, number + 1);
    }
    taken.add(next);
    return next;
  };
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

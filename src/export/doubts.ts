import type { LiveId } from '../model/address.ts';

/**
 * What a look at the finished manifest has taught: validated and planned, it may be refused for reasons that no single
 * object shows. Doubts only ever grow, so that making it again comes to an end.
 */
export interface Doubts {
  /** Objects that cannot be owned, and why. */
  readonly notOwned: ReadonlyMap<LiveId, string>;
  /** Objects that cannot be looked up either. */
  readonly notNamed: ReadonlyMap<LiveId, string>;
  /** Object → JSON pointer of a reference that has to be a CRN, or a field that has to go → why. */
  readonly withheld: ReadonlyMap<LiveId, ReadonlyMap<string, string>>;
}

export const noDoubts: Doubts = { notOwned: new Map(), notNamed: new Map(), withheld: new Map() };

/** One thing that is wrong with a block. */
export interface Flaw {
  readonly id: LiveId;
  /** JSON pointer into the block; '' is the block itself. */
  readonly pointer: string;
  readonly why: string;
}

/** What a block was made of: what can be taken back from it without giving it up. */
export interface Parts {
  readonly id: LiveId;
  readonly existing: boolean;
  /** JSON pointers of references by name. */
  readonly named: readonly string[];
  /** Fields that are there, and are not what it is known by. */
  readonly spare: readonly string[];
}

/** A reference becomes a CRN, then its field goes, then the block is only looked up, then it is not there. */
export function learn(doubts: Doubts, flaws: readonly Flaw[], parts: readonly Parts[]): Doubts {
  const notOwned = new Map(doubts.notOwned);
  const notNamed = new Map(doubts.notNamed);
  const withheld = new Map([...doubts.withheld].map(([id, fields]) => [id, new Map(fields)] as const));
  const withhold = (id: LiveId, what: string, why: string): void => {
    const fields = withheld.get(id) ?? new Map<string, string>();
    if (!fields.has(what)) withheld.set(id, fields.set(what, why));
  };
  for (const { id, pointer, why } of flaws) {
    const part = parts.find((one) => one.id === id);
    if (part === undefined) continue;
    const references = pointer === '' ? [] : part.named.filter((named) => isWithin(pointer, named));
    const field = pointer.split('/')[1] ?? '';
    if (references.length > 0) for (const reference of references) withhold(id, reference, why);
    else if (part.spare.includes(field)) withhold(id, field, why);
    else if (part.existing) notNamed.set(id, notNamed.get(id) ?? why);
    else notOwned.set(id, notOwned.get(id) ?? why);
  }
  return { notOwned, notNamed, withheld };
}

function isWithin(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}

/** How much is known. It grows with everything that is learnt. */
export function sizeOf({ notOwned, notNamed, withheld }: Doubts): number {
  return [...withheld.values()].reduce((sum, fields) => sum + fields.size, notOwned.size + notNamed.size);
}

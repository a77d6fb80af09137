import type { Kinds } from '../kinds/kind.ts';
import type { Address } from '../model/address.ts';
import type { Exported, ExportedBlock, LeftOut, Remark } from '../model/exported.ts';
import { groupBy } from '../model/group-by.ts';
import type { Json } from '../model/json.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Wanted } from '../model/wanted.ts';
import type { Surveyed } from './choose.ts';

/** A manifest that is being made: what stands in it, and what does not. */
export type Draft = Pick<Exported, 'blocks' | 'leftOut'>;

/** One thing that a manifest may not say, or that a plan of it would do besides adopting. */
export interface Rejection {
  readonly address: Address;
  /** '' is the block as a whole. */
  readonly field: string;
  readonly why: string;
  /** A plan finds its object, so that it can be looked up where it cannot be owned. */
  readonly isFound?: boolean;
}

/**
 * A draft without what was rejected: a field, where nothing is known by it; else the block, which is only looked up where
 * its object is found, and otherwise left out with all that depends on it. Of the rest nothing changes, so what was valid
 * stays so, and a plan of it does less.
 *
 * @param wanted the blocks, resolved
 */
export function without(
  { blocks, leftOut }: Draft,
  rejections: readonly Rejection[],
  wanted: Wanted,
  { kinds, snapshot }: Surveyed,
): Draft {
  const byAddress = groupBy(rejections, ({ address }) => address);
  const gone = new Map<Address, string>();
  const rest = blocks.map((block) => {
    const all = byAddress.get(block.address) ?? [];
    const worst = all.find(({ field }) => !isSpare(field, block, kinds));
    if (worst === undefined) return all.length === 0 ? block : withoutFields(block, all);
    if (worst.isFound && isOwned(block)) return lookedUp(block, worst.why, kinds);
    gone.set(block.address, worst.why);
    return block;
  });
  // A map is walked in the order in which it grows.
  for (const [address] of gone) {
    for (const other of wanted.dependents(address)) {
      if (!gone.has(other)) gone.set(other, `it depends on ${address}, which is left out`);
    }
  }
  return drop({ blocks: rest, leftOut }, gone, snapshot);
}

/** Without what is only looked up and nothing needs any more. What was asked for says why; the rest goes without a word. */
export function withoutUnused(draft: Draft, wanted: Wanted, { snapshot }: Surveyed): Draft {
  const used = new Set(draft.blocks.filter(isOwned).map(({ address }) => address));
  for (const address of used) for (const other of wanted.get(address)?.dependsOn ?? []) used.add(other);
  const unused = draft.blocks.filter(({ address }) => !used.has(address));
  const whyOf = ({ remarks }: ExportedBlock): string | undefined => remarks.find(({ field }) => field === '')?.text;
  return drop(draft, new Map(unused.map((block) => [block.address, whyOf(block)])), snapshot);
}

/** @param gone the reason, where it is told */
function drop({ blocks, leftOut }: Draft, gone: ReadonlyMap<Address, string | undefined>, { live }: Snapshot): Draft {
  const told = blocks.flatMap(({ address, kind, id, name }): readonly LeftOut[] => {
    const why = gone.get(address);
    return why === undefined ? [] : [{ kind, id, name: live.get(id)?.name ?? name, why }];
  });
  return { blocks: blocks.filter(({ address }) => !gone.has(address)), leftOut: [...leftOut, ...told] };
}

function isOwned({ spec }: ExportedBlock): boolean {
  return spec['existing'] !== true;
}

/** Whether it can go, and the block is still what it was. */
function isSpare(field: string, block: ExportedBlock, kinds: Kinds): boolean {
  const { fields, identity } = kinds.of(block);
  return isOwned(block) && fields.includes(field) && !identity.lookedUpBy.includes(field);
}

function withoutFields(block: ExportedBlock, rejections: readonly Rejection[]): ExportedBlock {
  const why = new Map(rejections.map((rejection) => [rejection.field, rejection.why]));
  const remarks = [...why].map(([field, text]): Remark => ({ field, text: `left out: ${text}` }));
  return { ...only(block, (field) => !why.has(field)), remarks: [...block.remarks, ...remarks] };
}

/** What it is known by, and nothing else. */
function lookedUp(block: ExportedBlock, why: string, kinds: Kinds): ExportedBlock {
  const known = ['crn', ...kinds.of(block).identity.lookedUpBy];
  const { spec } = only(block, (field) => known.includes(field));
  const remarks = block.remarks.filter(({ field }) => known.includes(field.split('.')[0] ?? ''));
  return { ...block, spec: { existing: true, ...spec }, remarks: [{ field: '', text: why }, ...remarks] };
}

function only(block: ExportedBlock, keeps: (field: string) => boolean): ExportedBlock {
  return { ...block, spec: Object.fromEntries(Object.entries(block.spec).filter(([field]) => keeps(field))) };
}

/** Fields of the manifest's `defaults`. */
const DEFAULTS = ['region', 'resourceGroup'];

/** In the order of kinds, then of names; what every block that has the field says stands at the top once. */
export function arranged({ blocks, leftOut }: Draft, kinds: Kinds): Draft & Pick<Exported, 'defaults'> {
  const defaults: Record<string, Json> = {};
  for (const field of DEFAULTS) {
    const having = blocks.filter((block) => kinds.of(block).fields.includes(field));
    const [value, ...others] = new Set(having.map(({ spec }) => spec[field]));
    if (others.length === 0 && value !== undefined) defaults[field] = value;
  }
  const hoisted = blocks.map((block) => only(block, (field) => defaults[field] === undefined));
  return { defaults, blocks: hoisted.sort(inOrder(kinds)), leftOut: [...leftOut].sort(inOrder(kinds)) };
}

function inOrder(kinds: Kinds) {
  const rank = new Map([...kinds].map(({ name }, index) => [name, index]));
  const key = ({ name, id }: Pick<LeftOut, 'name' | 'id'>): string => `${name} ${id}`;
  return (left: Pick<LeftOut, 'kind' | 'name' | 'id'>, right: typeof left): number =>
    (rank.get(left.kind) ?? 0) - (rank.get(right.kind) ?? 0) || (key(left) < key(right) ? -1 : 1);
}

import type { Mark } from '../model/address.ts';
import { isPending, type Pending } from '../model/change.ts';
import { isObject, type Json, type JsonObject, sameJson } from '../model/json.ts';
import { otherStacks } from '../model/ownership.ts';
import type { Common, Desired, Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type Comparison, type Difference, type ExportWriter, type Fields, type Row, Unreadable } from './fields.ts';

/** The field table of a kind, in order. */
export type Rows<Spec, Live> = readonly (readonly [
  string,
  Row<Spec, Live, NonNullable<Spec[Exclude<keyof Spec, keyof Common>]>>,
])[];

/** The rows of a field table, which their type holds apart and every stage treats alike. */
export function rowsOf<Spec, Live>(fields: Fields<Spec, Live>): Rows<Spec, Live> {
  return Object.entries(fields) as unknown as Rows<Spec, Live>;
}

/** What the manifest wants of a field, in the live value's words. */
export function wantedOf<Spec, Live>(
  [field, row]: Rows<Spec, Live>[number],
  desired: Desired<Spec>,
  snapshot: Snapshot,
): NonNullable<Spec[Exclude<keyof Spec, keyof Common>]> | Pending | undefined {
  if (row.want) return row.want(desired, snapshot);
  return desired.spec[field as Exclude<keyof Spec, keyof Common>] ?? undefined;
}

/** What differs in the fields that the manifest says. What other stacks share is only added to. */
export function compareBy<Spec, Live>(
  rows: Rows<Spec, Live>,
  desired: Desired<Spec>,
  live: Observed<Live>,
  snapshot: Snapshot,
): Comparison {
  const differences: Difference[] = [];
  const unreadable: { field: string; text: string }[] = [];
  const others = otherStacks(desired, live);
  for (const [field, row] of rows) {
    const want = wantedOf([field, row], desired, snapshot);
    if (row.leads === 'ignore' || want === undefined) continue;
    const have = row.have(live, snapshot);
    const shared = others.length > 0 ? whenShared(row, want, have) : want;
    if (shared !== want) {
      const text = `${JSON.stringify(have)} stays: it is shared with stack ${others.join(', ')}`;
      unreadable.push({ field, text });
    }
    // What is known only later leads nowhere else than what is known already.
    const leads = typeof row.leads !== 'function' ? row.leads : isPending(want) ? 'update' : row.leads(want, live);
    const set = row.set?.(desired);
    for (const part of partsOf(field, row, shared, have)) {
      if (set !== undefined && Array.isArray(part.want) && Array.isArray(part.have)) {
        const change = setChange(part.field, set, part.want, part.have);
        if (!sameJson(change.before, change.after)) differences.push({ change, leads, why: row.why });
      } else if (part.have instanceof Unreadable) unreadable.push({ field: part.field, text: part.have.reason });
      else if (part.have === undefined && row.unseen !== undefined)
        unreadable.push({ field: part.field, text: row.unseen });
      else if (part.have === undefined || isPending(part.want) || !isSame(row, part.want, part.have)) {
        const before = part.have === undefined ? {} : { before: part.have as Json };
        const change = { field: part.field, ...before, after: part.want as Json };
        const { irreversible } = row;
        const { leads: lead, why } = (part.member && row.memberOf?.(live, part.member)) || { leads, why: row.why };
        differences.push({ change, leads: lead, why, irreversible, remark: row.remark?.(desired, live) });
      }
    }
  }
  return { differences, unreadable };
}

/** Of a part of a set what else is in it is left out: it stays, whatever it is. */
function setChange(field: string, set: 'whole' | 'part', want: readonly string[], have: readonly string[]) {
  const wanted = new Set(want);
  const before = (set === 'whole' ? [...have] : have.filter((text) => wanted.has(text))).sort();
  return { field, before, after: [...want].sort(), isSet: true } as const;
}

/** One comparison: a field, or one member of a map. */
interface Part {
  readonly field: string;
  readonly member?: string;
  readonly want: unknown;
  readonly have: unknown;
}

/** One part a field, or one a wanted member of a map. */
function partsOf<V>(
  field: string,
  row: Pick<Row<never, never, V>, 'byMember' | 'align'>,
  want: V | Pending,
  have: V | undefined | Unreadable,
): readonly Part[] {
  if (row.byMember === undefined || !isObject(want) || isPending(want)) return [{ field, want, have }];
  const live: JsonObject = isObject(have) ? have : {};
  return Object.entries(want).map(([member, value]) => {
    const there = live[member];
    const aligned = there !== undefined && row.align ? row.align(value, there) : there;
    return { field: `${field}.${member}`, member, want: value, have: have instanceof Unreadable ? have : aligned };
  });
}

function isSame<V>({ same = sameJson }: Pick<Row<never, never, V>, 'same'>, want: unknown, have: unknown): boolean {
  // Of a map that is compared by its members, these are members.
  return same(want as V, have as V);
}

/** @returns `want` itself where sharing takes nothing from it */
function whenShared<V>(
  row: Pick<Row<never, never, V>, 'shared' | 'same'>,
  want: V | Pending,
  have: V | undefined | Unreadable,
): V | Pending {
  if (row.shared === undefined || have === undefined || have instanceof Unreadable || isPending(want)) return want;
  const kept = row.shared(want, have);
  return isSame(row, kept, want) ? want : kept;
}

/** As what a live object is written down. */
export interface ExportOptions {
  /** Its map key, and the stack that is to own it. */
  readonly mark: Mark;
  /** Which of its fields: all, or those by which it can be looked up. */
  includes(field: string): boolean;
  readonly writer: ExportWriter;
}

/**
 * A live object as a manifest would declare it: what a create chooses by itself, what is empty and what cannot be read is
 * left out; the last is remarked upon.
 *
 * @param rows the field table, in order
 */
export function declareFrom<Spec, Live>(
  rows: Rows<Spec, Live>,
  live: Observed<Live>,
  { mark, includes, writer }: ExportOptions,
  snapshot: Snapshot,
): JsonObject {
  const spec: Record<string, Json> = {};
  for (const [field, row] of rows) {
    if (row.leads === 'ignore' || !includes(field)) continue;
    const have = row.have(live, snapshot);
    if (have instanceof Unreadable) writer.remark(field, have.reason);
    else if (have !== undefined && !isEmpty(have) && !sameJson(have, row.initial?.({ mark }, snapshot))) {
      const value = row.written ? row.written(have, writer, live, snapshot) : (have as Json);
      if (value !== undefined && !isEmpty(value)) spec[field] = value;
    }
  }
  return spec;
}

function isEmpty(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0) || (isObject(value) && sameJson(value, {}));
}

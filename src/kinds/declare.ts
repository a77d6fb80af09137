import type { Mark } from '../model/address.ts';
import { isObject, type Json, type JsonObject, sameJson } from '../model/json.ts';
import type { Common, Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type ExportWriter, type Row, Unreadable } from './fields.ts';

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
  rows: readonly (readonly [string, Row<Spec, Live, NonNullable<Spec[Exclude<keyof Spec, keyof Common>]>>])[],
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

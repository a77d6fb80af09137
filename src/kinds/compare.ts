import { isPending, type Pending } from '../model/change.ts';
import type { Json } from '../model/json.ts';
import { otherStacks } from '../model/ownership.ts';
import type { Common, Desired, Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type Comparison, type Difference, type Lead, partsOf, type Row, Unreadable, whenShared } from './fields.ts';

/** The field table of a kind, in order. */
export type Rows<Spec, Live> = readonly (readonly [
  string,
  Row<Spec, Live, NonNullable<Spec[Exclude<keyof Spec, keyof Common>]>>,
])[];

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
    if (row.leads === 'ignore') continue;
    const want = wantedOf([field, row], desired, snapshot);
    if (want === undefined) continue;
    const leads = typeof row.leads === 'function' ? leadOf(row.leads, want, live) : row.leads;
    const have = row.have(live, snapshot);
    const shared = others.length > 0 ? whenShared(row, want, have) : want;
    if (shared !== want) {
      const text = `${JSON.stringify(have)} stays: it is shared with stack ${others.join(', ')}`;
      unreadable.push({ field, text });
    }
    for (const part of partsOf(field, row, shared, have)) {
      if (part.have instanceof Unreadable) unreadable.push({ field: part.field, text: part.have.reason });
      else if (part.have === undefined || isPending(part.want) || !part.same(part.want, part.have)) {
        const before = part.have === undefined ? {} : { before: part.have as Json };
        const change = { field: part.field, ...before, after: part.want as Json };
        const { why, irreversible } = row;
        const remark = row.remark?.(desired, live);
        differences.push({
          change,
          leads,
          why,
          ...(irreversible === undefined ? {} : { irreversible }),
          ...(remark === undefined ? {} : { remark }),
        });
      }
    }
  }
  return { differences, unreadable };
}

/** What is known only later leads nowhere else than what is known already. */
function leadOf<V, Live>(
  leads: (want: V, live: Observed<Live>) => Lead,
  want: V | Pending,
  live: Observed<Live>,
): Lead {
  return isPending(want) ? 'update' : leads(want, live);
}

import type { LiveId } from '../model/address.ts';
import type { Because, FieldChange, Pending } from '../model/change.ts';
import type { Json } from '../model/json.ts';
import type { Common, Desired, Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Composite, Edit } from '../model/verbs.ts';

/** What a difference leads to. */
export type Lead = 'refuse' | Edit | Composite;

/** What a kind needs to write a live object as a manifest would. */
export interface ExportWriter {
  /**
   * How a manifest refers to a live object: by its map key; by its full CRN where it has no block; `undefined` where it has
   * neither, as a ring.
   *
   * @param pointer where in the resource the reference is going to stand
   */
  refer(pointer: string, id: LiveId): string | undefined;
  /** A comment for people: why a field is not there, or what is not as it seems. */
  remark(field: string, text: string): void;
}

/** A live value that cannot be read back; shown as `not compared`, never as equal. */
export class Unreadable {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * What a difference in one field means. One row a field: compare, create's listing, describe and export read it.
 *
 * `update`: the kind's update action takes it. `replace`: it makes up the object, and another takes its place.
 * `refuse`: fixed at creation. `ignore`: says how to plan, not what is. Another verb: the field has an action of its own.
 */
export interface Row<Spec, Live, V> {
  readonly leads: Lead | 'ignore' | ((want: V, live: Observed<Live>) => Lead);
  /** What else a difference in it brings about, for the reader. */
  remark?(desired: Desired<Spec>, live: Observed<Live>): string | undefined;
  /** Set, it cannot be set back: what is said of that. */
  readonly irreversible?: string;
  /** It says what is wanted from some day on, not what is: no part of what an object is explained by. */
  readonly wish?: true;
  /** Shown to users beside a refused change. */
  readonly why: string;
  /** The live value in the manifest's words; `undefined`: there is none. */
  have(live: Observed<Live>, snapshot: Snapshot): V | undefined | Unreadable;
  /** The wanted value in the same words. Default: the spec's field. `Pending`: known after another change. */
  want?(desired: Desired<Spec>, snapshot: Snapshot): V | Pending | undefined;
  /** Default: equality of plain data. */
  same?(want: V, have: V): boolean;
  /** What a create sets when the manifest says nothing; never compared (design 2.4). */
  initial?(desired: Pick<Desired<Spec>, 'mark'>, snapshot: Snapshot): V | undefined;
  /**
   * The field is a set of texts, and a manifest says what is in it: `whole`, all of it; `part`, what must be, whatever else
   * is. Absent: it is a plain value.
   */
  set?(desired: Desired<Spec>): 'whole' | 'part';
  /** What is wanted of it while other stacks own the object too: nothing that they may need is taken away. Default: the same. */
  shared?(want: V, have: V): V;
  /** The live value without what nobody should see. Default: all of it. */
  shown?(have: V): V;
  /**
   * How an export writes the live value: short forms, and references by name. Default: as it is. `undefined`: not at all.
   * What a create chooses by itself, and what is empty, is left out before it comes to this.
   */
  written?(have: V, writer: ExportWriter, live: Observed<Live>, snapshot: Snapshot): Json | undefined;
  /**
   * The field is a map whose members are compared one by one. Where the map itself is unreadable, so is each member.
   */
  readonly byMember?: true;
  /** Why it, or a member of a map, is not compared where there is no live value. Default: it differs. */
  readonly unseen?: string;
  /** Of a map's member: what a difference in it means, where that is not what it means in the others. */
  memberOf?(
    live: Observed<Live>,
    member: string,
  ): (Pick<Row<Spec, Live, V>, 'why'> & { readonly leads: Lead }) | undefined;
  /** Of a map's member: the live value in the type that is wanted, where an API is loose about types. */
  align?(want: unknown, have: unknown): unknown;
}

/** A field in the schema without a row does not compile. */
export type Fields<Spec, Live> = {
  readonly [F in Exclude<keyof Spec, keyof Common>]-?: Row<Spec, Live, NonNullable<Spec[F]>>;
};

export interface Difference {
  readonly change: FieldChange;
  readonly leads: Lead;
  readonly why: string;
  readonly irreversible?: string | undefined;
  /** What else it brings about, for the reader. */
  readonly remark?: string | undefined;
  /** Default: it differs. */
  readonly because?: Because;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Fields that could not be compared, or are left as they are in spite of what is declared, and why. */
  readonly unreadable: readonly { readonly field: string; readonly text: string }[];
}

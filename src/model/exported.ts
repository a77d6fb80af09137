import type { Address, LiveId } from './address.ts';
import type { JsonObject } from './json.ts';

/** One live object as a block of a manifest. */
export interface ExportedBlock {
  readonly address: Address;
  readonly kind: string;
  /** The manifest's map that it stands in. */
  readonly block: string;
  /** Its map key. */
  readonly name: string;
  readonly id: LiveId;
  /** As a manifest has it, `existing` and a pin included. */
  readonly spec: JsonObject;
  readonly remarks: readonly Remark[];
}

/** A comment on a block. */
export interface Remark {
  /** '' is the block as a whole. */
  readonly field: string;
  readonly text: string;
}

/** What was asked for and has no block, and why. */
export interface LeftOut {
  readonly kind: string;
  readonly id: LiveId;
  readonly name: string;
  readonly why: string;
}

/** Live objects as one manifest, before it becomes text. */
export interface Exported {
  readonly stack: string;
  /** Nobody said what the stack is called. */
  readonly isPlaceholder: boolean;
  readonly account: string;
  /** What all blocks that could say it would say. */
  readonly defaults: JsonObject;
  /** In the order of kinds, then of names. */
  readonly blocks: readonly ExportedBlock[];
  readonly leftOut: readonly LeftOut[];
  /** Places that could not be read, and the API's words. */
  readonly unread: readonly string[];
}

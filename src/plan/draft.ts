import type { Kinds } from '../kinds/kind.ts';
import type { Change, Condition } from '../model/change.ts';
import type { Changes } from '../model/changes.ts';
import type { Use } from '../model/relation.ts';
import type { Desired, Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { After } from './after.ts';
import type { Evidence } from './evidence.ts';
import type { Judged, Served } from './served.ts';

/** A plan in the making: what was decided, before anybody has judged it as a whole. */
export interface Draft extends Served, Evidence {
  readonly kinds: Kinds;
  readonly snapshot: Snapshot;
  readonly changes: Changes;
  /** How the live objects will lie, and what they will grant, once the plan is done. */
  readonly after: After;
  /** What will be granted without whatever is deleted, as things lie now and as they will. */
  readonly remaining: readonly Judged[];
}

/** Which uses a change concerns. */
export interface Effect {
  /** Uses that the change ends, stops, or leaves without an authorization. */
  readonly endsUses: readonly Use[];
  /** Uses that go on reading their key, and whose backups lose the role by which another service reads it for them. */
  readonly endsDelegation: readonly Use[];
  /** Uses that it moves, although it strands none. */
  readonly movesUses: readonly Use[];
  /** Uses that will be served only by grants that services may not know yet, and until when. */
  readonly awaiting?: { readonly uses: readonly Use[]; readonly until: Condition };
}

/** One change of a draft, with what a guard wants to know of it. */
export interface Proposal {
  readonly change: Change;
  readonly desired: Desired;
  /** Absent for what is to be created. */
  readonly live: Observed | undefined;
  readonly effect: Effect;
}

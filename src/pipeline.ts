import { appliedOf } from './apply/applied.ts';
import { round } from './apply/round.ts';
import { checkSecrets } from './apply/secrets.ts';
import { settlesSoon, waitForMore } from './apply/waits.ts';
import { resolve } from './desired/resolve.ts';
import type { ApplyContext, PlanContext } from './kinds/context.ts';
import type { Kinds } from './kinds/kind.ts';
import { inFileOrder } from './manifest/fault.ts';
import { type ManifestInput, readManifest } from './manifest/manifest.ts';
import type { Address, LiveId } from './model/address.ts';
import type { Change, Plan } from './model/change.ts';
import type { Problem } from './model/errors.ts';
import type { Explanation } from './model/explanation.ts';
import type { Looked } from './model/live-object.ts';
import type { Applied, Outcome } from './model/outcome.ts';
import type { PlanInput } from './model/plan-input.ts';
import type { Snapshot } from './model/snapshot.ts';
import { observe, observeOne } from './observe/observe.ts';
import { refuseEmptySet, refuseOtherAccount } from './observe/refuse.ts';
import { explain as explainResource } from './plan/explain.ts';
import { get as getFrom } from './plan/get.ts';
import { guardDeletions } from './plan/guards/max-deletes.ts';
import { makePlan } from './plan/make-plan.ts';
import { holdUnreviewed, reviewOf } from './plan/reviewed.ts';

/**
 * Manifests → desired → snapshot → plan → apply: each command runs a prefix, and apply repeats observe and plan between its
 * rounds. Export runs it in reverse: pipeline-export.ts.
 */

export { kinds } from './kinds/registry.ts';
// biome-ignore lint/correctness/useImportExtensions: the module is generated, its types are beside it; Biome would name those
export { validateManifest as validator } from './manifest/validators.gen.mjs';
export { readPlan } from './plan/file.ts';
export { unreviewedIn } from './plan/reviewed.ts';
export type { Applied, PlanContext };

export interface ValidateInput extends Omit<ManifestInput, 'blocks'> {
  readonly kinds: Kinds;
}

export interface Validation {
  /** Errors and warnings. */
  readonly problems: readonly Problem[];
  /** File → its text, for code frames. */
  readonly sources: ReadonlyMap<string, string>;
  /** Absent when there is an error. */
  readonly wanted?: PlanInput;
}

/** Offline: reads, checks and resolves manifests, and tells every problem at once. */
export async function validate({ kinds, ...input }: ValidateInput): Promise<Validation> {
  const blocks = new Map([...kinds].map(({ block, name }) => [block, name]));
  const { manifest, partial, broken, complete, sources, ...read } = await readManifest({ ...input, blocks });
  const { desired, problems: unresolved } = resolve(kinds, { ...(manifest ?? partial), broken, complete });
  const problems = inFileOrder([...read.problems, ...unresolved]);
  const faulty = problems.some(({ severity }) => severity === 'error');
  if (faulty || manifest === undefined) return { problems, sources };
  const { stack, formerStack, account, maxDeletes } = manifest;
  return { problems, sources, wanted: { stack, formerStack, account, maxDeletes, desired, targets: [] } };
}

export interface Planned {
  readonly plan: Plan;
  /** What it was planned upon. */
  readonly snapshot: Snapshot;
}

/** Reads what is live and plans. Throws `SafetyRefusal` for another account's login and for an empty set. */
export async function plan(wanted: PlanInput, context: PlanContext): Promise<Planned> {
  await refuseOtherAccount(wanted, context.reader);
  await refuseEmptySet(wanted, context);
  const snapshot = await observe(wanted, context);
  return { snapshot, plan: makePlan(wanted, snapshot, context.kinds, context.endpoints) };
}

/** Reads what is live and tells all that is known of one declared resource. */
export async function explain(wanted: PlanInput, context: PlanContext, address: Address): Promise<Explanation> {
  await refuseOtherAccount(wanted, context.reader);
  return explainResource(wanted, await observe(wanted, context, address), context, address);
}

/** Reads one declared resource, and finds out which live object it is. */
export async function get(wanted: PlanInput, context: PlanContext, address: Address): Promise<Looked> {
  await refuseOtherAccount(wanted, context.reader);
  return getFrom(await observeOne(wanted, context, address), context.kinds, address);
}

/**
 * Carries out a plan that was just made: rounds of doing what is ready, then, if something reviewed was deferred,
 * observing and planning again, until nothing is left that a wait of minutes would make ready.
 */
export async function apply(wanted: PlanInput, reviewed: Planned, context: ApplyContext): Promise<Applied> {
  guardDeletions(reviewed.plan, reviewed.snapshot, new Date(context.now().getTime() + context.waitMs));
  await checkSecrets(reviewed.plan.changes, reviewed.snapshot, context);
  const review = reviewOf(reviewed.plan);
  const deadline = context.clock.now() + context.waitMs;
  const outcomes: Outcome[] = [];
  const emptied = new Set<LiveId>();
  for (let now = reviewed; ; now = await plan(wanted, { ...context, reader: context.cloud() })) {
    const current = { ...now.plan, changes: holdUnreviewed(now, review) };
    const isReviewed = (change: Change): boolean => review.holds(change, now);
    const waiting = new Set(outcomes.flatMap(({ is, address }) => (is === 'waiting' ? [address] : [])));
    const changes = current.changes.filter((change) => !waiting.has(change.address) && isReviewed(change));
    const ended = await round({ ...current, changes }, now.snapshot, context, deadline, emptied);
    outcomes.push(...ended);
    if (!(await waitForMore(current, { ended, outcomes, deadline }, context))) {
      return appliedOf(current, outcomes, isReviewed);
    }
  }
}

/**
 * Whether `apply` would write anything for this plan: in its first round, or in one that follows a wait.
 *
 * @param last until when it waits
 */
export function mayWrite({ changes }: Pick<Plan, 'changes'>, last: Date): boolean {
  return changes.some((change) => change.status.is === 'ready' || settlesSoon(change, last));
}

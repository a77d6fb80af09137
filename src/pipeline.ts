import { round } from './apply/round.ts';
import { checkSecrets } from './apply/secrets.ts';
import { isUndated, pauseMs, settlesSoon, tellOfPropagation } from './apply/waits.ts';
import type { Clock } from './cloud/clock.ts';
import type { Cloud, Reader } from './cloud/reader.ts';
import { resolve } from './desired/resolve.ts';
import type { Lexicon } from './kinds/known.ts';
import { kinds } from './kinds/registry.ts';
import { inFileOrder } from './manifest/fault.ts';
import { type ManifestInput, readManifest } from './manifest/manifest.ts';
import type { Address } from './model/address.ts';
import type { Change, Plan } from './model/change.ts';
import { type Problem, SafetyRefusal } from './model/errors.ts';
import type { Tell } from './model/event.ts';
import type { Explanation } from './model/explanation.ts';
import type { Looked } from './model/live-object.ts';
import type { Outcome } from './model/outcome.ts';
import type { Desired, Inventory } from './model/resource.ts';
import type { OpenSecret } from './model/secret.ts';
import { confirm } from './observe/confirm.ts';
import { discover } from './observe/discover.ts';
import { doomedBy } from './observe/doomed.ts';
import { lookUpWords } from './observe/lexicon.ts';
import { nameStrangers } from './observe/strangers.ts';
import { askForUses } from './observe/uses.ts';
import { makePlan } from './plan/changes.ts';
import { explain as explainResource } from './plan/explain.ts';
import { readPlan } from './plan/file.ts';
import { guardDeletions } from './plan/guards.ts';
import { look as lookFor } from './plan/look.ts';
import { prunedIn } from './plan/prune.ts';
import { holdUnreviewed, isReviewed, unreviewedIn } from './plan/reviewed.ts';

/** The road that every command goes some length of: validate, plan, apply. */

/** What the manifests want, once nothing is wrong with them. */
export interface Wanted {
  readonly stack: string;
  /** What the stack was called before, if they say. */
  readonly formerStack?: string | undefined;
  /** The account they belong to, if they say. */
  readonly account: string | undefined;
  readonly desired: readonly Desired[];
  /** `safety.maxDeletes`; absent: the default. */
  readonly maxDeletes: number | undefined;
  /** The addresses of `--target`; none: everything is meant. */
  readonly targets: readonly Address[];
  /** `--prune`: end orphans that hold no data. */
  readonly prune?: true;
}

export interface Validation {
  /** Errors and warnings. */
  readonly problems: readonly Problem[];
  /** File → its text, for code frames. */
  readonly sources: ReadonlyMap<string, string>;
  /** Absent when there is an error. */
  readonly wanted?: Wanted;
}

/** Offline: reads, checks and resolves manifests, and tells every fault at once. */
export async function validate(input: Omit<ManifestInput, 'blocks'>): Promise<Validation> {
  const blocks = new Map(kinds.map(({ block, name }) => [block, name]));
  const { manifest, partial, broken, complete, problems: faults, sources } = await readManifest({ ...input, blocks });
  const { desired, problems: unresolved } = resolve(kinds, { ...(manifest ?? partial), broken, complete });
  const problems = inFileOrder([...faults, ...unresolved]);
  const faulty = problems.some(({ severity }) => severity === 'error');
  if (faulty || manifest === undefined) return { problems, sources };
  const { stack, formerStack, account, maxDeletes } = manifest;
  return { problems, sources, wanted: { stack, formerStack, account, maxDeletes, desired, targets: [] } };
}

export { readPlan, unreviewedIn };

/** What a saved plan wants: `apply PLANFILE` plans again from it, and goes on only if the fingerprint is the same. */
export function wantedBy(plan: Plan): Wanted {
  const { stack, formerStack, account, maxDeletes, desired, targets, prune } = plan;
  return { stack, formerStack, account, maxDeletes, desired, targets, ...(prune ? { prune } : {}) };
}

export interface Planned {
  readonly plan: Plan;
  readonly inventory: Inventory;
  readonly lexicon: Lexicon;
  /** What was planned for: what is declared, and what `--prune` ends. */
  readonly desired: readonly Desired[];
}

/** What planning asks of the outside; it cannot write. */
export interface Sight {
  readonly reader: Reader;
  /** For the plan's header: see `Plan`. */
  readonly endpoints: string;
  readonly now: () => Date;
  /** The words of `--allow`. */
  readonly consents: readonly string[];
}

/**
 * Reads what is live and plans.
 *
 * @throws SafetyRefusal `OTHER_ACCOUNT` before any request but the login
 */
export async function plan(wanted: Wanted, { reader, endpoints, now, consents }: Sight): Promise<Planned> {
  const { accountId } = await reader.login();
  if (wanted.account !== undefined && wanted.account !== accountId) {
    const message = `the manifests belong to account ${wanted.account}, but the login is to ${accountId}`;
    throw new SafetyRefusal('OTHER_ACCOUNT', message, {
      remedy: `use an API key of that account, or correct the manifests: \`account: ${accountId}\``,
    });
  }
  await refuseEmptySet(wanted, reader);
  const lexicon = await lookUpWords(kinds, wanted.desired, reader);
  const found = await discover(kinds, wanted.desired, lexicon, reader);
  const pruned = wanted.prune ? prunedIn({ ...wanted, kinds, lexicon, inventory: found }) : [];
  const desired = [...wanted.desired, ...pruned];
  // What is to go brings into scope whatever it is about.
  const listed = pruned.length === 0 ? found : await discover(kinds, desired, lexicon, reader);
  const grounds = { now: now(), consents: new Set(consents) };
  const confirmed = await confirm(kinds, desired, listed, lexicon, reader, grounds);
  const doomed = doomedBy(kinds, desired, confirmed, lexicon, grounds);
  const used = await askForUses(kinds, desired, confirmed, lexicon, reader, doomed);
  const inventory = await nameStrangers(kinds, desired, used, lexicon, reader, doomed);
  const made = makePlan({ ...wanted, desired, kinds, endpoints, inventory, lexicon, now: now(), consents });
  return { plan: made, inventory, lexicon, desired };
}

/**
 * Reads what is live and tells all that is known of one declared resource.
 *
 * @param address is declared
 */
export async function explain(wanted: Wanted, sight: Sight, address: Address): Promise<Explanation> {
  const { desired } = wanted;
  const { inventory, lexicon } = await plan(wanted, sight);
  // Its users are asked for by name, as if it were to go.
  const endangered = desired.map((resource) =>
    resource.address === address ? { ...resource, spec: { ...resource.spec, state: 'absent' as const } } : resource,
  );
  const named = await nameStrangers(kinds, endangered, inventory, lexicon, sight.reader);
  const { endpoints, consents } = sight;
  const common = { ...wanted, kinds, endpoints, lexicon, now: sight.now(), consents };
  return explainResource({ ...common, inventory: named }, address);
}

/**
 * Reads what is live and finds one declared resource in it.
 *
 * @param address is declared
 */
export async function look(wanted: Wanted, sight: Sight, address: Address): Promise<Looked> {
  const { inventory, lexicon } = await plan(wanted, sight);
  return lookFor({ kinds, desired: wanted.desired, inventory, lexicon }, address);
}

/** No block at all is more likely a lost file than a wish: a stack that owns something ends by `state: absent`. */
async function refuseEmptySet({ stack, formerStack, desired }: Wanted, reader: Reader): Promise<void> {
  if (desired.length > 0) return;
  const stacks = formerStack === undefined ? [stack] : [stack, formerStack];
  const asked = stacks.flatMap((one) => kinds.map((kind) => kind.owned(reader, one)));
  const owned = (await Promise.all(asked)).flat();
  if (owned.length === 0) return;
  throw new SafetyRefusal('EMPTY_SET', `nothing is declared, but stack ${stack} owns ${owned.join(', ')}`, {
    remedy: 'bring the manifests back, or declare what is to go with `state: absent`',
  });
}

/** What `apply` asks of the outside. */
export interface Reach {
  /** A fresh one for each round. */
  readonly cloud: () => Cloud;
  readonly endpoints: string;
  readonly clock: Clock;
  readonly now: () => Date;
  readonly tell: Tell;
  readonly parallelism: number;
  /** How long to wait for what settles in minutes. */
  readonly waitMs: number;
  readonly consents: readonly string[];
  readonly signal: AbortSignal;
  /** Opens key material. */
  readonly secret: OpenSecret;
}

export interface Applied {
  readonly outcomes: readonly Outcome[];
  /** Reviewed changes that are still deferred. */
  readonly deferred: readonly Change[];
  readonly blocked: readonly Change[];
  /** Changes that a later look asked for and the review did not hold: reported, not done. */
  readonly unreviewed: readonly Change[];
  /** What `--target` leaves out. */
  readonly outside: Plan['outside'];
}

/**
 * Carries out a plan that was just made: rounds of doing what is ready, then, if something reviewed was deferred,
 * observing and planning again, until nothing is left that a wait of minutes would make ready.
 */
export async function apply(wanted: Wanted, reviewed: Planned, reach: Reach): Promise<Applied> {
  guardDeletions(reviewed.plan, reviewed.inventory.objects, new Date(reach.now().getTime() + reach.waitMs));
  await checkSecrets(kinds, wanted.desired, reviewed.plan.changes, reach.secret);
  const deadline = reach.clock.now() + reach.waitMs;
  const outcomes: Outcome[] = [];
  let { plan: current, inventory, lexicon, desired } = reviewed;
  let todo: Pick<Plan, 'changes' | 'settling'> = current;
  for (;;) {
    const cloud = reach.cloud();
    const { clock, now, tell, parallelism, signal, endpoints, secret } = reach;
    const consents = new Set(reach.consents);
    const means = { kinds, lexicon, cloud, clock, now, tell, parallelism, deadline, signal, consents, secret };
    const ended = await round(means, desired, todo, inventory);
    outcomes.push(...ended);
    const failed = outcomes.some(({ is }) => is !== 'done' && is !== 'waiting');
    const pending = current.changes.filter(({ status }) => status.is === 'deferred');
    const last = new Date(now().getTime() + deadline - clock.now());
    if (pending.length === 0 || failed || signal.aborted) return conclude(reviewed.plan, current, outcomes);
    // What was made in this round has a date in the next look.
    const isMaking = ended.some(({ is }) => is === 'done') && pending.some(isUndated);
    if (clock.now() >= deadline || !(isMaking || pending.some((change) => settlesSoon(change, last))))
      return conclude(reviewed.plan, current, outcomes);
    tellOfPropagation(pending, tell);
    await clock.sleep(pauseMs(pending, now()), signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (signal.aborted) return conclude(reviewed.plan, current, outcomes);
    const sight = { reader: reach.cloud(), endpoints, now, consents: reach.consents };
    ({ plan: current, inventory, lexicon, desired } = await plan(wanted, sight));
    current = { ...current, changes: holdUnreviewed(current.changes, reviewed.plan) };
    const waits = new Set(outcomes.flatMap(({ is, address }) => (is === 'waiting' ? [address] : [])));
    const again = current.changes.filter(({ address }) => !waits.has(address));
    todo = { ...current, changes: again.filter((change) => isReviewed(change, reviewed.plan)) };
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

function conclude(reviewed: Plan, last: Plan, outcomes: readonly Outcome[]): Applied {
  const ended = (change: Change) =>
    outcomes.some(({ address, verb }) => address === change.address && verb === change.verb);
  return {
    outcomes,
    deferred: last.changes.filter((change) => change.status.is === 'deferred' && !ended(change)),
    // Of one resource some fields may have been updated and others refused.
    blocked: last.changes.filter(({ status }) => status.is === 'blocked'),
    // Also where the same verb was done before: these are other fields.
    unreviewed: last.changes.filter((change) => change.status.is === 'ready' && !isReviewed(change, reviewed)),
    outside: last.outside,
  };
}

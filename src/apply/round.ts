import pLimit from 'p-limit';
import type { ApplyContext } from '../kinds/context.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Address, LiveId } from '../model/address.ts';
import type { Change, Plan } from '../model/change.ts';
import { CloudError, Interrupted } from '../model/errors.ts';
import { groupBy } from '../model/group-by.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { stepsOf } from '../model/verbs.ts';
import { unlisted } from './lists.ts';
import { createRun, type Run } from './run.ts';
import { createSettler, type Settler } from './settle.ts';
import { failureOf, type StepEnd, step } from './step.ts';

/**
 * Does what is ready, each change as soon as what it waits for is done and settled. A change that fails stops what
 * depends on it and nothing else.
 *
 * @param plan    its changes are in order, so dependencies come first; only `ready` ones are done
 * @param snapshot what is live, as planned upon
 * @param deadline when to stop waiting for what settles, as milliseconds of the context's clock
 * @param emptied what the rounds before deleted something in, or moved something out of; it grows
 * @returns one outcome for each ready change, in plan order, and for whatever was settling already and did not end well
 */
export async function round(
  plan: Pick<Plan, 'changes' | 'settling'>,
  snapshot: Snapshot,
  context: ApplyContext,
  deadline: number,
  emptied?: Set<LiveId>,
): Promise<readonly Outcome[]> {
  const run = createRun(context, snapshot, deadline, emptied);
  const work: Round = { run, settler: createSettler(run), limit: pLimit(context.parallelism), tasks: new Map() };
  const ready = groupBy(
    plan.changes.filter(({ status }) => status.is === 'ready'),
    (change) => change.address,
  );
  for (const [address, own] of ready) work.tasks.set(address, perform(work, own));
  const idle = plan.settling.filter((address) => !work.tasks.has(address));
  const waits = Promise.all(idle.map((address) => awaitSettling(work, address)));
  const [tasks, waited] = await Promise.all([Promise.all(work.tasks.values()), waits]);
  const ended = tasks.flat();
  const failed = await unlisted(run, [...ready.values()].flat(), ended);
  for (const outcome of failed.values()) context.tell({ type: 'ended', outcome });
  const outcomes = ended.map((outcome) => failed.get(outcome) ?? outcome);
  return [...(await withDoubts(run, outcomes)), ...waited.flat()];
}

/** Tells of what was made whatever nobody else shows of it yet. */
async function withDoubts(run: Run, outcomes: readonly Outcome[]): Promise<readonly Outcome[]> {
  const { context, snapshot } = run;
  if (context.signal.aborted) return outcomes;
  const made = outcomes.flatMap(({ address, verb, is }) => {
    const desired = snapshot.wanted.get(address);
    const live = snapshot.live.get(snapshot.idOf(address) ?? '');
    const isMade = is === 'done' && stepsOf(verb).includes('create') && desired !== undefined && live !== undefined;
    return isMade ? [{ desired, live }] : [];
  });
  const cloud = context.cloud();
  const notes = new Map<Address, readonly string[]>();
  for (const [kind, own] of groupBy(made, ({ live }) => context.kinds.of(live))) {
    if (kind.observe.confirmed === undefined) continue;
    const seen = await kind.observe
      .confirmed(
        cloud,
        own.map(({ live }) => live),
      )
      .catch(noAnswer);
    for (const [index, live] of seen.entries()) {
      const desired = own[index]?.desired;
      const doubts = desired === undefined ? [] : kind.advisories.doubts(desired, live, snapshot);
      if (desired !== undefined && doubts.length > 0)
        notes.set(
          desired.address,
          doubts.map(({ text }) => text),
        );
    }
  }
  return outcomes.map((outcome) => {
    const own = notes.get(outcome.address);
    return outcome.is === 'done' && own !== undefined ? { ...outcome, notes: own } : outcome;
  });
}

/** Each was made, as its own answer said; what cannot be read here is for the next plan to tell. */
function noAnswer(error: unknown): readonly never[] {
  if (error instanceof CloudError || error instanceof Interrupted) return [];
  throw error;
}

interface Round {
  readonly run: Run;
  readonly settler: Settler;
  readonly limit: ReturnType<typeof pLimit>;
  readonly tasks: Map<Address, Promise<readonly Outcome[]>>;
}

/** One resource's changes, one after the other: an outcome each. */
async function perform(work: Round, changes: readonly Change[]): Promise<readonly Outcome[]> {
  const { tell, signal } = work.run.context;
  const outcomes: Outcome[] = [];
  const end = (outcome: Outcome): void => {
    outcomes.push(outcome);
    tell({ type: 'ended', outcome });
  };
  const waitedFor = await unfinished(work, changes);
  for (const change of changes) {
    const { address, verb } = change;
    const before = outcomes.find(({ is }) => is !== 'done');
    if (waitedFor !== undefined) end({ address, verb, is: 'skipped', waitedFor });
    else if (before !== undefined) end({ address, verb, is: 'skipped', waitedFor: address });
    else if (signal.aborted) end({ address, verb, is: 'skipped' });
    else end(await carryOut(work, change));
  }
  return outcomes;
}

/** The first dependency that was not done; this also waits for all of them. */
async function unfinished({ tasks }: Round, changes: readonly Change[]): Promise<Address | undefined> {
  const after = [...new Set(changes.flatMap((change) => change.after))];
  const ended = await Promise.all(after.map(async (address) => [address, await tasks.get(address)] as const));
  return ended.find(([, outcomes]) => outcomes?.some(({ is }) => is !== 'done'))?.[0];
}

async function carryOut(work: Round, change: Change): Promise<Outcome> {
  const { run, limit } = work;
  const { tell, kinds, signal } = run.context;
  const { address, verb } = change;
  const desired = run.snapshot.wanted.get(address);
  if (desired === undefined) throw new Error(`${address} is not in the plan's input`);
  const kind = kinds.of(desired);
  try {
    const ended = await limit(async (): Promise<StepEnd> => {
      // It may have come while this one stood in the queue.
      if (signal.aborted) return { outcome: { address, verb, is: 'skipped' } };
      tell({ type: 'started', address, verb });
      return await step(run, kind, desired, change);
    });
    return await settled(work, kind, change, ended);
  } catch (error) {
    return { address, verb, is: 'failed', error: failureOf(error) };
  }
}

/** A done change is over when its object has settled; one that ends as failed has failed. */
async function settled(
  { settler, run }: Round,
  kind: Kind,
  { address, verb }: Pick<Change, 'address' | 'verb'>,
  { outcome, live }: StepEnd,
): Promise<Outcome> {
  if (outcome.is !== 'done' || live === undefined) return outcome;
  if (live.life.is === 'settling') run.context.tell({ type: 'settling', address, verb });
  const end = live.life.is === 'settling' ? await settler.wait(kind, live) : { is: 'settled' as const, live };
  if (end.is === 'late') return { address, verb, is: 'waiting', until: [{ when: 'settled', id: live.id, address }] };
  if (end.is !== 'settled') return failed(outcome, `${live.id} went away while it was being waited for`);
  if (end.live.life.is === 'failed') return failed(outcome, `${live.id} ended as failed: ${end.live.life.why}`);
  if (live.life.is === 'settling' && end.live.lastFailure !== undefined) {
    return failed(outcome, `${live.id} goes on as it was: ${end.live.lastFailure}`);
  }
  return outcome;
}

function failed({ address, verb }: Outcome, message: string): Outcome {
  return { address, verb, is: 'failed', error: { code: 'SETTLED_AS_FAILED', message } };
}

/** What the cloud was still busy with when this run began. */
async function awaitSettling(work: Round, address: Address): Promise<readonly Outcome[]> {
  const { snapshot, context } = work.run;
  const id = snapshot.idOf(address);
  const live = id === undefined ? undefined : snapshot.live.get(id);
  if (live === undefined) return [];
  const outcome: Outcome = { address, verb: 'create', is: 'done', id: live.id };
  const ended = await settled(work, context.kinds.of(live), outcome, { outcome, live }).catch(
    (error: unknown): Outcome => ({ address, verb: 'create', is: 'failed', error: failureOf(error) }),
  );
  if (ended.is === 'done') return [];
  context.tell({ type: 'ended', outcome: ended });
  return [ended];
}

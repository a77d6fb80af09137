import type { Kind } from '../kinds/kind.ts';
import { createLimit, type Limit } from '../limit.ts';
import type { Address } from '../model/address.ts';
import type { Change, Plan } from '../model/change.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Desired, Inventory } from '../model/resource.ts';
import { createSettler, type Settler } from './settle.ts';
import { failureOf, type StepEnd, step } from './step.ts';
import { createWorld, type Means, type World } from './world.ts';

/**
 * Does what is ready, each change as soon as what it waits for is done and settled. A change that fails stops what
 * depends on it and nothing else.
 *
 * @param plan    its changes are in order, so dependencies come first; only `ready` ones are done
 * @param inventory what is live, as planned upon
 * @returns one outcome for each ready change, in plan order, and for whatever was settling already and did not end well
 */
export async function round(
  means: Means,
  desired: readonly Desired[],
  plan: Pick<Plan, 'changes' | 'settling'>,
  inventory: Inventory,
): Promise<readonly Outcome[]> {
  const world = createWorld(means, desired, inventory);
  const run: Run = { world, settler: createSettler(world), inTurn: createLimit(means.parallelism), tasks: new Map() };
  const ready = plan.changes.filter(({ status }) => status.is === 'ready');
  const addresses = [...new Set(ready.map(({ address }) => address))];
  for (const address of addresses) {
    const own = ready.filter((change) => change.address === address);
    run.tasks.set(address, perform(run, own));
  }
  const idle = plan.settling.filter((address) => !run.tasks.has(address));
  const waits = idle.map((address) => awaitSettling(run, address));
  const ended = await Promise.all([...run.tasks.values(), ...waits]);
  return ended.flat();
}

interface Run {
  readonly world: World;
  readonly settler: Settler;
  /** As many steps at once as `--parallelism` says. */
  readonly inTurn: Limit;
  readonly tasks: Map<Address, Promise<readonly Outcome[]>>;
}

/** One resource's changes, one after the other. */
async function perform(run: Run, changes: readonly Change[]): Promise<readonly Outcome[]> {
  const { tell, signal } = run.world.means;
  const outcomes: Outcome[] = [];
  const end = (outcome: Outcome): void => {
    outcomes.push(outcome);
    tell({ type: 'ended', outcome });
  };
  const waitedFor = await unfinished(run, changes);
  for (const change of changes) {
    const { address, verb } = change;
    const before = outcomes.find(({ is }) => is !== 'done');
    if (waitedFor !== undefined) end({ address, verb, is: 'skipped', waitedFor });
    else if (before !== undefined) end({ address, verb, is: 'skipped', waitedFor: address });
    else if (signal.aborted) end({ address, verb, is: 'skipped' });
    else end(await carryOut(run, change));
  }
  return outcomes;
}

/** The first dependency that was not done; this also waits for all of them. */
async function unfinished({ tasks }: Run, changes: readonly Change[]): Promise<Address | undefined> {
  const after = [...new Set(changes.flatMap((change) => change.after))];
  const ended = await Promise.all(after.map(async (address) => [address, await tasks.get(address)] as const));
  return ended.find(([, outcomes]) => outcomes?.some(({ is }) => is !== 'done'))?.[0];
}

async function carryOut(run: Run, change: Change): Promise<Outcome> {
  const { world, inTurn } = run;
  const { tell, kinds, signal } = world.means;
  const { address, verb } = change;
  const desired = world.desired.find((resource) => resource.address === address);
  const kind = kinds.find(({ name }) => name === desired?.kind);
  if (desired === undefined || kind === undefined) throw new Error(`${address} is not in the plan's input`);
  try {
    const ended = await inTurn(async (): Promise<StepEnd> => {
      // It may have come while this one stood in the queue.
      if (signal.aborted) return { outcome: { address, verb, is: 'skipped' } };
      tell({ type: 'started', address, verb });
      return await step(world, kind, desired, change);
    });
    return await settled(run, kind, change, ended);
  } catch (error) {
    return { address, verb, is: 'failed', error: failureOf(error) };
  }
}

/** A done change is over when its object has settled; one that ends as failed has failed. */
async function settled(
  { settler, world }: Run,
  kind: Kind,
  { address, verb }: Pick<Change, 'address' | 'verb'>,
  { outcome, live }: StepEnd,
): Promise<Outcome> {
  if (outcome.is !== 'done' || live === undefined) return outcome;
  if (live.life.is === 'settling') world.means.tell({ type: 'settling', address, verb });
  const end = live.life.is === 'settling' ? await settler.wait(kind, live) : { is: 'settled' as const, live };
  if (end.is === 'late') return { address, verb, is: 'waiting', until: [{ when: 'settled', id: live.id, address }] };
  if (end.is !== 'settled') return failed(outcome, `${live.id} went away while it was being waited for`);
  if (end.live.life.is === 'failed') return failed(outcome, `${live.id} ended as failed: ${end.live.life.why}`);
  return outcome;
}

function failed({ address, verb }: Outcome, message: string): Outcome {
  return { address, verb, is: 'failed', error: { code: 'SETTLED_AS_FAILED', message } };
}

/** What the cloud was still busy with when this run began. */
async function awaitSettling(run: Run, address: Address): Promise<readonly Outcome[]> {
  const { world } = run;
  const live = world.objects().find(({ id }) => id === world.known().id(address));
  const kind = world.means.kinds.find(({ name }) => name === live?.kind);
  if (live === undefined || kind === undefined) return [];
  const outcome: Outcome = { address, verb: 'create', is: 'done', id: live.id };
  const ended = await settled(run, kind, { address, verb: 'create' }, { outcome, live });
  if (ended.is === 'done') return [];
  world.means.tell({ type: 'ended', outcome: ended });
  return [ended];
}

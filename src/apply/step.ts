import type { Kind } from '../kinds/kind.ts';
import type { LiveId } from '../model/address.ts';
import type { Change } from '../model/change.ts';
import { holdersOf } from '../model/containment.ts';
import { CloudRefused, Deferred, Interrupted, KeysteadError, LostAnswer, NotYet, Stale } from '../model/errors.ts';
import type { Failure, Outcome } from '../model/outcome.ts';
import type { Desired, Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { stepsOf } from '../model/verbs.ts';
import { userOf } from '../services/table.ts';
import { ask, differs } from './ask.ts';
import { createPace, isInterrupt } from './pace.ts';
import { mayBePropagating } from './propagation.ts';
import { actionContext, type Run } from './run.ts';

/** After a lost create of something that may have twins, its list is looked at for so long (design 10). */
const LOOK_MS = 60_000;
/** How often a lost answer may be answered by sending again. */
const RESENDS = 3;
/** Of how many further changes a create's second half may consist. */
const HALVES = 3;

export interface StepEnd {
  readonly outcome: Outcome;
  /** The object as it is now, when there is one. */
  readonly live?: Observed;
}

/**
 * Does one change: look → decide → still asked for? → act; after a lost answer or a refusal, look and decide again.
 * What is no longer asked for has happened (architecture 4).
 */
export async function step(run: Run, kind: Kind, desired: Desired, change: Change): Promise<StepEnd> {
  const { clock, signal, tell, now } = run.context;
  const pace = createPace(clock, signal);
  const { address, verb } = change;
  const planned = change.target && run.snapshot.live.get(change.target.id);
  let resends = 0;
  let halves = 0;
  let lost: { error: LostAnswer; at: number } | undefined;
  /** What the cloud said no to: perhaps only because somebody else did it a moment before. */
  let refused: CloudRefused | undefined;
  /** A write was sent, and nothing has shown yet what became of it. */
  let sent = false;
  let pause = false;
  for (;;) {
    try {
      if (pause) await pace.wait();
      pause = false;
      // What was listed before an answer was lost tells nothing of what it did.
      await lookAgain(lost === undefined ? run : { ...run, cloud: run.context.cloud() }, kind, desired, change);
      const asked = ask(run, kind, desired, change, sent ? undefined : planned);
      // What was refused, and cannot be read, was not done by somebody else.
      if (asked.is === 'done') return refused && asked.unseen ? failed(change, refused) : done(change, asked.live);
      if (asked.is === 'stale') return stale(change, asked.reason);
      if (refused !== undefined) return failed(change, refused);
      if (lost !== undefined && asked.change.verb === 'create' && kind.identity.duplicates) {
        if (clock.now() - lost.at >= LOOK_MS) return unknown(change, lost.error);
        pause = true;
        continue;
      }
      const user = await unreviewedUser(run, kind, change, asked.live);
      if (user !== undefined) return stale(change, `${user} uses it by now`);
      sent = true;
      const live = await act(run, kind, desired, asked.change);
      if (asked.change.verb === stepsOf(verb).at(-1)) {
        if (verb !== 'create' || !differs(run, kind, desired, change)) return done(change, live ?? asked.live);
        // Without a lost answer the difference is not an unfinished half of ours.
        if (lost === undefined) return stale(change, 'another run made it otherwise at the same time');
      }
      halves += 1;
      if (halves > HALVES) return stale(change, 'it keeps differing');
    } catch (error) {
      if (error instanceof Deferred) return { outcome: { address, verb, is: 'waiting', until: error.until } };
      if (error instanceof Stale) return stale(change, error.message);
      if (isInterrupt(error, signal)) {
        return sent ? unknown(change, new Interrupted()) : { outcome: { address, verb, is: 'skipped' } };
      }
      if (error instanceof NotYet && mayBePropagating(run.snapshot, desired, now())) {
        // Refused, so nothing came of it.
        sent = lost !== undefined || halves > 0;
        tell({ type: 'waiting', address, verb, reason: 'its authorization to take effect' });
      } else if (error instanceof LostAnswer && resends < RESENDS) {
        resends += 1;
        lost ??= { error, at: clock.now() };
        tell({ type: 'waiting', address, verb, reason: 'a look at what a lost answer did' });
      } else if (error instanceof LostAnswer) {
        return unknown(change, error);
      } else if (error instanceof CloudRefused && refused === undefined) {
        refused = error;
        continue;
      } else {
        return failed(change, error);
      }
      pause = true;
    }
  }
}

/**
 * The object of the change is asked for itself: by its id, or, for a create, by its mark and its name; and so is what takes
 * its place.
 */
async function lookAgain(run: Run, kind: Kind, desired: Desired, change: Change): Promise<void> {
  const { cloud, snapshot } = run;
  const now: Snapshot = { ...snapshot, now: run.context.now() };
  const ids = new Set([change.target?.id, snapshot.idOf(desired.address)]);
  const targets = [...ids].flatMap((id) => (id === undefined ? [] : (snapshot.live.get(id) ?? [])));
  for (const target of targets) {
    const found = await kind.observe.reread(cloud, target, now);
    if (found === undefined) snapshot.drop(target.id);
    else snapshot.put(found);
  }
  if (targets.length > 0) return;
  for (const found of await kind.observe.search(cloud, desired, now)) snapshot.put(found);
}

/** Just before what cannot be undone its object is asked once more: whoever uses it must have been in the plan (design 5). */
async function unreviewedUser(
  { cloud }: Run,
  kind: Kind,
  { irreversible, blastRadius = [] }: Change,
  live: Observed | undefined,
): Promise<LiveId | undefined> {
  if (!irreversible || live === undefined) return undefined;
  const reviewed = new Set(blastRadius.map(({ on, by }) => `${on} ${by}`));
  for (const { on, by } of await kind.observe.usesOf(cloud, live)) {
    if (!reviewed.has(`${on} ${userOf(by)}`)) return userOf(by);
  }
  return undefined;
}

async function act(run: Run, kind: Kind, desired: Desired, change: Change): Promise<Observed | undefined> {
  const context = actionContext(run, change);
  const live = change.target && run.snapshot.live.get(change.target.id);
  const held = live === undefined ? [] : holdersOf(live.id, run.snapshot.live.containers);
  const now =
    change.verb === 'create'
      ? await kind.create(context, { desired, ...(live ? { failed: live } : {}) })
      : await kind.change(change.verb, context, { desired, live: present(live, desired), fields: change.fields });
  if (live !== undefined && live.id !== now?.id) run.snapshot.drop(live.id);
  if (now !== undefined) run.snapshot.put(now, desired.address);
  const holding = new Set(now === undefined ? [] : holdersOf(now.id, run.snapshot.live.containers));
  for (const holder of held) if (!holding.has(holder)) run.emptied.add(holder);
  return now;
}

function present(live: Observed | undefined, { address }: Desired): Observed {
  if (live === undefined) throw new Stale(`${address} is gone`);
  return live;
}

function done({ address, verb }: Change, live: Observed | undefined): StepEnd {
  return live === undefined
    ? { outcome: { address, verb, is: 'done' } }
    : { outcome: { address, verb, is: 'done', id: live.id }, live };
}

function stale({ address, verb }: Change, reason: string): StepEnd {
  return { outcome: { address, verb, is: 'stale', reason } };
}

function failed({ address, verb }: Change, error: unknown): StepEnd {
  return { outcome: { address, verb, is: 'failed', error: failureOf(error) } };
}

function unknown({ address, verb }: Change, error: KeysteadError): StepEnd {
  return { outcome: { address, verb, is: 'unknown', error: failureOf(error) } };
}

/** An error as data. A bug keeps its message; a stack is for the log. */
export function failureOf(error: unknown): Failure {
  if (error instanceof NotYet && error.cause instanceof KeysteadError) return failureOf(error.cause);
  if (error instanceof KeysteadError) {
    const { code, message, remedy } = error;
    if (remedy === undefined) return { code, message };
    // Some messages are sentences, with their full stop, and some are not; so are the remedies that follow them.
    return { code, message: `${message}${message.endsWith('.') ? '' : ';'} ${remedy}` };
  }
  return { code: 'BUG', message: error instanceof Error ? error.message : String(error) };
}

import { decide, type Grounds } from '../kinds/decide.ts';
import type { Hands, Kind } from '../kinds/kind.ts';
import type { LiveId } from '../model/address.ts';
import { type Change, edits, endings, type Verb } from '../model/change.ts';
import { CloudRefused, Deferred, Interrupted, KeysteadError, LostAnswer, NotYet, Stale } from '../model/errors.ts';
import { sameJson } from '../model/json.ts';
import type { Failure, Outcome } from '../model/outcome.ts';
import type { Desired, Observed } from '../model/resource.ts';
import { createPace, isInterrupt } from './pace.ts';
import { mayBePropagating } from './propagation.ts';
import type { World } from './world.ts';

/** After a lost create of something that may have twins, its list is looked at for so long (design 10). */
const LOOK_MS = 60_000;
/** How often a lost answer may be answered by sending again. */
const RESENDS = 3;
/** Of how many further changes a create's second half may consist. */
const HALVES = 3;
/** How long a read may lag behind a write that was answered. */
const LAG_MS = 120_000;

export interface StepEnd {
  readonly outcome: Outcome;
  /** The object as it is now, when there is one. */
  readonly live?: Observed;
}

/**
 * Does one change: look → decide → still asked for? → act; after a lost answer or a refusal, look and decide again.
 * What is no longer asked for has happened (architecture 4).
 */
export async function step(world: World, kind: Kind, desired: Desired, change: Change): Promise<StepEnd> {
  const { clock, signal, tell } = world.means;
  const pace = createPace(clock, signal);
  const { address, verb } = change;
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
      await lookAgain(world, kind, desired, change);
      const asked = ask(world, kind, desired, change);
      // What was refused, and cannot be read, was not done by somebody else.
      if (asked.is === 'done') return refused && asked.unseen ? failed(change, refused) : done(change, asked.live);
      if (asked.is === 'stale') return { outcome: { address, verb, is: 'stale', reason: asked.reason } };
      if (refused !== undefined) return failed(change, refused);
      if (lost !== undefined && asked.change.verb === 'create' && kind.twins === 'possible') {
        if (clock.now() - lost.at >= LOOK_MS) return unknown(change, lost.error);
        pause = true;
        continue;
      }
      const user = await unreviewedUser(world, kind, change, asked.live);
      if (user !== undefined) return { outcome: { address, verb, is: 'stale', reason: `${user} uses it by now` } };
      sent = true;
      const live = await act(world, kind, desired, asked.change);
      if (asked.change.verb === partsOf(verb).at(-1)) {
        if (verb !== 'create' || !differs(world, kind, desired, change)) return done(change, live ?? asked.live);
        // Without a lost answer the difference is not an unfinished half of ours.
        if (lost === undefined) return madeOtherwise(change);
      }
      halves += 1;
      if (halves > HALVES) return { outcome: { address, verb, is: 'stale', reason: 'it keeps differing' } };
    } catch (error) {
      if (error instanceof Deferred) return { outcome: { address, verb, is: 'waiting', until: error.until } };
      if (error instanceof Stale) return { outcome: { address, verb, is: 'stale', reason: error.message } };
      if (isInterrupt(error, signal)) {
        return sent ? unknown(change, new Interrupted()) : { outcome: { address, verb, is: 'skipped' } };
      }
      if (error instanceof NotYet && mayBePropagating(world, desired)) {
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

/** Whether what was made a moment ago is not what is declared: somebody else made it, since its create is refused a twin. */
function differs(world: World, kind: Kind, desired: Desired, change: Change): boolean {
  const { changes } = decide(kind, desired, groundsOf(world, change));
  return changes.some(({ verb, status }) => edits.includes(verb) && status.is !== 'deferred');
}

function madeOtherwise({ address, verb }: Change): StepEnd {
  return { outcome: { address, verb, is: 'stale', reason: 'another run made it otherwise at the same time' } };
}

/** What a change consists of, in order. */
function partsOf(verb: Verb): readonly Verb[] {
  return verb === 'replace' ? ['create', 'delete'] : [verb];
}

/**
 * The object of the change is asked for itself: by its id, or, for a create, by its mark and its name; and so is what takes
 * its place.
 */
async function lookAgain({ means, objects, known, saw, lost }: World, kind: Kind, desired: Desired, change: Change) {
  const ids = [change.target?.id, known().id(desired.address)];
  const targets = objects().filter(({ id }) => ids.includes(id));
  for (const target of targets) {
    const now = await kind.reread(means.cloud, target, known());
    if (now === undefined) lost(target.id);
    else saw(now);
  }
  if (targets.length > 0) return;
  for (const found of await kind.lookFor(means.cloud, desired, known())) saw(found);
}

/** Just before what cannot be undone its object is asked once more: whoever uses it must have been in the plan (design 5). */
async function unreviewedUser(
  { means }: World,
  kind: Kind,
  { irreversible, blastRadius = [] }: Change,
  live: Observed | undefined,
): Promise<LiveId | undefined> {
  if (!irreversible || live === undefined) return undefined;
  const uses = await kind.usesOf(means.cloud, live);
  return uses.find(({ on, by }) => !blastRadius.some((shown) => shown.on === on && shown.by === by))?.by;
}

type Asked =
  | { readonly is: 'asked'; readonly change: Change; readonly live: Observed | undefined }
  /** `unseen`: fields of it cannot be read back, so that only an answer can tell. */
  | { readonly is: 'done'; readonly live: Observed | undefined; readonly unseen: boolean }
  | { readonly is: 'stale'; readonly reason: string };

function ask(world: World, kind: Kind, desired: Desired, change: Change): Asked {
  const { match, changes, notes } = decide(kind, desired, groundsOf(world, change));
  const live = match.is === 'one' ? match.live : undefined;
  // A create that happened without its answer may lack its second half: the mark, or a field with a call of its own.
  const rest = change.verb === 'create' ? changes.find(({ status }) => status.is === 'ready') : undefined;
  const asked =
    partsOf(change.verb)
      .flatMap((verb) => changes.find((other) => other.verb === verb && isAbout(other, change)) ?? [])
      .at(0) ?? rest;
  const stop = changes.find(({ status, verb }) => status.is === 'blocked' && !edits.includes(verb));
  if (stop?.status.is === 'blocked') return { is: 'stale', reason: stop.status.message };
  if (asked === undefined) {
    const unseen = notes.some((note) => change.fields.some(({ field }) => isWithinField(field, note.field)));
    return { is: 'done', live, unseen };
  }
  if (asked.status.is === 'blocked') return { is: 'stale', reason: asked.status.message };
  // What joins an object that is only made in this run was planned without it.
  const isOther = change.target !== undefined && asked.target?.id !== change.target.id;
  if (asked.verb === 'adopt' && change.verb === 'adopt' && isOther) {
    return { is: 'stale', reason: 'another object is in its place' };
  }
  // A mark is set for the owners that were shown, or where nobody owns it any more.
  const isBound = asked.verb === 'update' || (asked.verb === 'adopt' && asked.fields.length > 0);
  if (asked.verb === change.verb && isBound && !sameBefore(asked, change)) {
    return { is: 'stale', reason: 'the live object changed after it was planned' };
  }
  if (asked.irreversible && asked.target?.state !== change.target?.state) {
    return { is: 'stale', reason: `its state is "${asked.target?.state}" by now, not "${change.target?.state}"` };
  }
  return { is: 'asked', change: asked, live };
}

/** `rotation.enabled` is in `rotation`. */
function isWithinField(field: string, whole: string): boolean {
  return field === whole || field.startsWith(`${whole}.`) || whole.startsWith(`${field}.`);
}

/**
 * Whether both are about the same object, of which one resource may end several, and about the same fields: those that
 * cannot change are a change of their own.
 */
function isAbout({ verb, target, fields, status }: Change, planned: Change): boolean {
  if (endings.includes(verb)) return target?.id === planned.target?.id;
  if (planned.verb !== 'update' || status.is !== 'blocked') return true;
  return fields.some(({ field }) => planned.fields.some((other) => other.field === field));
}

/** A mark that was planned to be set stays consented to, also when its step was cut short after a former one was gone. */
function groundsOf({ means, objects, uses, known }: World, { verb, address }: Change): Grounds {
  const consents = verb === 'adopt' ? new Set([...means.consents, `adopt:${address}`]) : means.consents;
  return { objects: objects(), uses, known: known(), now: means.now(), consents };
}

/** Whether the fields and their live values are still the ones that were planned. */
function sameBefore(asked: Change, planned: Change): boolean {
  const before = ({ fields }: Change) => fields.map((field) => [field.field, field.before ?? null]);
  return sameJson(before(asked), before(planned));
}

async function act(world: World, kind: Kind, desired: Desired, change: Change): Promise<Observed | undefined> {
  const hands = handsOf(world, change);
  const live = world.objects().find(({ id }) => id === change.target?.id);
  const now =
    change.verb === 'create'
      ? await kind.create(hands, { desired, ...(live ? { failed: live } : {}) })
      : await kind.change(change.verb, hands, { desired, live: present(live, desired), fields: change.fields });
  if (live !== undefined && live.id !== now?.id) world.lost(live.id);
  if (now !== undefined) world.saw(now, desired.address);
  return now;
}

function present(live: Observed | undefined, { address }: Desired): Observed {
  if (live === undefined) throw new Stale(`${address} is gone`);
  return live;
}

function handsOf({ means, known, alone }: World, { address, verb }: Change): Hands {
  const { cloud, clock, signal, now, secret } = means;
  return {
    cloud,
    now,
    secret,
    alone,
    known: known(),
    resolve(ref): LiveId {
      const id = known().id(ref);
      if (id === undefined) throw new KeysteadError('NOT_LIVE', `${ref} is not live`);
      return id;
    },
    async persist({ reason, ms }, attempt) {
      const pace = createPace(clock, signal);
      const until = clock.now() + ms;
      for (;;) {
        const done = await attempt();
        if (done !== undefined) return done;
        if (clock.now() >= until) {
          throw new KeysteadError('STILL_REFUSED', `waited ${Math.ceil(ms / 60_000)} minutes in vain for ${reason}`, {
            remedy: 'run the same command again later',
          });
        }
        means.tell({ type: 'waiting', address, verb, reason });
        await pace.wait();
      }
    },
    async eventually(what, read) {
      const pace = createPace(clock, signal);
      const until = clock.now() + LAG_MS;
      for (;;) {
        const found = await read();
        if (found !== undefined) return found;
        if (clock.now() >= until) {
          throw new KeysteadError('NOT_SEEN', `${what} was written, but no read shows it after ${LAG_MS / 1000} s`, {
            remedy: 'run the same command again: it looks first',
          });
        }
        await pace.wait();
      }
    },
  };
}

function done({ address, verb }: Change, live: Observed | undefined): StepEnd {
  return live === undefined
    ? { outcome: { address, verb, is: 'done' } }
    : { outcome: { address, verb, is: 'done', id: live.id }, live };
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

import type { Cloud } from '../cloud/reader.ts';
import { copyOf } from '../decide/match.ts';
import type { ActionContext } from '../kinds/action.ts';
import type { ApplyContext } from '../kinds/context.ts';
import type { LiveId } from '../model/address.ts';
import type { Change } from '../model/change.ts';
import { Deferred, KeysteadError } from '../model/errors.ts';
import type { OpenSnapshot, Snapshot } from '../model/snapshot.ts';
import { createPace } from './pace.ts';

/** How long a read may lag behind a write that was answered. */
export const LAG_MS = 120_000;

/** What one round works with, and what it has learned so far: the only state of the executor. */
export interface Run {
  readonly context: ApplyContext;
  readonly cloud: Cloud;
  /** When to stop waiting for what settles in minutes, as milliseconds of the clock. */
  readonly deadline: number;
  /** As it was planned upon, and what was seen since. Its uses are those that were reviewed. */
  readonly snapshot: OpenSnapshot;
  /** What this run, in whatever round, deleted something in, or moved something out of. */
  readonly emptied: Set<LiveId>;
  /** Runs work of one name one after the other. */
  alone<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** @param emptied of the rounds before; it grows */
export function createRun(
  context: ApplyContext,
  planned: Snapshot,
  deadline: number,
  emptied: Set<LiveId> = new Set(),
): Run {
  const turns = new Map<string, Promise<unknown>>();
  return {
    context,
    cloud: context.cloud(),
    deadline,
    emptied,
    snapshot: copyOf(planned, context.kinds),
    async alone(name, work) {
      // Whether the one before succeeded is not this one's business.
      const turn = (turns.get(name) ?? Promise.resolve()).then(work, work);
      turns.set(name, turn);
      return await turn;
    },
  };
}

/** What an action works with. */
export function actionContext(run: Run, { address, verb, target }: Change): ActionContext {
  const { context, cloud, snapshot, alone, deadline, emptied } = run;
  const { clock, signal, now, secret, tell } = context;
  return {
    cloud,
    now,
    secret,
    alone,
    snapshot,
    resolve(ref): LiveId {
      const id = snapshot.idOf(ref);
      if (id === undefined) throw new KeysteadError('NOT_LIVE', `${ref} is not live`);
      return id;
    },
    async persist({ reason, ms, firstPauseMs }, attempt) {
      const pace = createPace(clock, signal, firstPauseMs);
      const until = clock.now() + ms;
      for (;;) {
        const done = await attempt();
        if (done !== undefined) return done;
        if (clock.now() >= until) {
          throw new KeysteadError('STILL_REFUSED', `waited ${Math.ceil(ms / 60_000)} minutes in vain for ${reason}`, {
            remedy: 'run the same command again later',
          });
        }
        tell({ type: 'waiting', address, verb, reason });
        await pace.wait();
      }
    },
    hasLost: (id) => emptied.has(id),
    async eventually(what, read, isUnderWay = () => false) {
      const pace = createPace(clock, signal);
      const until = clock.now() + LAG_MS;
      for (;;) {
        const found = await read();
        if (found !== undefined) return found;
        if (isUnderWay() && clock.now() >= deadline) {
          throw new Deferred(`${what} is still under way`, [{ when: 'settled', id: target?.id ?? address, address }]);
        }
        if (clock.now() >= until && !isUnderWay()) {
          throw new KeysteadError('NOT_SEEN', `${what} was written, but no read shows it after ${LAG_MS / 1000} s`, {
            remedy: 'run the same command again: it looks first',
          });
        }
        await pace.wait();
      }
    },
  };
}

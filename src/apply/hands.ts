import type { Hands } from '../kinds/kind.ts';
import type { LiveId } from '../model/address.ts';
import type { Change } from '../model/change.ts';
import { KeysteadError } from '../model/errors.ts';
import { createPace } from './pace.ts';
import type { World } from './world.ts';

/** How long a read may lag behind a write that was answered. */
const LAG_MS = 120_000;

/** What an action works with. */
export function handsOf({ means, known, alone }: World, { address, verb }: Change): Hands {
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

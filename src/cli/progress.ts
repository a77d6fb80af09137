import type { Verb } from '../model/change.ts';
import type { Tell } from '../model/event.ts';
import { assertNever } from '../model/json.ts';
import { showDuration } from './durations.ts';

const DOING: Readonly<Record<Verb, string>> = {
  create: 'creating',
  update: 'changing',
  replace: 'replacing',
  adopt: 'marking',
  restore: 'restoring',
  delete: 'deleting',
  forget: 'forgetting',
  cryptoshred: 'cryptoshredding',
  enable: 'enabling',
  disable: 'disabling',
  rotate: 'rotating',
  reclaim: 'reclaiming',
  purge: 'purging',
};
const DONE: Readonly<Record<Verb, string>> = {
  create: 'created',
  update: 'changed',
  replace: 'replaced',
  adopt: 'marked',
  restore: 'restored',
  delete: 'deleted',
  forget: 'forgotten',
  cryptoshred: 'cryptoshredded',
  enable: 'enabled',
  disable: 'disabled',
  rotate: 'rotated',
  reclaim: 'reclaimed',
  purge: 'purged',
};

/** One plain line for each thing that happens, on stderr. */
export function drawProgress(note: (text: string) => void, now: () => number): Tell {
  const begun = new Map<string, number>();
  const told = new Set<string>();
  return (event) => {
    switch (event.type) {
      case 'started':
        begun.set(event.address, now());
        note(`${event.address}: ${DOING[event.verb]}…\n`);
        return;
      case 'waiting':
      case 'settling': {
        const what = event.type === 'settling' ? 'it to become active' : event.reason;
        const line = `${event.address}: waiting for ${what}…\n`;
        if (!told.has(line)) note(line);
        told.add(line);
        return;
      }
      case 'ended': {
        const { address, verb, is } = event.outcome;
        const since = begun.get(address);
        const ms = since === undefined ? 0 : now() - since;
        const took = ms < 100 ? '' : ` (${showDuration(ms)})`;
        note(is === 'done' ? `${address}: ${DONE[verb]}${took}\n` : `${address}: ${is}\n`);
        return;
      }
      default:
        assertNever(event);
    }
  };
}

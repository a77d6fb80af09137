import type { Tell } from '../model/event.ts';
import { assertNever } from '../model/json.ts';
import { rowOf } from '../model/verbs.ts';
import { showDuration } from './durations.ts';

/** One plain line for each thing that happens, on stderr. */
export function drawProgress(note: (text: string) => void, now: () => number): Tell {
  const begun = new Map<string, number>();
  const told = new Set<string>();
  return (event) => {
    switch (event.type) {
      case 'started':
        begun.set(event.address, now());
        note(`${event.address}: ${rowOf(event.verb).doing}…\n`);
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
        note(is === 'done' ? `${address}: ${rowOf(verb).done}${took}\n` : `${address}: ${is}\n`);
        return;
      }
      default:
        assertNever(event);
    }
  };
}

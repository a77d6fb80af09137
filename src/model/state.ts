import { assertNever } from './json.ts';
import type { Life, Observed } from './resource.ts';

/** How a live object is, in one word. */
export type StateWord = 'active' | 'impaired' | 'settling' | 'destroyed' | 'reclaiming' | 'failed' | 'lost';

/** For scripts. `impaired`: live, but not doing its work, as a disabled key. */
export function stateWord(life: Life, impaired: string | undefined): StateWord {
  if (life.is === 'restorable') return life.as;
  return life.is === 'active' && impaired !== undefined ? 'impaired' : life.is;
}

/** For people. */
export function stateInWords(life: Life, impaired: string | undefined): string {
  switch (life.is) {
    case 'active':
      return impaired ?? 'active';
    case 'settling':
      return 'still being made or changed';
    case 'failed':
    case 'lost':
      return life.why;
    case 'restorable': {
      const since = life.since === undefined ? '' : ` on ${life.since}`;
      const by = life.by === undefined ? '' : ` by ${life.by}`;
      const until = life.until === undefined ? '' : `, can be restored until ${life.until}`;
      return `${life.as === 'destroyed' ? 'destroyed' : 'deleted, in reclamation'}${since}${by}${until}`;
    }
    default:
      return assertNever(life);
  }
}

/** Whether an object is live and stays so: active, or still being made or changed. */
export function isStanding({ life }: Pick<Observed, 'life'>): boolean {
  return life.is === 'active' || life.is === 'settling';
}

import type { Observed } from './resource.ts';

/** Whether an object is live and stays so: active, or still being made or changed. */
export function isStanding({ life }: Pick<Observed, 'life'>): boolean {
  return life.is === 'active' || life.is === 'settling';
}

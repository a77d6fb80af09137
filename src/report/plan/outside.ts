import type { Plan } from '../../model/change.ts';
import { wrap } from '../paint.ts';

const WIDTH = 100;

/** What `--target` leaves out, in a sentence; nothing when it leaves out nothing. */
export function renderOutside({ outside }: Pick<Plan, 'outside'>): readonly string[] {
  if (outside.length === 0) return [];
  const addresses = [...new Set(outside.map(({ address }) => address))].sort().join(', ');
  const changes = outside.length === 1 ? '1 change is' : `${outside.length} changes are`;
  return [wrap(`${changes} outside --target: ${addresses}`, '  ', WIDTH)];
}

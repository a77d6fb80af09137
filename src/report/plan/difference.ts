import type { Change, Plan } from '../../model/change.ts';
import { painter } from '../paint.ts';
import { renderChange } from './text.ts';

/**
 * Why a saved plan does not hold any more: what live asks for now and it does not hold, and what it held in its place.
 *
 * @param unreviewed changes of the plan that is made now
 */
export function renderDifference(
  unreviewed: readonly Change[],
  saved: Pick<Plan, 'changes'>,
  options: { readonly color: boolean },
): string {
  const paint = painter(options.color);
  const addresses = new Set(unreviewed.map(({ address }) => address));
  const replaced = saved.changes.filter(({ address, status }) => addresses.has(address) && status.is !== 'blocked');
  return [
    paint('bold', 'Not in the saved plan'),
    ...unreviewed.map((change) => renderChange(change, paint)),
    ...(replaced.length === 0 ? [] : ['', paint('bold', 'What it held in their place')]),
    ...replaced.map((change) => renderChange(change, paint)),
    '',
  ].join('\n');
}

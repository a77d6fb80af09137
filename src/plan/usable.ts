import type { Change } from '../model/change.ts';
import type { Ref } from '../model/relation.ts';
import type { Holding } from './hold.ts';

/** Nothing is made upon what does not do its work: the cloud would refuse it, after all that goes before it was done. */
export function holdCreate(change: Change, holding: Holding): Change {
  const own = holding.desired.find(({ address }) => address === change.address);
  for (const { on } of own?.relations.needs ?? []) {
    const why = idle(on, holding);
    if (why === undefined) continue;
    const message = `${on} cannot be used: ${why}; bring it back first, or declare another`;
    return { ...change, status: { is: 'blocked', code: 'NOT_USABLE', message } };
  }
  return change;
}

/** Why something does not do its work, and will not once this plan is done. */
function idle(ref: Ref, { desired, inventory, kinds, known, changes }: Holding): string | undefined {
  const declared = desired.find(({ address }) => address === ref);
  const kind = kinds.find(({ name }) => name === declared?.kind);
  if (declared !== undefined && kind?.rests(declared.spec)) return 'it is declared to be disabled';
  const live = inventory.objects.find(({ id }) => id === known.id(ref));
  const mended = changes.some(
    ({ verb, target, status }) => verb === 'enable' && target?.id === live?.id && status.is !== 'blocked',
  );
  return mended ? undefined : live?.impaired;
}

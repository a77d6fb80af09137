import { blocked } from '../../model/change.ts';
import type { Ref } from '../../model/relation.ts';
import type { Draft } from '../draft.ts';
import type { Guard } from './guard.ts';

/** Nothing is made upon what does not do its work: the cloud would refuse it, after all that goes before it was done. */
export const usable: Guard = ({ change, desired }, draft) => {
  if (change.verb !== 'create') return undefined;
  for (const { on } of desired.relations.needs) {
    const why = idle(on, draft);
    if (why === undefined) continue;
    return blocked('NOT_USABLE', `${on} cannot be used: ${why}; bring it back first, or declare another`);
  }
  return undefined;
};

/** Why something does not do its work, and will not once this plan is done. */
function idle(ref: Ref, { kinds, snapshot, changes }: Draft): string | undefined {
  const declared = snapshot.wanted.get(ref);
  if (declared !== undefined && kinds.of(declared).lifecycle.isStopped(declared.spec))
    return 'it is declared to be disabled';
  const id = snapshot.idOf(ref);
  if (id === undefined || changes.to(id).some(({ verb }) => verb === 'enable')) return undefined;
  return snapshot.live.get(id)?.impaired;
}

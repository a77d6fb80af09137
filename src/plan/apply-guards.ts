import type { Change } from '../model/change.ts';
import { isDeletion } from '../model/verbs.ts';
import { affectedBy } from './affected.ts';
import type { Draft, Proposal } from './draft.ts';
import { effectOf } from './effect.ts';
import { guards } from './guards/guards.ts';

/**
 * Adds to a change whom it affects, then sets its status from the first guard that objects: nothing is deleted while a use
 * would lose its authorization. No change is hidden, and a blocked one stays as it is.
 */
export function applyGuards(change: Change, draft: Draft): Change {
  if (change.status.is === 'blocked') return change;
  const { snapshot } = draft;
  const desired = snapshot.wanted.get(change.address);
  const live = change.target && snapshot.live.get(change.target.id);
  if (desired === undefined || (live === undefined && change.verb !== 'create')) {
    throw new Error(`${change.verb} of ${change.address} has no object to judge it by`);
  }
  const proposal: Proposal = { change, desired, live, effect: effectOf(change, desired, live, draft) };
  const shown = { ...change, ...remarksOf(proposal, draft), ...blastRadiusOf(proposal, draft) };
  for (const guard of guards) {
    const status = guard(proposal, draft);
    if (status !== undefined) return { ...shown, status };
  }
  return shown;
}

function remarksOf({ change: { verb, remarks = [] }, live }: Proposal, { kinds, snapshot }: Draft): Partial<Change> {
  if (live === undefined || !isDeletion(verb)) return {};
  const told = kinds.of(live).lifecycle.consequences(verb, live, snapshot);
  return told.length === 0 ? {} : { remarks: [...remarks, ...told] };
}

function blastRadiusOf({ change: { verb }, effect }: Proposal, { snapshot }: Draft): Partial<Change> {
  const { endsUses, endsDelegation, movesUses, awaiting } = effect;
  // An update that waits shows the uses that it waits for, and no others.
  const uses = isDeletion(verb) || awaiting === undefined ? [...endsUses, ...movesUses] : [];
  const affected = affectedBy([...uses, ...endsDelegation, ...(awaiting?.uses ?? [])], snapshot);
  return affected.length === 0 ? {} : { blastRadius: affected };
}

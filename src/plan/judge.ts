import type { Change } from '../model/change.ts';
import { isDeletion } from '../model/verbs.ts';
import { affectedBy } from './affected.ts';
import type { Draft, Proposal } from './draft.ts';
import { effectOf } from './effect.ts';
import { guards } from './guards/guards.ts';

/**
 * Shows whom a change hits, and sets what it must wait for and what it may never do: nothing goes while a use would be
 * stranded. It hides no change, and what is blocked already stays so.
 */
export function judge(change: Change, draft: Draft): Change {
  const { snapshot } = draft;
  const desired = snapshot.wanted.get(change.address);
  const live = change.target && snapshot.live.get(change.target.id);
  // Without its object there is nothing to judge but a create.
  if (change.status.is === 'blocked' || desired === undefined || (live === undefined && change.verb !== 'create')) {
    return change;
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
  const told =
    live !== undefined && isDeletion(verb) ? kinds.of(live).lifecycle.consequences(verb, live, snapshot) : [];
  return told.length === 0 ? {} : { remarks: [...remarks, ...told] };
}

function blastRadiusOf({ change: { verb }, effect }: Proposal, { snapshot }: Draft): Partial<Change> {
  const { hit, moved, leaning } = effect;
  // A move that waits shows whom it waits for.
  const uses = isDeletion(verb) || leaning === undefined ? [...hit, ...moved] : [];
  const affected = affectedBy([...uses, ...(leaning?.uses ?? [])], snapshot);
  return affected.length === 0 ? {} : { blastRadius: affected };
}

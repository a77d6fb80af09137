import { blocked } from '../../model/change.ts';
import { rowOf } from '../../model/verbs.ts';
import type { Guard } from './guard.ts';

/** The table of verbs says which changes wait for `--allow VERB:ADDRESS`, and when. */
export const consent: Guard = ({ change: { verb, address }, live, effect }, { kinds, snapshot }) => {
  const row = rowOf(verb).consent;
  if (row === undefined || live === undefined) return undefined;
  const cost = row.when === 'costly' ? kinds.of(live).lifecycle.costOfDeletion(live, snapshot) : undefined;
  const asks = row.when === 'always' || cost !== undefined || (row.when === 'used' && effect.endsUses.length > 0);
  const allow = `${verb}:${address}`;
  if (!asks || snapshot.consents.has(allow)) return undefined;
  const what = row.why?.(live.id) ?? `deleting ${live.id} costs more than it: ${cost}`;
  return blocked('CONSENT_NEEDED', `${what}; \`--allow ${allow}\` consents to it`, allow);
};

import { blocked } from '../../model/change.ts';
import { grantFor } from '../../rules/outlive.ts';
import { affectedBy } from '../affected.ts';
import type { Guard } from './guard.ts';

/** An update that would leave a use without an authorization is refused, with the authorization that must come first. */
export const stranding: Guard = ({ change, effect }, { kinds, snapshot }) => {
  if (change.verb !== 'update' || effect.endsUses.length === 0) return undefined;
  const affected = affectedBy(effect.endsUses, snapshot);
  const names = affected.map(({ name, service }) => `"${name}" (${service})`).join(', ');
  const message = `this would leave ${names} without an authorization for its key`;
  const remedy = `authorize it otherwise first and apply that, or leave this as it is:`;
  // On the keys alone, since one of the same source and target as another would be the same.
  const { yaml } = kinds.suggest(
    affected.map(({ on, by }) => {
      const declared = snapshot.declaredAs(on)?.mark.name;
      return { purpose: 'reads', ...grantFor({ on, by }, snapshot), on, declared };
    }),
  );
  return blocked('WOULD_STRAND', `${message}; ${remedy}\n${yaml}`);
};

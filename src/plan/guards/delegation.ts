import { blocked } from '../../model/change.ts';
import { affectedBy } from '../affected.ts';
import type { Guard } from './guard.ts';

/**
 * Without the role of a delegator a deployment's backups cannot be read, although it goes on reading its key itself: they are as
 * good as destroyed.
 *
 * Source: Cloud Databases docs, "Key Protect integration": removing the authorization destroys the backups under the key.
 */
export const delegation: Guard = ({ change: { address }, effect }, { snapshot }) => {
  const allow = `narrow:${address}`;
  if (effect.endsDelegation.length === 0 || snapshot.consents.has(allow)) return undefined;
  const affected = affectedBy(effect.endsDelegation, snapshot);
  const backups = affected
    .map(({ name, service, on }) => `the backups of "${name}" (${service}) under ${on}`)
    .join(', ');
  const message = `this takes the role AuthorizationDelegator away, without which ${backups} cannot be read any more`;
  return blocked('CONSENT_NEEDED', `${message}; \`--allow ${allow}\` consents to it`, allow);
};

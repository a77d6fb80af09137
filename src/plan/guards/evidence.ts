import { blocked } from '../../model/change.ts';
import type { Guard } from './guard.ts';

/** Authorizations that are named, at most. */
const SHOWN = 3;

/**
 * A key on which nothing is registered is not known to be unused: not every service registers. While a live grant lets somebody
 * read it, its deletion waits for a consent, from the first plan on.
 *
 * Source: Key Protect docs, "Viewing associations": registering is optional for a service; "Migration": lack of associations does
 * not mean lack of use.
 */
export const evidence: Guard = ({ change: { verb, address }, live }, { snapshot, unknownGrants, silentAccess }) => {
  if (verb !== 'delete' || live?.relations.wraps !== true) return undefined;
  const allow = `delete:${address}`;
  if (snapshot.consents.has(allow)) return undefined;
  const first =
    live.impaired === undefined ? 'disable it first (`enabled: false`), which can be undone at once, or ' : '';
  const remedy = `${first}consent with \`--allow ${allow}\``;
  const unknown = unknownGrants();
  if (unknown !== undefined) {
    const message = `which authorizations reach ${address} cannot be told: ${unknown}`;
    return blocked('UNREADABLE', `${message}; ${remedy}`, allow);
  }
  const access = silentAccess(live);
  if (access.length === 0) return undefined;
  const names = access.map(({ grant, owner }) => {
    const by = grant.source.service ?? 'every service of a resource group';
    return `${snapshot.declaredAs(owner.id)?.address ?? owner.id} (${grant.opaque === undefined ? by : 'not understood'})`;
  });
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  const message = `a service need not register on a key that it uses, and these may let one read ${address}`;
  return blocked('CONSENT_NEEDED', `${message}: ${names.slice(0, SHOWN).join(', ')}${more}; ${remedy}`, allow);
};

import { parseCrn } from '../../model/crn.ts';
import { isRefused } from '../../model/errors.ts';
import { usersIn } from '../../services/registrants.ts';
import type { ProbeContext } from '../context.ts';
import { notReadable, type Probe, verdict } from '../probe.ts';
import { noVault } from './vaults.ts';

export const registrationForms: Probe<ProbeContext> = {
  probe: 'registration-forms',
  asks: 'Under which names do services register on keys, and do authorizations name them?',
  assumes: 'under a CRN of ten segments, by the service that an authorization names, or as VPC volumes do',
  otherwise: 'an authorization that may serve such a registration is never deleted or narrowed',
  source: 'Key Protect docs, "Viewing protected resources"; VPC docs, "Authorizing block storage" (another source)',
  async look({ reader, subjects: { vaults, account } }) {
    if (vaults.length === 0) return notReadable(noVault);
    const lists = await Promise.all(
      vaults.map(({ crn }) =>
        reader.registrations(crn).catch((error: unknown) => {
          if (isRefused(error, 401, 403)) return [];
          throw error;
        }),
      ),
    );
    const crns = lists.flat().map(({ resourceCrn }) => resourceCrn);
    if (crns.length === 0) return notReadable('nothing is registered on any key that this login sees');
    const sources = new Set(
      (await reader.authorizations()).flatMap(({ subject }) =>
        (subject?.attributes ?? []).flatMap(({ key, value }) => (key === 'serviceName' ? [String(value)] : [])),
      ),
    );
    // An empty list is what a login without the role Viewer gets, too.
    if (sources.size === 0) return notReadable('no authorization is visible to this login');
    const isAuthorized = (text: string) => {
      const crn = parseCrn(text);
      return crn !== undefined && usersIn(crn, account).some(({ service }) => sources.has(service));
    };
    const odd = crns.filter((crn) => !isAuthorized(crn));
    const details = [
      ...counted(crns.map(formOf)).map((form) => `registered: ${form}`),
      `authorized sources: ${[...sources].sort().join(', ') || 'none'}`,
    ];
    return odd.length === 0
      ? verdict(true, `${crns.length} registered, each under a name that is authorized`, details)
      : verdict(false, `no authorization names ${counted(odd.map(formOf)).join('; ')}`, details);
  },
};

/** A registrant's CRN without what tells one from another: its service, its type, and how its last segment begins. */
function formOf(text: string): string {
  const crn = parseCrn(text);
  if (crn === undefined) return `a CRN of ${text.split(':').length} segments`;
  const type = crn.type === '' ? 'instance' : `type "${crn.type}"`;
  const rest = /^[a-z]+=/i.exec(crn.resource)?.[0] ?? (crn.resource === '' ? '' : 'an id');
  const inside = /\/(.+=)/.exec(crn.instance)?.[1];
  return [crn.service, type, inside ?? '', rest].filter((part) => part !== '').join(', ');
}

function counted(forms: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const form of forms) counts.set(form, (counts.get(form) ?? 0) + 1);
  return [...counts].map(([form, count]) => `${form} (${count})`).sort();
}

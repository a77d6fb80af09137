import { parseCrn } from '../../model/crn.ts';
import { aboutInstance, KEYS, mapIn, RESOURCES, textIn } from '../calls.ts';
import type { ProbeContext } from '../context.ts';
import { notReadable, type Probe, verdict } from '../probe.ts';
import { noVault } from './vaults.ts';

/** Hosts that are Key Protect's, whatever an answer says. */
const TRUSTED = /\.kms\.(cloud\.ibm\.com|appdomain\.cloud)$/;

export const endpointsOfInstance: Probe<ProbeContext> = {
  probe: 'endpoints-of-instance',
  asks: 'Where does each Key Protect instance say that it answers?',
  assumes: "nowhere, or at its region's host, or over https at another host of Key Protect",
  otherwise: 'an endpoint elsewhere never gets the token: set IBMCLOUD_KP_API_ENDPOINT after you checked it',
  source: 'terraform-provider-ibm, resource_ibm_kms_key.go; Key Protect docs, "Provisioning a Dedicated instance"',
  async look({ raw, subjects: { vaults } }) {
    if (vaults.length === 0) return notReadable(noVault);
    const rows = await Promise.all(
      vaults.map(async (vault) => {
        const { body } = await raw.ask(RESOURCES, aboutInstance(vault, { operation: 'read instance' }));
        const said = mapIn(mapIn(body, 'extensions'), 'endpoints');
        const used = new URL(raw.url(KEYS, parseCrn(vault.crn)?.location)).origin;
        return ['public', 'private'].flatMap((word) => {
          const url = textIn(said, word);
          return url === undefined ? [] : [{ text: `${vault.name}, ${word}: ${url}`, ok: isTrusted(url, used) }];
        });
      }),
    );
    const said = rows.flat();
    const odd = said.filter(({ ok }) => !ok);
    if (said.length === 0) return verdict(true, 'no instance says an endpoint; the region decides');
    return odd.length === 0
      ? verdict(
          true,
          'all hosts belong to Key Protect',
          said.map(({ text }) => text),
        )
      : verdict(
          false,
          odd.map(({ text }) => text).join('; '),
          said.map(({ text }) => text),
        );
  },
};

function isTrusted(text: string, used: string): boolean {
  const url = /^https?:/.test(text) ? text : `https://${text}`;
  if (!URL.canParse(url)) return false;
  const { origin, protocol, hostname } = new URL(url);
  return origin === used || (protocol === 'https:' && TRUSTED.test(hostname));
}

import { KeysteadError } from '../../model/errors.ts';
import { isObject } from '../../model/json.ts';
import { KEYS } from '../calls.ts';
import type { ProbeContext } from '../context.ts';
import { notReadable, type Probe, verdict } from '../probe.ts';
import { noVault } from './vaults.ts';

export const endpointsOfInstance: Probe<ProbeContext> = {
  probe: 'endpoints-of-instance',
  asks: 'At which host does each Key Protect instance say it is?',
  assumes: 'at none, at the host of its region, or over https at another host of Key Protect',
  otherwise:
    'another host never gets the token, so nothing of that instance can be read: set IBMCLOUD_KP_API_ENDPOINT if you trust it',
  source: 'terraform-provider-ibm, resource_ibm_kms_key.go; Key Protect docs, "Provisioning a Dedicated instance"',
  async look({ raw, subjects: { vaults } }) {
    if (vaults.length === 0) return notReadable(noVault);
    const odd: string[] = [];
    const details = await Promise.all(
      vaults.map(async ({ crn, name, extensions }) => {
        const said = isObject(extensions) && isObject(extensions['endpoints']) ? extensions['endpoints'] : {};
        const urls = Object.entries(said).map(([word, url]) => `${word} ${String(url)}`);
        const used = await raw.urlOf(KEYS, crn).catch((error: unknown) => {
          if (!(error instanceof KeysteadError)) throw error;
          odd.push(error.message);
          return 'none';
        });
        return `${name} says ${urls.join(', ') || 'nothing'}; used is ${used}`;
      }),
    );
    return odd.length === 0
      ? verdict(true, "every host is Key Protect's", details)
      : verdict(false, odd.sort().join('; '), details);
  },
};

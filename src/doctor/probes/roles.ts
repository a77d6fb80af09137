import { isRefused } from '../../model/errors.ts';
import { missingRoles, roleWord } from '../../services/roles.ts';
import { DELEGATOR_ROLE, KEY_PROTECT, KEY_ROLE, serviceRows } from '../../services/table.ts';
import type { ProbeContext } from '../context.ts';
import { type Probe, verdict } from '../probe.ts';

export const rolesOfPair: Probe<ProbeContext> = {
  probe: 'roles-of-pair',
  asks: 'Which roles on Key Protect can each service be granted?',
  assumes: 'at least those that it needs on its key',
  otherwise: 'IAM refuses the authorization, so this service cannot use your keys',
  source: 'no public page says it of every pair; GET /v2/roles decides (platform-services-node-sdk, listRoles)',
  async look({ reader, subjects: { services } }) {
    const rows = await Promise.all(
      services
        .filter((service) => service !== KEY_PROTECT)
        .map(async (service) => {
          const roles = (await rolesFor(service, reader)).map(({ crn }) => roleWord(crn)).sort();
          const missing = missingRoles(roles, neededBy(service));
          return { text: `${service}: ${roles.join(', ') || 'none'}`, missing, service };
        }),
    );
    const odd = rows.filter(({ missing }) => missing.length > 0);
    const details = rows.map(({ text }) => text);
    return odd.length === 0
      ? verdict(true, rows.map(({ service }) => service).join(', '), details)
      : verdict(
          false,
          odd.map(({ service, missing }) => `${service} cannot be given ${missing.join(', ')}`).join('; '),
          details,
        );
  },
};

/** IAM may refuse a pair that it does not know instead of listing nothing. */
async function rolesFor(service: string, reader: ProbeContext['reader']) {
  try {
    return await reader.roles(KEY_PROTECT, service);
  } catch (error) {
    if (isRefused(error, 400, 404)) return [];
    throw error;
  }
}

function neededBy(service: string): readonly string[] {
  const delegates = serviceRows(service).some(({ keyParameters }) => keyParameters.some((one) => one.delegates));
  return delegates ? [KEY_ROLE, DELEGATOR_ROLE] : [KEY_ROLE];
}

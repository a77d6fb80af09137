import type { Call } from '../cloud/api.ts';
import type { EndpointCheck } from '../model/diagnosis.ts';
import { KeysteadError } from '../model/errors.ts';
import { KEY_PROTECT } from '../services/table.ts';
import { CATALOG, GROUPS, IAM, KEYS, RESOURCES, SEARCH, TAGS, toVault } from './calls.ts';
import type { ProbeContext } from './context.ts';

/** One small request to every API, side by side: any answer says that it is there. */
export async function checkEndpoints(context: ProbeContext): Promise<readonly EndpointCheck[]> {
  const { account, regions, vaults } = context.subjects;
  const regional = regions.map((region) => {
    // Without an instance it is refused, which is an answer too.
    const vault = vaults.find((one) => one.crn.split(':')[5] === region);
    const call = { operation: 'reach Key Protect', path: '/keys', query: { limit: 1 } };
    return { api: KEYS, region, call: vault ? toVault(vault, call) : { ...call, path: '/api/v2/keys' } };
  });
  const query = { account_id: account, limit: 1 };
  const checks: readonly { readonly api: string; readonly region?: string; readonly call: Call }[] = [
    { api: IAM, call: { operation: 'reach IAM', path: '/identity/keys' } },
    { api: CATALOG, call: { operation: 'reach the catalog', path: '', query: { q: KEY_PROTECT, _limit: 1 } } },
    {
      api: RESOURCES,
      call: { operation: 'reach Resource Controller', path: '/v2/resource_instances', query: { limit: 1 } },
    },
    {
      api: GROUPS,
      call: { operation: 'reach Resource Manager', path: '/v2/resource_groups', query: { account_id: account } },
    },
    ...regional,
    {
      api: TAGS,
      call: { operation: 'reach tagging', path: '/v3/tags', query: { limit: 1, tag_type: 'user', providers: 'ghost' } },
    },
    {
      api: SEARCH,
      call: {
        operation: 'reach search',
        method: 'POST',
        path: '/v3/resources/search',
        query,
        body: { query: `service_name:${KEY_PROTECT}`, fields: ['crn'] },
        reads: true,
        idempotent: true,
      },
    },
  ];
  return await Promise.all(checks.map((check) => reach(check, context)));
}

async function reach(
  { api, region, call }: { readonly api: string; readonly region?: string; readonly call: Call },
  { raw }: ProbeContext,
): Promise<EndpointCheck> {
  const at = { api: region === undefined ? api : `${api}, ${region}`, url: raw.url(api, region) };
  try {
    const { status, tookMs, atMs, headers } = await raw.ask(api, call, region);
    const theirs = Date.parse(headers['date'] ?? '');
    // A date has whole seconds: on average it is half a second old.
    const clockAheadS = Number.isNaN(theirs) ? null : Math.round((atMs - theirs - 500) / 1000);
    return { ...at, status, latencyMs: tookMs, clockAheadS, error: null };
  } catch (error) {
    if (!(error instanceof KeysteadError)) throw error;
    return { ...at, status: null, latencyMs: null, clockAheadS: null, error: error.message };
  }
}

import GlobalSearchV2 from '@ibm-cloud/platform-services/global-search/v2.js';
import { expect } from '@jest/globals';
import { createVault } from '../helpers/platform.ts';
import { conformance, type Scene } from './conformance.ts';

type Given = Scene<GlobalSearchV2>;

const bad = {
  errors: [{ code: 'bad_request', message: expect.any(String) }],
  trace: expect.any(String),
  status_code: 400,
};

const vaults = async ({ api }: Given, ...names: readonly string[]): Promise<string> => {
  const made = [];
  for (const name of names) made.push((await createVault(api, name)).crn);
  return made[0] ?? '';
};

conformance({
  name: 'Global Search',
  prototype: GlobalSearchV2.prototype,
  open: (options) => new GlobalSearchV2(options),
  rows: {
    search: [
      [
        200,
        'by CRN, with the tags that Terraform reads',
        async (sdk, given) =>
          sdk.search({ query: `crn:"${await vaults(given, 'one')}"`, fields: ['access_tags', 'tags', 'service_tags'] }),
        {
          items: [{ tags: [], access_tags: [], service_tags: [] }],
          limit: 10,
          search_cursor: expect.any(String),
        },
      ],
      [
        200,
        'the next page by its cursor alone',
        async (sdk, given) => {
          await vaults(given, 'one', 'two');
          const first = await given.sdk.search({ query: 'name:*', limit: 1, fields: ['name'] });
          return await sdk.search({ searchCursor: first.result.search_cursor ?? '', limit: 1 });
        },
        { items: [{ name: 'two' }] },
      ],
      [
        200,
        'sorted by two fields, joined by a comma',
        async (sdk, given) => {
          await vaults(given, 'one', 'two', 'one');
          return await sdk.search({ query: 'service_name:kms', sort: ['-name', 'crn'], fields: ['*'] });
        },
        { items: [{ name: 'two' }, { name: 'one' }, { name: 'one' }] },
      ],
      [
        200,
        'what is in reclamation, when asked for',
        async (sdk, given) => {
          await given.api('DELETE', `/v2/resource_instances/${encodeURIComponent(await vaults(given, 'one'))}`);
          return await sdk.search({ query: 'name:one', isReclaimed: 'any', fields: ['doc.state'] });
        },
        { items: [{ doc: { state: 'pending_reclamation' } }] },
      ],
      [
        200,
        'another account',
        async (sdk, given) => {
          await vaults(given, 'one');
          return await sdk.search({ query: '*', accountId: 'ffff' });
        },
        { items: [] },
      ],
      [400, 'a query that cannot be parsed', (sdk) => sdk.search({ query: 'name:[a TO b]' }), bad],
      [400, 'a limit of none', (sdk) => sdk.search({ query: '*', limit: 2000 }), bad],
      [400, 'a cursor of nobody', (sdk) => sdk.search({ searchCursor: 'x' }), bad],
      [400, 'a field that is none to sort by', (sdk) => sdk.search({ query: '*', sort: ['a b'] }), bad],
    ],
  },
});

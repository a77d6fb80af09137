import GlobalTaggingV1 from '@ibm-cloud/platform-services/global-tagging/v1.js';
import { expect } from '@jest/globals';
import { account, createVault } from '../helpers/platform.ts';
import { conformance, type Scene } from './conformance.ts';

type Given = Scene<GlobalTaggingV1>;

const stranger = `crn:v1:bluemix:public:kms:us-south:a/${account}:none::`;
const refusal = (status: number, code: string) => ({
  errors: [{ code, message: expect.any(String) }],
  trace: expect.any(String),
  status_code: status,
});
const bad = refusal(400, 'bad_request');

/** A vault, as an attach names it. */
async function vault({ api }: Given): Promise<{ readonly resource_id: string }[]> {
  return [{ resource_id: (await createVault(api)).crn }];
}

/** A vault with these tags; access tags are made first. */
async function tagged(given: Given, tagNames: string[], tagType = 'user'): Promise<{ readonly resource_id: string }[]> {
  const resources = await vault(given);
  if (tagType === 'access') await given.sdk.createTag({ tagNames, tagType });
  await given.sdk.attachTag({ resources, tagNames, tagType });
  return resources;
}

conformance({
  name: 'Global Tagging',
  prototype: GlobalTaggingV1.prototype,
  open: (options) => new GlobalTaggingV1(options),
  rows: {
    listTags: [
      [
        200,
        'of one resource',
        async (sdk, given) => {
          const [resource] = await tagged(given, ['Env:Prod', 'plain']);
          return await sdk.listTags({ attachedTo: resource?.resource_id ?? '', orderByName: 'desc' });
        },
        { total_count: 2, items: [{ name: 'plain' }, { name: 'env:prod' }] },
      ],
      [
        200,
        'of two providers, joined by a comma',
        async (sdk, given) => {
          await tagged(given, ['plain']);
          return await sdk.listTags({ providers: ['ghost', 'ims'], fullData: true, limit: 1 });
        },
        { total_count: 1, offset: 0, limit: 1, items: [{ name: 'plain', providers: ['ghost'] }] },
      ],
      [
        200,
        'access tags, attached or not',
        async (sdk, given) => {
          await given.sdk.createTag({ tagNames: ['team:b'], tagType: 'access' });
          await tagged(given, ['team:a'], 'access');
          return await sdk.listTags({ tagType: 'access' });
        },
        { items: [{ name: 'team:a' }, { name: 'team:b' }] },
      ],
      [200, 'no service tags', (sdk) => sdk.listTags({ tagType: 'service', accountId: account }), { items: [] }],
      [400, 'too many at once', (sdk) => sdk.listTags({ limit: 1001 }), bad],
      [400, 'an unknown provider', (sdk) => sdk.listTags({ providers: ['casper'] }), bad],
    ],
    createTag: [
      [
        200,
        'an access tag, and it is there the second time',
        async (sdk, given) => {
          await given.sdk.createTag({ tagNames: ['team:a'], tagType: 'access' });
          return await sdk.createTag({ tagNames: ['team:a', 'team:b', 'plain'], tagType: 'access' });
        },
        {
          results: [
            { tag_name: 'team:a', is_error: true },
            { tag_name: 'team:b', is_error: false },
            { is_error: true },
          ],
        },
      ],
      [400, 'a user tag', (sdk) => sdk.createTag({ tagNames: ['plain'], tagType: 'user' }), bad],
    ],
    deleteTagAll: [
      [
        200,
        'access tags that nothing carries',
        async (sdk, given) => {
          await given.sdk.createTag({ tagNames: ['team:b'], tagType: 'access' });
          await tagged(given, ['team:a'], 'access');
          return await sdk.deleteTagAll({ tagType: 'access' });
        },
        { total_count: 1, errors: false, items: [{ tag_name: 'team:b', is_error: false }] },
      ],
      [400, 'an unknown type', (sdk) => sdk.deleteTagAll({ tagType: 'label' }), bad],
    ],
    deleteTag: [
      [
        200,
        'a user tag that is gone already',
        (sdk) => sdk.deleteTag({ tagName: 'a:b', providers: ['ghost'] }),
        { results: [{ provider: 'ghost', is_error: true }] },
      ],
      [
        200,
        'an access tag that nothing carries',
        async (sdk, given) => {
          await given.sdk.createTag({ tagNames: ['team:b'], tagType: 'access' });
          return await sdk.deleteTag({ tagName: 'team:b', tagType: 'access' });
        },
        { results: [{ provider: 'ghost', is_error: false }] },
      ],
      [
        200,
        'an access tag in use',
        async (sdk, given) => {
          await tagged(given, ['team:a'], 'access');
          return await sdk.deleteTag({ tagName: 'team:a', tagType: 'access' });
        },
        { results: [{ is_error: true }] },
      ],
      [400, 'no tag at all', (sdk) => sdk.deleteTag({ tagName: 'a/b' }), bad],
    ],
    attachTag: [
      [
        200,
        'to a resource by its id',
        async (sdk, given) => sdk.attachTag({ resources: await vault(given), tagNames: ['a:b'] }),
        { results: [{ is_error: false }] },
      ],
      [
        200,
        'found by a query',
        async (sdk, given) => {
          const [resource] = await vault(given);
          return await sdk.attachTag({ query: { query_string: `crn:"${resource?.resource_id}"` }, tagNames: ['a:b'] });
        },
        { results: [{ resource_id: expect.stringContaining(':kms:'), is_error: false }] },
      ],
      [
        200,
        'to one that is not there',
        (sdk) => sdk.attachTag({ resources: [{ resource_id: stranger }], tagNames: ['a:b'] }),
        { results: [{ resource_id: stranger, is_error: true }] },
      ],
      [
        200,
        'an access tag that nobody made',
        async (sdk, given) => sdk.attachTag({ resources: await vault(given), tagNames: ['team:z'], tagType: 'access' }),
        { results: [{ is_error: true }] },
      ],
      [400, 'no tags', async (sdk, given) => sdk.attachTag({ resources: await vault(given) }), bad],
      [
        400,
        'a query that cannot be parsed',
        (sdk) => sdk.attachTag({ query: { query_string: '(' }, tagNames: ['a:b'] }),
        bad,
      ],
      [
        400,
        'service tags without an account',
        async (sdk, given) => sdk.attachTag({ resources: await vault(given), tagNames: ['a:b'], tagType: 'service' }),
        bad,
      ],
      [
        403,
        'service tags, which nobody here may attach',
        async (sdk, given) =>
          sdk.attachTag({ resources: await vault(given), tagNames: ['a:b'], tagType: 'service', accountId: account }),
        refusal(403, 'forbidden'),
      ],
    ],
    detachTag: [
      [
        200,
        'what is attached',
        async (sdk, given) => sdk.detachTag({ resources: await tagged(given, ['a:b']), tagNames: ['a:b'] }),
        { results: [{ is_error: false }] },
      ],
      [
        200,
        'what is not',
        async (sdk, given) => sdk.detachTag({ resources: await vault(given), tagNames: ['a:b'] }),
        { results: [{ is_error: false }] },
      ],
      [400, 'from nothing', (sdk) => sdk.detachTag({ resources: [], tagNames: ['a:b'] }), bad],
    ],
  },
});

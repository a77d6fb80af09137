import ResourceManagerV2 from '@ibm-cloud/platform-services/resource-manager/v2.js';
import { expect } from '@jest/globals';
import { account, createInstance, defaultGroup } from '../helpers/platform.ts';
import { conformance, type Scene } from './conformance.ts';

type Given = Scene<ResourceManagerV2>;

const unknown = '00000000000000000000000000000000';
const refusal = (status: number) => ({ message: expect.any(String), status_code: status });

const made = async ({ sdk }: Given): Promise<string> =>
  (await sdk.createResourceGroup({ name: 'staging', accountId: account })).result.id ?? '';

conformance({
  name: 'Resource Manager',
  prototype: ResourceManagerV2.prototype,
  open: (options) => new ResourceManagerV2(options),
  rows: {
    listResourceGroups: [
      [
        200,
        'the default one',
        (sdk) => sdk.listResourceGroups({ accountId: account, _default: true }),
        { resources: [{ name: 'Default', default: true, state: 'ACTIVE', resource_linkages: [] }] },
      ],
      [
        200,
        'by its exact name',
        (sdk) => sdk.listResourceGroups({ accountId: account, name: 'default' }),
        { resources: [] },
      ],
      [
        200,
        'deleted ones when asked for',
        async (sdk, given) => {
          await given.sdk.deleteResourceGroup({ id: await made(given) });
          return await sdk.listResourceGroups({ accountId: account, name: 'staging', includeDeleted: true });
        },
        { resources: [{ state: 'DELETED' }] },
      ],
      [400, 'a date that is no month', (sdk) => sdk.listResourceGroups({ date: 'May' }), refusal(400)],
    ],
    createResourceGroup: [
      [
        201,
        'a new name',
        (sdk) => sdk.createResourceGroup({ name: 'staging', accountId: account }),
        { id: expect.stringMatching(/^[0-9a-f]{32}$/), crn: expect.stringContaining(':resource-group:') },
      ],
      [400, 'no name', (sdk) => sdk.createResourceGroup({ accountId: account }), refusal(400)],
      [403, 'another account', (sdk) => sdk.createResourceGroup({ name: 'staging', accountId: unknown }), refusal(403)],
      [
        409,
        'a name that is taken',
        (sdk) => sdk.createResourceGroup({ name: 'production', accountId: account }),
        refusal(409),
      ],
    ],
    getResourceGroup: [
      [
        200,
        'by its short id',
        async (sdk, given) => sdk.getResourceGroup({ id: await made(given) }),
        { name: 'staging' },
      ],
      [
        200,
        'by its CRN',
        async (sdk, given) => {
          const id = `crn:v1:bluemix:public:resource-controller::a/${account}::resource-group:${await made(given)}`;
          return await sdk.getResourceGroup({ id });
        },
        { name: 'staging' },
      ],
      [404, 'an unknown id', (sdk) => sdk.getResourceGroup({ id: unknown }), refusal(404)],
      [
        404,
        'a deleted group',
        async (sdk, given) => {
          const id = await made(given);
          await given.sdk.deleteResourceGroup({ id });
          return await sdk.getResourceGroup({ id });
        },
        refusal(404),
      ],
    ],
    updateResourceGroup: [
      [
        200,
        'a new name',
        async (sdk, given) => sdk.updateResourceGroup({ id: await made(given), name: 'test', state: 'ACTIVE' }),
        { name: 'test', state: 'ACTIVE' },
      ],
      [
        200,
        'the default one takes another name',
        async (sdk, given) => sdk.updateResourceGroup({ id: await defaultGroup(given.api), name: 'main' }),
        { name: 'main', default: true },
      ],
      [
        400,
        'an unknown state',
        async (sdk, given) => sdk.updateResourceGroup({ id: await made(given), state: 'ASLEEP' }),
        refusal(400),
      ],
      [404, 'an unknown id', (sdk) => sdk.updateResourceGroup({ id: unknown, name: 'test' }), refusal(404)],
      [
        409,
        'a name that is taken',
        async (sdk, given) => sdk.updateResourceGroup({ id: await made(given), name: 'Default' }),
        refusal(409),
      ],
    ],
    deleteResourceGroup: [
      [204, 'empty', async (sdk, given) => sdk.deleteResourceGroup({ id: await made(given) })],
      [
        400,
        'the default group',
        async (sdk, given) => sdk.deleteResourceGroup({ id: await defaultGroup(given.api) }),
        refusal(400),
      ],
      [404, 'an unknown id', (sdk) => sdk.deleteResourceGroup({ id: unknown }), refusal(404)],
      [
        500,
        'a group with an active instance',
        async (sdk, given) => {
          const id = await made(given);
          await createInstance(given.api, { resource_group: id });
          return await sdk.deleteResourceGroup({ id });
        },
        refusal(500),
      ],
    ],
    listQuotaDefinitions: [
      [200, 'all of them', (sdk) => sdk.listQuotaDefinitions({}), { resources: [{ resource_quotas: [] }, {}] }],
    ],
    getQuotaDefinition: [
      [
        200,
        'that of a group',
        async (sdk, given) => {
          const { result } = await given.sdk.getResourceGroup({ id: await made(given) });
          return await sdk.getQuotaDefinition({ id: result.quota_id ?? '' });
        },
        { id: expect.any(String) },
      ],
      [404, 'an unknown id', (sdk) => sdk.getQuotaDefinition({ id: unknown }), refusal(404)],
    ],
  },
});

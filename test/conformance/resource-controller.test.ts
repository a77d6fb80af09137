import ResourceControllerV2 from '@ibm-cloud/platform-services/resource-controller/v2.js';
import { expect } from '@jest/globals';
import { createVault, defaultGroup, tieredPricing } from '../helpers/platform.ts';
import { conformance, type Row, type Scene } from './conformance.ts';

type Given = Scene<ResourceControllerV2>;

const space = 'crn:v1:bluemix:public:bluemix:us-south:o/11112222-3333-4444-5555-666677778888::cf-space:9999';
const application = 'crn:v1:bluemix:public:bluemix:us-south:s/9999::cf-application:8888';
const lite = '2fdf0c08-2d32-4f46-84b5-32e0c92fffd8';
const unknown = '00000000-0000-4000-8000-000000000000';

const vaultOf = async ({ api }: Given): Promise<string> => (await createVault(api)).crn;

/** A create that runs until the clock is moved. */
async function provisioning({ sdk, api, emulator }: Given): Promise<string> {
  emulator.settings.change({ provisioningMs: 60_000 });
  const made = await sdk.createResourceInstance({
    name: 'lakehouse',
    target: 'us-south',
    resourceGroup: await defaultGroup(api),
    resourcePlanId: 'data-virtualization-enterprise',
  });
  return made.result.crn ?? '';
}

async function keyOf(given: Given, source?: string): Promise<string> {
  const made = await given.sdk.createResourceKey({ name: 'credentials', source: source ?? (await vaultOf(given)) });
  return made.result.guid ?? '';
}

async function aliasOf(given: Given, source?: string): Promise<string> {
  const from = source ?? (await vaultOf(given));
  return (await given.sdk.createResourceAlias({ name: 'alias', source: from, target: space })).result.crn ?? '';
}

async function bindingOf(given: Given, source?: string): Promise<string> {
  const from = source ?? (await aliasOf(given));
  return (await given.sdk.createResourceBinding({ source: from, target: application })).result.guid ?? '';
}

async function reclamationOf(given: Given): Promise<string> {
  await given.sdk.deleteResourceInstance({ id: await vaultOf(given) });
  return (await given.sdk.listReclamations({})).result.resources?.[0]?.id ?? '';
}

/** The rows that an operation on one thing by its id has in common: there is none of that id, and it was removed. */
function absent(call: (sdk: ResourceControllerV2, id: string) => Promise<ResourceControllerV2.Response>) {
  return [404, 'an unknown id', (sdk) => call(sdk, unknown), refusal(404)] satisfies Row<ResourceControllerV2>;
}

const refusal = (status: number) => ({
  message: expect.any(String),
  status_code: status,
  transaction_id: expect.stringMatching(/^bss-[0-9a-f]{16}$/),
});
const broker = { ...refusal(400), error_code: 'RC-ServiceBrokerErrorResponse', details: expect.any(String) };
const removed = { state: 'removed', deleted_at: expect.any(String), deleted_by: expect.stringMatching(/^IBMid-/) };

const create = async (
  sdk: ResourceControllerV2,
  { api }: Given,
  given: Partial<ResourceControllerV2.CreateResourceInstanceParams> = {},
) =>
  await sdk.createResourceInstance({
    name: 'vault',
    target: 'us-south',
    resourceGroup: await defaultGroup(api),
    resourcePlanId: tieredPricing,
    ...given,
  });

conformance({
  name: 'Resource Controller',
  prototype: ResourceControllerV2.prototype,
  open: (options) => new ResourceControllerV2(options),
  rows: {
    listResourceInstances: [
      [
        200,
        'one instance',
        async (sdk, given) => {
          await vaultOf(given);
          return await sdk.listResourceInstances({ name: 'vault', limit: 1 });
        },
        { rows_count: 1, next_url: null, resources: [{ name: 'vault' }] },
      ],
      [400, 'an unknown state', (sdk) => sdk.listResourceInstances({ state: 'gone' }), refusal(400)],
      [400, 'a start that is no token', (sdk) => sdk.listResourceInstances({ start: 'page-2' }), refusal(400)],
      [400, 'a date that is none', (sdk) => sdk.listResourceInstances({ updatedFrom: 'monday' }), refusal(400)],
    ],
    createResourceInstance: [
      [201, 'Key Protect, at once', (sdk, given) => create(sdk, given), { state: 'active', locked: false }],
      [201, 'locked from the start', (sdk, given) => create(sdk, given, { entityLock: true }), { locked: true }],
      [
        202,
        'Data Virtualization, in the background',
        (sdk, given) => {
          given.emulator.settings.change({ provisioningMs: 1000 });
          return create(sdk, given, { resourcePlanId: 'data-virtualization-enterprise' });
        },
        { state: 'provisioning', last_operation: { async: true, state: 'in progress', cancelable: true } },
      ],
      [400, 'an unknown plan', (sdk, given) => create(sdk, given, { resourcePlanId: unknown }), refusal(400)],
      [400, 'an unknown target', (sdk, given) => create(sdk, given, { target: 'atlantis' }), refusal(400)],
      [400, 'an unknown resource group', (sdk, given) => create(sdk, given, { resourceGroup: unknown }), refusal(400)],
      [400, 'a name with a slash', (sdk, given) => create(sdk, given, { name: 'a/b' }), refusal(400)],
      [
        400,
        'a key that its service cannot read',
        (sdk, given) =>
          create(sdk, given, {
            resourcePlanId: 'data-virtualization-enterprise',
            parameters: { disk_encryption_key_crn: `crn:v1:bluemix:public:kms:us-south:a/1:${unknown}:key:${unknown}` },
          }),
        broker,
      ],
    ],
    getResourceInstance: [
      [
        200,
        'by its CRN',
        async (sdk, given) => sdk.getResourceInstance({ id: await vaultOf(given) }),
        { name: 'vault' },
      ],
      [
        200,
        'removed',
        async (sdk, given) => {
          const { result } = await create(given.sdk, given, { resourcePlanId: lite, target: 'global' });
          await given.sdk.deleteResourceInstance({ id: result.guid ?? '' });
          given.emulator.clock.advance(3_000_000);
          return await sdk.getResourceInstance({ id: result.guid ?? '' });
        },
        { ...removed, last_operation: { type: 'delete', state: 'succeeded', async: false } },
      ],
      absent((sdk, id) => sdk.getResourceInstance({ id })),
      [
        404,
        'the CRN of something else',
        async (sdk, given) => sdk.getResourceInstance({ id: (await vaultOf(given)).replace('kms', 'hs-crypto') }),
        refusal(404),
      ],
    ],
    updateResourceInstance: [
      [
        200,
        'a new name, at once',
        async (sdk, given) => sdk.updateResourceInstance({ id: await vaultOf(given), name: 'safe' }),
        { name: 'safe', last_operation: { type: 'update' } },
      ],
      [
        202,
        'in the background',
        async (sdk, given) => {
          given.emulator.settings.change({ provisioningMs: 0 });
          const { result } = await create(given.sdk, given, { resourcePlanId: 'data-virtualization-enterprise' });
          return await sdk.updateResourceInstance({ id: result.guid ?? '', parameters: { worker_count: '5' } });
        },
        { state: 'active', last_operation: { type: 'update', async: true } },
      ],
      [
        400,
        'a plan of another service',
        async (sdk, given) => sdk.updateResourceInstance({ id: await vaultOf(given), resourcePlanId: lite }),
        refusal(400),
      ],
      absent((sdk, id) => sdk.updateResourceInstance({ id, name: 'safe' })),
      [
        410,
        'removed',
        async (sdk, given) => {
          const { result } = await create(given.sdk, given, { resourcePlanId: lite, target: 'global' });
          await given.sdk.deleteResourceInstance({ id: result.guid ?? '' });
          return await sdk.updateResourceInstance({ id: result.guid ?? '', name: 'safe' });
        },
        refusal(410),
      ],
      [
        422,
        'locked',
        async (sdk, given) => {
          const id = await vaultOf(given);
          await given.sdk.lockResourceInstance({ id });
          return await sdk.updateResourceInstance({ id, name: 'safe' });
        },
        refusal(422),
      ],
      [
        422,
        'while it is being made',
        async (sdk, given) => sdk.updateResourceInstance({ id: await provisioning(given), name: 'x' }),
        refusal(422),
      ],
      [
        422,
        'in reclamation',
        async (sdk, given) => {
          const id = await vaultOf(given);
          await given.sdk.deleteResourceInstance({ id });
          return await sdk.updateResourceInstance({ id, name: 'safe' });
        },
        refusal(422),
      ],
    ],
    deleteResourceInstance: [
      [204, 'reclaimable', async (sdk, given) => sdk.deleteResourceInstance({ id: await vaultOf(given) })],
      [
        204,
        'with a key on it, recursive',
        async (sdk, given) => {
          const id = await vaultOf(given);
          await keyOf(given, id);
          return await sdk.deleteResourceInstance({ id, recursive: true });
        },
      ],
      [
        400,
        'with a key on it',
        async (sdk, given) => {
          const id = await vaultOf(given);
          await keyOf(given, id);
          return await sdk.deleteResourceInstance({ id, recursive: false });
        },
        refusal(400),
      ],
      absent((sdk, id) => sdk.deleteResourceInstance({ id })),
      [
        410,
        'removed',
        async (sdk, given) => {
          const { result } = await create(given.sdk, given, { resourcePlanId: lite, target: 'global' });
          await given.sdk.deleteResourceInstance({ id: result.guid ?? '' });
          return await sdk.deleteResourceInstance({ id: result.guid ?? '' });
        },
        refusal(410),
      ],
      [
        422,
        'locked',
        async (sdk, given) => {
          const id = await vaultOf(given);
          await given.sdk.lockResourceInstance({ id });
          return await sdk.deleteResourceInstance({ id });
        },
        refusal(422),
      ],
      [
        422,
        'in reclamation already',
        async (sdk, given) => {
          const id = await vaultOf(given);
          await given.sdk.deleteResourceInstance({ id });
          return await sdk.deleteResourceInstance({ id });
        },
        refusal(422),
      ],
    ],
    lockResourceInstance: [
      [
        200,
        'active',
        async (sdk, given) => sdk.lockResourceInstance({ id: await vaultOf(given) }),
        { locked: true, last_operation: { type: 'lock', async: false, state: 'succeeded' } },
      ],
      absent((sdk, id) => sdk.lockResourceInstance({ id })),
      [
        422,
        'while it is being made',
        async (sdk, given) => sdk.lockResourceInstance({ id: await provisioning(given) }),
        refusal(422),
      ],
    ],
    unlockResourceInstance: [
      [
        200,
        'locked',
        async (sdk, given) => {
          const id = await vaultOf(given);
          await given.sdk.lockResourceInstance({ id });
          return await sdk.unlockResourceInstance({ id });
        },
        { locked: false, last_operation: { type: 'unlock', async: false, state: 'succeeded' } },
      ],
      absent((sdk, id) => sdk.unlockResourceInstance({ id })),
    ],
    cancelLastopResourceInstance: [
      [
        200,
        'a create that runs',
        async (sdk, given) => sdk.cancelLastopResourceInstance({ id: await provisioning(given) }),
        removed,
      ],
      absent((sdk, id) => sdk.cancelLastopResourceInstance({ id })),
      [
        422,
        'what is done',
        async (sdk, given) => sdk.cancelLastopResourceInstance({ id: await vaultOf(given) }),
        refusal(422),
      ],
    ],
    listResourceAliasesForInstance: [
      [
        200,
        'one alias',
        async (sdk, given) => {
          const id = await vaultOf(given);
          await aliasOf(given, id);
          return await sdk.listResourceAliasesForInstance({ id });
        },
        { rows_count: 1, next_url: null, resources: [{ name: 'alias' }] },
      ],
      absent((sdk, id) => sdk.listResourceAliasesForInstance({ id })),
    ],
    listResourceKeysForInstance: [
      [
        200,
        'one key',
        async (sdk, given) => {
          const id = await vaultOf(given);
          await keyOf(given, id);
          return await sdk.listResourceKeysForInstance({ id });
        },
        { rows_count: 1, resources: [{ name: 'credentials' }] },
      ],
      absent((sdk, id) => sdk.listResourceKeysForInstance({ id })),
    ],
    listResourceKeys: [
      [
        200,
        'by name',
        async (sdk, given) => {
          await keyOf(given);
          return await sdk.listResourceKeys({ name: 'credentials' });
        },
        { rows_count: 1, resources: [{ state: 'active' }] },
      ],
      [400, 'a limit of none', (sdk) => sdk.listResourceKeys({ limit: 0 }), refusal(400)],
    ],
    createResourceKey: [
      [
        201,
        'of an instance, by its CRN',
        async (sdk, given) => sdk.createResourceKey({ name: 'reader', source: await vaultOf(given), role: 'Reader' }),
        {
          state: 'active',
          onetime_credentials: false,
          credentials: {
            apikey: expect.stringMatching(/^\S{44}$/),
            iam_role_crn: 'crn:v1:bluemix:public:iam::::serviceRole:Reader',
            iam_serviceid_crn: expect.stringContaining(':serviceid:ServiceId-'),
          },
        },
      ],
      [
        201,
        'of an alias',
        async (sdk, given) => sdk.createResourceKey({ name: 'reader', source: await aliasOf(given) }),
        { resource_alias_url: expect.stringContaining('/v2/resource_aliases/') },
      ],
      [
        400,
        'a role that the service does not have',
        async (sdk, given) => sdk.createResourceKey({ name: 'king', source: await vaultOf(given), role: 'King' }),
        refusal(400),
      ],
      [404, 'an unknown source', (sdk) => sdk.createResourceKey({ name: 'reader', source: unknown }), refusal(404)],
      [
        422,
        'an instance that is still being made',
        async (sdk, given) => sdk.createResourceKey({ name: 'reader', source: await provisioning(given) }),
        refusal(422),
      ],
    ],
    getResourceKey: [
      [
        200,
        'by its GUID',
        async (sdk, given) => sdk.getResourceKey({ id: await keyOf(given) }),
        { credentials: { apikey: expect.any(String) } },
      ],
      [
        200,
        'one-time credentials are not shown again',
        async (sdk, given) => {
          const { result } = await create(given.sdk, given, { parameters: { onetime_credentials: true } });
          return await sdk.getResourceKey({ id: await keyOf(given, result.guid) });
        },
        expect.not.objectContaining({ credentials: expect.anything() }),
      ],
      [
        200,
        'removed',
        async (sdk, given) => {
          const id = await keyOf(given);
          await given.sdk.deleteResourceKey({ id });
          return await sdk.getResourceKey({ id });
        },
        expect.not.objectContaining({ credentials: expect.anything() }),
      ],
      absent((sdk, id) => sdk.getResourceKey({ id })),
    ],
    updateResourceKey: [
      [
        200,
        'a new name',
        async (sdk, given) => sdk.updateResourceKey({ id: await keyOf(given), name: 'renamed' }),
        { name: 'renamed' },
      ],
      [
        400,
        'a bad name',
        async (sdk, given) => sdk.updateResourceKey({ id: await keyOf(given), name: '#' }),
        refusal(400),
      ],
      absent((sdk, id) => sdk.updateResourceKey({ id, name: 'renamed' })),
    ],
    deleteResourceKey: [
      [204, 'in use', async (sdk, given) => sdk.deleteResourceKey({ id: await keyOf(given) })],
      absent((sdk, id) => sdk.deleteResourceKey({ id })),
      [
        410,
        'the second time',
        async (sdk, given) => {
          const id = await keyOf(given);
          await given.sdk.deleteResourceKey({ id });
          return await sdk.deleteResourceKey({ id });
        },
        refusal(410),
      ],
    ],
    listResourceBindings: [
      [
        200,
        'by GUID',
        async (sdk, given) => sdk.listResourceBindings({ guid: await bindingOf(given) }),
        { rows_count: 1 },
      ],
      [400, 'a start that is no token', (sdk) => sdk.listResourceBindings({ start: 'x' }), refusal(400)],
    ],
    createResourceBinding: [
      [
        201,
        'of an alias',
        async (sdk, given) =>
          sdk.createResourceBinding({ name: 'bound', source: await aliasOf(given), target: application }),
        {
          name: 'bound',
          state: 'active',
          target_crn: application.replace(':bluemix:us', ':cf:us'),
          credentials: { apikey: expect.any(String) },
        },
      ],
      [
        400,
        'of an instance',
        async (sdk, given) => sdk.createResourceBinding({ source: await vaultOf(given), target: application }),
        refusal(400),
      ],
      [
        400,
        'a target that is no CRN',
        async (sdk, given) => sdk.createResourceBinding({ source: await aliasOf(given), target: 'app' }),
        refusal(400),
      ],
      [
        404,
        'an unknown source',
        (sdk) => sdk.createResourceBinding({ source: unknown, target: application }),
        refusal(404),
      ],
    ],
    getResourceBinding: [
      [
        200,
        'by its GUID',
        async (sdk, given) => sdk.getResourceBinding({ id: await bindingOf(given) }),
        { state: 'active' },
      ],
      absent((sdk, id) => sdk.getResourceBinding({ id })),
    ],
    updateResourceBinding: [
      [
        200,
        'a new name',
        async (sdk, given) => sdk.updateResourceBinding({ id: await bindingOf(given), name: 'renamed' }),
        { name: 'renamed' },
      ],
      absent((sdk, id) => sdk.updateResourceBinding({ id, name: 'renamed' })),
    ],
    deleteResourceBinding: [
      [204, 'in use', async (sdk, given) => sdk.deleteResourceBinding({ id: await bindingOf(given) })],
      absent((sdk, id) => sdk.deleteResourceBinding({ id })),
      [
        410,
        'the second time',
        async (sdk, given) => {
          const id = await bindingOf(given);
          await given.sdk.deleteResourceBinding({ id });
          return await sdk.deleteResourceBinding({ id });
        },
        refusal(410),
      ],
    ],
    listResourceAliases: [
      [
        200,
        'of an instance, by its GUID',
        async (sdk, given) => {
          const vault = await createVault(given.api);
          await aliasOf(given, vault.guid);
          return await sdk.listResourceAliases({ resourceInstanceId: vault.guid });
        },
        { rows_count: 1 },
      ],
      [400, 'a start that is no token', (sdk) => sdk.listResourceAliases({ start: 'x' }), refusal(400)],
    ],
    createResourceAlias: [
      [
        201,
        'of an instance',
        async (sdk, given) => sdk.createResourceAlias({ name: 'alias', source: await vaultOf(given), target: space }),
        {
          state: 'active',
          target_crn: space.replace(':bluemix:us', ':cf:us'),
          resource_instance_id: expect.stringMatching(/^crn:v1:.*::$/),
        },
      ],
      [
        400,
        'of an alias',
        async (sdk, given) => sdk.createResourceAlias({ name: 'alias', source: await aliasOf(given), target: space }),
        refusal(400),
      ],
      [
        404,
        'an unknown source',
        (sdk) => sdk.createResourceAlias({ name: 'alias', source: unknown, target: space }),
        refusal(404),
      ],
    ],
    getResourceAlias: [
      [200, 'by its CRN', async (sdk, given) => sdk.getResourceAlias({ id: await aliasOf(given) }), { name: 'alias' }],
      absent((sdk, id) => sdk.getResourceAlias({ id })),
    ],
    updateResourceAlias: [
      [
        200,
        'a new name',
        async (sdk, given) => sdk.updateResourceAlias({ id: await aliasOf(given), name: 'renamed' }),
        { name: 'renamed' },
      ],
      absent((sdk, id) => sdk.updateResourceAlias({ id, name: 'renamed' })),
    ],
    deleteResourceAlias: [
      [
        204,
        'with a binding on it, recursive',
        async (sdk, given) => {
          const id = await aliasOf(given);
          await bindingOf(given, id);
          return await sdk.deleteResourceAlias({ id, recursive: true });
        },
      ],
      [
        400,
        'with a binding on it',
        async (sdk, given) => {
          const id = await aliasOf(given);
          await bindingOf(given, id);
          return await sdk.deleteResourceAlias({ id });
        },
        refusal(400),
      ],
      absent((sdk, id) => sdk.deleteResourceAlias({ id })),
      [
        410,
        'the second time',
        async (sdk, given) => {
          const id = await aliasOf(given);
          await given.sdk.deleteResourceAlias({ id });
          return await sdk.deleteResourceAlias({ id });
        },
        refusal(410),
      ],
    ],
    listResourceBindingsForAlias: [
      [
        200,
        'one binding',
        async (sdk, given) => {
          const id = await aliasOf(given);
          await bindingOf(given, id);
          return await sdk.listResourceBindingsForAlias({ id });
        },
        { rows_count: 1 },
      ],
      absent((sdk, id) => sdk.listResourceBindingsForAlias({ id })),
    ],
    listReclamations: [
      [
        200,
        'one row',
        async (sdk, given) => {
          await reclamationOf(given);
          return await sdk.listReclamations({});
        },
        { resources: [{ state: 'SCHEDULED', target_time: expect.any(String), custom_properties: {} }] },
      ],
      [
        200,
        'another account',
        async (sdk, given) => {
          await reclamationOf(given);
          return await sdk.listReclamations({ accountId: unknown });
        },
        { resources: [] },
      ],
    ],
    runReclamationAction: [
      [
        200,
        'restore',
        async (sdk, given) =>
          sdk.runReclamationAction({ id: await reclamationOf(given), actionName: 'restore', requestBy: 'me' }),
        { state: 'RESTORING', updated_by: 'me' },
      ],
      [
        200,
        'reclaim',
        async (sdk, given) => sdk.runReclamationAction({ id: await reclamationOf(given), actionName: 'reclaim' }),
        { state: 'RECLAIMING' },
      ],
      [
        400,
        'another action',
        async (sdk, given) => sdk.runReclamationAction({ id: await reclamationOf(given), actionName: 'revive' }),
        refusal(400),
      ],
      absent((sdk, id) => sdk.runReclamationAction({ id, actionName: 'restore' })),
      [
        422,
        'while another one runs',
        async (sdk, given) => {
          given.emulator.settings.change({ deletionSettleMs: 0 });
          const id = await reclamationOf(given);
          given.emulator.settings.change({ deletionSettleMs: 60_000 });
          await given.sdk.runReclamationAction({ id, actionName: 'restore' });
          return await sdk.runReclamationAction({ id, actionName: 'reclaim' });
        },
        refusal(422),
      ],
    ],
  },
});

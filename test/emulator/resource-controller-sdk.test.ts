import { IamAuthenticator } from '@ibm-cloud/platform-services/auth/index.js';
import IamPolicyManagementV1 from '@ibm-cloud/platform-services/iam-policy-management/v1.js';
import ResourceControllerV2 from '@ibm-cloud/platform-services/resource-controller/v2.js';
import { expect, test } from '@jest/globals';
import { withEmulator } from '../helpers/emulator.ts';
import { account, createKey, createVault, defaultGroup, readerRole } from '../helpers/platform.ts';

const managerRole = 'crn:v1:bluemix:public:iam::::serviceRole:Manager';

/** An authorization in the SDK's own types. */
function readsFrom(vault: string, role: string): IamPolicyManagementV1.CreateV2PolicyParams {
  const equals = (key: string, value: string) => ({ key, operator: 'stringEquals', value });
  return {
    type: 'authorization',
    control: { grant: { roles: [{ role_id: role }] } },
    subject: { attributes: [equals('serviceName', 'data-virtualization'), equals('accountId', account)] },
    resource: {
      attributes: [equals('serviceName', 'kms'), equals('accountId', account), equals('serviceInstance', vault)],
    },
  };
}

test("IBM's SDK creates, lists, reads, replaces and deletes an authorization", async () => {
  await withEmulator(async ({ emulator }) => {
    const authenticator = new IamAuthenticator({ apikey: 'keystead-emulator', url: emulator.url });
    const policies = new IamPolicyManagementV1({ authenticator, serviceUrl: emulator.url });

    const created = await policies.createV2Policy(readsFrom('vault', readerRole));
    expect(created.status).toBe(201);
    const id = created.result.id ?? '';
    await expect(policies.createV2Policy(readsFrom('vault', readerRole))).rejects.toMatchObject({
      status: 409,
      result: { errors: [{ code: 'policy_conflict_error', details: { conflicts_with: { policy: { id } } } }] },
    });
    for (const vault of ['second', 'third']) await policies.createV2Policy(readsFrom(vault, readerRole));
    const pager = new IamPolicyManagementV1.V2PoliciesPager(policies, {
      accountId: account,
      type: 'authorization',
      limit: 2,
    });
    expect(await pager.getAll()).toHaveLength(3);

    const read = await policies.getV2Policy({ id });
    expect(read.result.control).toEqual({ grant: { roles: [{ role_id: readerRole }] } });
    const etag: unknown = Reflect.get(read.headers, 'etag');
    const replaced = await policies.replaceV2Policy({ ...readsFrom('vault', managerRole), id, ifMatch: String(etag) });
    expect(replaced.status).toBe(200);
    expect((await policies.getV2Policy({ id })).result.control).toEqual({
      grant: { roles: [{ role_id: managerRole }] },
    });

    expect((await policies.deleteV2Policy({ id })).status).toBe(204);
    const left = await policies.listV2Policies({ accountId: account, type: 'authorization' });
    expect(left.result.policies).toHaveLength(2);
    const roles = await policies.listRoles({ serviceName: 'kms', policyType: 'authorization' });
    expect(roles.result.service_roles?.map((role) => role.display_name)).toContain('Reader');
  });
});

test("IBM's SDK creates, lists, reads, changes, locks and deletes an encrypted instance, and restores it from reclamation", async () => {
  await withEmulator(async ({ api, emulator }) => {
    const authenticator = new IamAuthenticator({ apikey: 'keystead-emulator', url: emulator.url });
    const policies = new IamPolicyManagementV1({ authenticator, serviceUrl: emulator.url });
    const resources = new ResourceControllerV2({ authenticator, serviceUrl: emulator.url });
    const vault = await createVault(api);
    const key = await createKey(api, vault.guid);
    const wanted = {
      name: 'lakehouse',
      target: 'us-south',
      resourceGroup: await defaultGroup(api),
      resourcePlanId: 'data-virtualization-enterprise',
      parameters: { disk_encryption_key_crn: key.crn, worker_count: '3' },
    };
    await expect(resources.createResourceInstance(wanted)).rejects.toMatchObject({ status: 400 });
    await policies.createV2Policy(readsFrom(vault.guid, readerRole));

    const created = await resources.createResourceInstance(wanted);
    expect(created.status).toBe(202);
    const id = created.result.id ?? '';
    const { result } = await resources.getResourceInstance({ id });
    expect(result).toMatchObject({
      state: 'active',
      parameters: wanted.parameters,
      last_operation: { state: 'succeeded' },
    });
    const pager = new ResourceControllerV2.ResourceInstancesPager(resources, { limit: 1 });
    expect((await pager.getAll()).map((instance) => instance.name)).toEqual(['vault', 'lakehouse']);

    expect((await resources.updateResourceInstance({ id, name: 'renamed' })).result.name).toBe('renamed');
    expect((await resources.getResourceInstance({ id })).result.last_operation?.state).toBe('succeeded');
    expect((await resources.lockResourceInstance({ id })).result.locked).toBe(true);
    await expect(resources.deleteResourceInstance({ id, recursive: true })).rejects.toMatchObject({ status: 422 });
    await resources.unlockResourceInstance({ id });
    expect((await resources.deleteResourceInstance({ id, recursive: true })).status).toBe(204);
    const rows = await resources.listReclamations({ accountId: account });
    const reclamation = rows.result.resources?.[0]?.id ?? '';
    const restored = await resources.runReclamationAction({ id: reclamation, actionName: 'restore' });
    expect(restored.result.state).toBe('RESTORING');
    expect((await resources.getResourceInstance({ id })).result.state).toBe('active');
  });
});

import { IamAuthenticator } from '@ibm-cloud/platform-services/auth/index.js';
import IamPolicyManagementV1 from '@ibm-cloud/platform-services/iam-policy-management/v1.js';
import ResourceControllerV2 from '@ibm-cloud/platform-services/resource-controller/v2.js';
import { expect, test } from '@jest/globals';
import { parseCrn } from '../../src/model/crn.ts';
import { withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';

test("IBM's own SDK confirms what was made: the instance under its key's full CRN, and the policy", async () => {
  await withKeystead(async ({ emulator, write, apply }) => {
    await write(lakehouse);
    await apply();
    const { url } = emulator;
    const authenticator = new IamAuthenticator({ apikey: emulator.environment['IBMCLOUD_API_KEY'] ?? '', url });
    const controller = new ResourceControllerV2({ authenticator, serviceUrl: url });
    const policies = new IamPolicyManagementV1({ authenticator, serviceUrl: url });

    const instances = (await controller.listResourceInstances({})).result.resources ?? [];
    const vault = one(instances, 'vault');
    const deployment = one(instances, 'lakehouse');
    expect(instances).toHaveLength(2);
    expect(deployment).toMatchObject({ state: 'active', resource_id: 'data-virtualization' });
    const key = parseCrn(String(deployment.parameters?.['disk_encryption_key_crn']));
    expect(key).toMatchObject({ service: 'kms', location: 'us-south', instance: vault.guid, type: 'key' });

    const accountId = vault.account_id ?? '';
    const listed = (await policies.listV2Policies({ accountId, type: 'authorization' })).result.policies ?? [];
    expect(listed).toHaveLength(1);
    const policy = (await policies.getV2Policy({ id: listed[0]?.id ?? '' })).result;
    const attribute = (name: string, value: string | undefined) => ({ key: name, operator: 'stringEquals', value });
    expect(policy).toMatchObject({
      type: 'authorization',
      subject: { attributes: [attribute('serviceName', 'data-virtualization'), attribute('accountId', accountId)] },
      resource: {
        attributes: [
          attribute('serviceName', 'kms'),
          attribute('accountId', accountId),
          attribute('serviceInstance', vault.guid),
        ],
      },
      control: { grant: { roles: [{ role_id: 'crn:v1:bluemix:public:iam::::serviceRole:Reader' }] } },
    });
    expect(policy.subject?.attributes).toHaveLength(2);
    expect(policy.resource?.attributes).toHaveLength(3);
  });
});

function one(instances: readonly ResourceControllerV2.ResourceInstance[], name: string) {
  const found = instances.filter((instance) => instance.name === name);
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} instances are called ${name}`);
  return found[0];
}

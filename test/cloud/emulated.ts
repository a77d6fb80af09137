import type { Clock } from '../../src/cloud/clock.ts';
import { type Connection, connect } from '../../src/cloud/connect.ts';
import { endpointsFrom } from '../../src/cloud/endpoints.ts';
import type { IamPolicyWrite } from '../../src/cloud/iam-policies/shapes.ts';
import type { Cloud, Reader } from '../../src/cloud/reader.ts';
import type { RcInstance } from '../../src/cloud/resource-controller/shapes.ts';
import type { Fault, FaultMatch } from '../../src/emulator/core/faults.ts';
import type { Emulator } from '../../src/emulator/start.ts';
import { createLog } from '../../src/log.ts';
import { withEmulator } from '../helpers/emulator.ts';

export interface Stage {
  readonly emulator: Emulator;
  readonly connection: Connection;
  readonly cloud: Cloud;
  /** What the clients waited for, in milliseconds; it took no time. */
  readonly waits: readonly number[];
  /** Reads lists in pages of so many items. */
  inPagesOf(items: number): Reader;
}

/** The clients against an emulator without lag. Waits cost nothing, and the emulator's clock moves when a test says so. */
export async function withEmulated(use: (stage: Stage) => Promise<void>): Promise<void> {
  // Provisioning takes its time, so that a test can see it.
  const settings = { disposition: 'kind', provisioningMs: 60_000, registrationLingerMs: 9 * 86_400_000 } as const;
  await withEmulator(({ emulator }) => use(stageOn(emulator)), { settings });
}

function stageOn(emulator: Emulator): Stage {
  const waits: number[] = [];
  let waited = 0;
  const clock: Clock = {
    now: () => Date.now() + waited,
    sleep: async (ms) => {
      waits.push(ms);
      waited += ms;
    },
  };
  const endpoints = endpointsFrom(emulator.environment, 'public');
  const apiKey = emulator.environment['IBMCLOUD_API_KEY'] ?? '';
  const log = createLog({ level: 'silent' });
  const config = { credentials: { type: 'iam', apiKey }, endpoints, log, clock, random: () => 1 } as const;
  const connection = connect(config);
  const inPagesOf = (pageSize: number) => connect({ ...config, pageSize }).reader();
  return { emulator, connection, cloud: connection.cloud(), waits, inPagesOf };
}

/** Lets the emulator do what it should not, to the requests that match. */
export function misbehave(emulator: Emulator, match: FaultMatch, fault: Fault): void {
  emulator.faults.add({ match, ...fault });
}

export const DV_PLAN = 'data-virtualization-enterprise';
const KMS_PLAN = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';
const ROLE = 'crn:v1:bluemix:public:iam::::serviceRole:';

/** A root key with its mark. */
export function root(name: string, alias: string) {
  return { name, extractable: false, aliases: [alias] };
}

export async function createVault(cloud: Cloud, name = 'vault'): Promise<RcInstance> {
  const [group] = await cloud.resourceGroups();
  return cloud.createInstance({
    name,
    target: 'us-south',
    resource_group: group?.id ?? '',
    resource_plan_id: KMS_PLAN,
  });
}

/** Data Virtualization, all instances → one Key Protect instance. */
export async function authorization(cloud: Cloud, vault: RcInstance, roles = ['Reader']): Promise<IamPolicyWrite> {
  const { accountId } = await cloud.login();
  const attribute = (key: string, value: string) => ({ key, operator: 'stringEquals', value });
  return {
    type: 'authorization',
    description: 'reads the vault [keystead:s/dv-reads-vault]',
    subject: { attributes: [attribute('accountId', accountId), attribute('serviceName', 'data-virtualization')] },
    resource: {
      attributes: [
        attribute('accountId', accountId),
        attribute('serviceName', 'kms'),
        attribute('serviceInstance', vault.guid),
      ],
    },
    control: { grant: { roles: roles.map((role) => ({ role_id: `${ROLE}${role}` })) } },
  };
}

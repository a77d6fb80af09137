import { apiKeyLogin } from '../../src/cloud/api-key-login.ts';
import { createAsk } from '../../src/cloud/ask.ts';
import type { Ask } from '../../src/cloud/call.ts';
import type { Clock } from '../../src/cloud/clock.ts';
import { type Connection, connect } from '../../src/cloud/connect.ts';
import { type Endpoints, endpointsFrom } from '../../src/cloud/endpoints.ts';
import { createTransport } from '../../src/cloud/http.ts';
import type { Cloud } from '../../src/cloud/reader.ts';
import { createSession } from '../../src/cloud/token.ts';
import type { IamPolicyWrite, Login, RcInstance } from '../../src/cloud/wire.ts';
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
  /** The bare way to ask, for clients with pages of a test's size. */
  readonly ask: Ask;
  readonly login: () => Promise<Login>;
  readonly endpoints: Endpoints;
}

/** The clients against an emulator without lag. Waits cost nothing, and the emulator's clock moves when a test says so. */
export async function withEmulated(use: (stage: Stage) => Promise<void>): Promise<void> {
  // Provisioning takes its time, so that a test can see it.
  const settings = { provisioningMs: 60_000, registrationLingerMs: 9 * 86_400_000 };
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
  const pace = { clock, random: () => 1 };
  const connection = connect({ credentials: { type: 'iam', apiKey }, endpoints, log, ...pace });
  const transport = createTransport({ log, clock, version: '0', secret: apiKey });
  const session = createSession({ logIn: apiKeyLogin({ apiKey, endpoints, transport, pace }), pace });
  const ask = createAsk({ transport, session, pace });
  const login = async () => (await session.token()).login;
  return { emulator, connection, cloud: connection.cloud(), waits, ask, login, endpoints };
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

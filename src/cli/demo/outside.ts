import { connect } from '../../cloud/connect.ts';
import { credentialsFrom } from '../../cloud/login/credentials.ts';
import { endpointsFrom } from '../../cloud/endpoints.ts';
import type { Cloud } from '../../cloud/reader.ts';
import { createLog } from '../../log.ts';
import { KeysteadError } from '../../model/errors.ts';
import { isObject } from '../../model/json.ts';

/** The demo's world as others than Keystead see it: somebody at IBM's console, time, and the services themselves. */
export interface Outside {
  /** Gives a deployment so many workers, and waits until that is done. */
  scale(deployment: string, workers: number): Promise<void>;
  /** Moves the emulator's clock by an ISO 8601 duration. */
  passTime(duration: string): Promise<void>;
  /**
   * Waits until the service itself says that its deployment is, or is not, locked.
   *
   * @returns what it says, for people
   * @throws KeysteadError when it does not come to say so
   */
  seeLocked(deployment: string, locked: boolean): Promise<string>;
  /** How long the emulator takes to provision; what takes a moment at IBM Cloud takes half of that. */
  setPace(provisioningMs: number): Promise<void>;
}

const LONGEST_MS = 10_000;

/** @param environment what the emulator has printed */
export function outsideOf(environment: Readonly<Record<string, string>>): Outside {
  const url = environment['IBMCLOUD_IAM_API_ENDPOINT'] ?? '';
  return {
    async scale(name, workers) {
      const cloud = cloudOf(environment);
      const { id } = await deploymentNamed(cloud, name);
      await cloud.updateInstance(id, { parameters: { worker_count: String(workers) } });
      await until(`"${name}" to be scaled`, async () => {
        const now = await cloud.instance(id);
        return now?.last_operation?.state === 'in progress' ? undefined : now;
      });
    },
    async passTime(duration) {
      await control(url, 'POST', 'clock', { advance: duration });
    },
    async seeLocked(name, locked) {
      const { crn } = await deploymentNamed(cloudOf(environment), name);
      const lock = await until(`the service of "${name}" to ${locked ? 'lock' : 'unlock'} it`, async () => {
        const use = usesIn(await control(url, 'GET', 'services')).find(({ resource }) => resource === crn);
        return use !== undefined && isObject(use['locked']) === locked ? use : undefined;
      });
      const { locked: why } = lock;
      return isObject(why) ? `locked since ${why['since']}: its key is ${why['because']}` : 'not locked';
    },
    async setPace(provisioningMs) {
      const momentMs = provisioningMs / 2;
      await control(url, 'POST', 'settings', {
        provisioningMs,
        propagationMs: momentMs,
        policyReadAfterWriteMs: 0,
        searchLagMs: momentMs,
        serviceReactionMs: momentMs,
      });
    },
  };
}

function cloudOf(environment: Readonly<Record<string, string>>): Cloud {
  const credentials = credentialsFrom(environment);
  const endpoints = endpointsFrom(environment, 'public');
  return connect({ credentials, endpoints, log: createLog({ level: 'warn' }) }).cloud();
}

async function deploymentNamed(cloud: Cloud, name: string): Promise<{ readonly id: string; readonly crn: string }> {
  const [deployment] = await cloud.instancesNamed(name);
  if (deployment === undefined) throw new KeysteadError('DEMO', `the demo finds no deployment "${name}"`);
  return deployment;
}

async function control(url: string, method: string, call: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${url}/_emulator/${call}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new KeysteadError('DEMO', `the emulator answers ${answer.status}: ${await answer.text()}`);
  return await answer.json();
}

function usesIn(answer: unknown): readonly Readonly<Record<string, unknown>>[] {
  const services = isObject(answer) ? answer['services'] : undefined;
  return Array.isArray(services) ? services.filter(isObject) : [];
}

/** Asks until there is an answer. */
async function until<Answer>(what: string, ask: () => Promise<Answer | undefined>): Promise<Answer> {
  const end = Date.now() + LONGEST_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new KeysteadError('DEMO', `the demo waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

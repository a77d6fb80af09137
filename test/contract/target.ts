import { startEmulator } from '../../src/emulator/start.ts';
import { type Answer, send } from '../helpers/emulator.ts';
import { account, at, text } from '../helpers/platform.ts';

type Service = 'iam' | 'resourceController' | 'keyProtect' | 'tagging' | 'search';

/** A cloud that answers questions: the emulator, or IBM Cloud itself. */
export interface Target {
  readonly name: string;
  /** 32 hexadecimal digits. */
  readonly account: string;
  readonly region: string;
  /** One request with a fresh token; a `body` that is not a string is sent as JSON. */
  ask(
    service: Service,
    method: string,
    path: string,
    options?: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Answer>;
  /** Asks again until there is an answer. @throws Error when there is none after `withinMs` */
  until<T>(what: string, withinMs: number, look: () => Promise<T | undefined>): Promise<T>;
  /** Lets time pass: for what IBM Cloud refuses too early. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

const POLL_MS = 5000;

/** The emulator with its usual delays; time passes by its clock. */
export async function openEmulator(): Promise<Target> {
  const emulator = await startEmulator();
  const ask = asker('keystead-emulator', () => emulator.url);
  const pass = async (ms: number) => void emulator.clock.advance(ms);
  const close = () => emulator.close();
  return { name: 'the emulator', account, region: 'us-south', ask, pass, until: untilAfter(pass), close };
}

/** By the variable that moves it elsewhere: those that IBM's provider for Terraform reads. */
const hosts: Readonly<Record<Service, readonly [variable: string, host: string]>> = {
  iam: ['IBMCLOUD_IAM_API_ENDPOINT', 'https://iam.cloud.ibm.com'],
  resourceController: ['IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT', 'https://resource-controller.cloud.ibm.com'],
  keyProtect: ['IBMCLOUD_KP_API_ENDPOINT', 'https://us-south.kms.cloud.ibm.com'],
  tagging: ['IBMCLOUD_GT_API_ENDPOINT', 'https://tags.global-search-tagging.cloud.ibm.com'],
  search: ['IBMCLOUD_GS_API_ENDPOINT', 'https://api.global-search-tagging.cloud.ibm.com'],
};

/**
 * IBM Cloud, in the account that is named.
 *
 * @throws Error when the API key is another account's, before anything else is asked
 */
export async function openIbmCloud(
  apiKey: string,
  expected: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Target> {
  const origin = (service: Service): string => {
    const [variable, host] = hosts[service];
    return env[variable] ?? host;
  };
  const token = await login(origin('iam'), apiKey);
  const own = accountOf(token);
  if (own !== expected) throw new Error(`the API key is of account ${own}, not of ${expected}: nothing was asked`);
  const pass = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));
  const ask = asker(apiKey, origin);
  const close = async () => {};
  return { name: 'IBM Cloud', account: own, region: 'us-south', ask, pass, until: untilAfter(pass), close };
}

function asker(apiKey: string, origin: (service: Service) => string): Target['ask'] {
  return async (service, method, path, { body, headers = {} } = {}) => {
    const token = await login(origin('iam'), apiKey);
    return await send(origin(service), method, path, {
      body,
      headers: { Authorization: `Bearer ${token}`, ...headers },
    });
  };
}

async function login(iam: string, apiKey: string): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey: apiKey });
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const answer = await send(iam, 'POST', '/identity/token', { body: body.toString(), headers });
  if (answer.status !== 200) throw new Error(`the login was refused with ${answer.status}`);
  return text(answer.body, 'access_token');
}

function accountOf(token: string): string {
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return String(at(claims, 'account', 'bss'));
}

function untilAfter(pass: Target['pass']): Target['until'] {
  return async (what, withinMs, look) => {
    for (let waited = 0; ; waited += POLL_MS) {
      const found = await look();
      if (found !== undefined) return found;
      if (waited >= withinMs) throw new Error(`${what}: not within ${withinMs / 1000} s`);
      await pass(POLL_MS);
    }
  };
}

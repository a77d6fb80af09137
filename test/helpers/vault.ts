import type { Emulator } from '../../src/emulator/start.ts';
import { type Answer, type Api, apiOf, withEmulator } from './emulator.ts';
import { at, createVault, list, text } from './platform.ts';

/** A Key Protect instance, ready to be asked. */
export interface Vault {
  readonly emulator: Emulator;
  /** Any API. */
  readonly api: Api;
  readonly guid: string;
  readonly crn: string;
  /** Key Protect, with the instance's header; the path is what follows `/api/v2`. */
  readonly kp: Api;
  /** The same as the identity of that API key. */
  as(apiKey: string): Api;
  /** Creates a key, a root key unless said otherwise. @returns what the API answered */
  create(resource?: Readonly<Record<string, unknown>>, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

const keyType = 'application/vnd.ibm.kms.key+json';

/** The envelope that requests come in. */
export function enveloped(type: string, ...resources: readonly unknown[]): unknown {
  const collectionType = `application/vnd.ibm.kms.${type}+json`;
  return { metadata: { collectionType, collectionTotal: resources.length }, resources };
}

/** Runs a test with a Key Protect instance in an emulator of its own. */
export async function withVault(test: (vault: Vault) => Promise<void>, dataFile?: string): Promise<void> {
  const options = dataFile === undefined ? {} : { dataFile };
  await withEmulator(async (given) => test(await vaultIn(given)), options);
}

async function vaultIn({ emulator, api }: { readonly emulator: Emulator; readonly api: Api }): Promise<Vault> {
  const { guid, crn } = await createVault(api);
  const keyProtect =
    (caller: Api): Api =>
    (method, path, { body, headers = {} } = {}) =>
      caller(method, `/api/v2${path}`, { body, headers: { 'Bluemix-Instance': guid, ...headers } });
  const kp = keyProtect(api);
  const create: Vault['create'] = (resource = {}, headers = {}) => {
    const key = { type: keyType, name: 'root', extractable: false, ...resource };
    return kp('POST', '/keys', { body: enveloped('key', key), headers });
  };
  return { emulator, api, guid, crn, kp, as: (apiKey) => keyProtect(apiOf(emulator.url, apiKey)), create };
}

/** The first resource of an envelope. */
export function first(answer: Answer): unknown {
  return at(answer.body, 'resources', 0);
}

/** The id of the key in an answer; a refusal throws. */
export function idOf(answer: Answer): string {
  return text(answer.body, 'resources', 0, 'id');
}

/** The ids in an answer. */
export function idsOf(answer: Answer): readonly string[] {
  return list(answer.body, 'resources').map((resource) => text(resource, 'id'));
}

/** Status and reason code of a refusal. */
export function refusal(answer: Answer): readonly [number, unknown] {
  return [answer.status, at(answer.body, 'resources', 0, 'reasons', 0, 'code')];
}

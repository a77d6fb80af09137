import type { PlatformAccess } from '../../src/emulator/core/account/identities.ts';
import type { Emulator } from '../../src/emulator/start.ts';
import { type Api, apiOf } from './emulator.ts';

/** What stands at a path inside JSON; undefined when a step leads nowhere. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, step) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, step) : undefined),
    value,
  );
}

/** The string at a path inside JSON. @throws Error when there is none. */
export function text(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  if (typeof found !== 'string') throw new Error(`no string at ${path.join('.')} of ${JSON.stringify(value)}`);
  return found;
}

/** The list at a path inside JSON. @throws Error when there is none. */
export function list(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  if (!Array.isArray(found)) throw new Error(`no list at ${path.join('.')} of ${JSON.stringify(value)}`);
  return found;
}

/** Someone with these platform roles and no others, nor any in Key Protect. */
export function someone(emulator: Emulator, platform: readonly PlatformAccess[], name = 'someone'): Api {
  emulator.identities.add({ name, apiKey: name, access: [], platform });
  return apiOf(emulator.url, name);
}

/** The names in a list of an answer, sorted. */
export function namesIn(body: unknown, field = 'resources'): readonly unknown[] {
  return list(body, field)
    .map((one) => at(one, 'name'))
    .toSorted();
}

export const account = '0123456789abcdef0123456789abcdef';
export const tieredPricing = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';
export const readerRole = 'crn:v1:bluemix:public:iam::::serviceRole:Reader';

/** The id of the default resource group. */
export async function defaultGroup(api: Api): Promise<string> {
  const groups = await api('GET', `/v2/resource_groups?account_id=${account}&default=true`);
  return text(groups.body, 'resources', 0, 'id');
}

/** Asks for an instance; whatever is not given is that of an unencrypted Data Virtualization deployment. */
export async function createInstance(api: Api, given: Readonly<Record<string, unknown>> = {}): ReturnType<Api> {
  const body = {
    name: 'lakehouse',
    target: 'us-south',
    resource_group: await defaultGroup(api),
    resource_plan_id: 'data-virtualization-enterprise',
    ...given,
  };
  return await api('POST', '/v2/resource_instances', { body });
}

/** A Key Protect instance. */
export async function createVault(api: Api, name = 'vault'): Promise<{ readonly guid: string; readonly crn: string }> {
  const { body } = await createInstance(api, { name, resource_plan_id: tieredPricing });
  return { guid: text(body, 'guid'), crn: text(body, 'crn') };
}

/** A key in a Key Protect instance, a root key unless said otherwise. */
export async function createKey(
  api: Api,
  vault: string,
  options: { readonly name?: string; readonly extractable?: boolean } = {},
): Promise<{ readonly id: string; readonly crn: string }> {
  const key = {
    type: 'application/vnd.ibm.kms.key+json',
    name: options.name ?? 'root',
    extractable: options.extractable ?? false,
  };
  const { body } = await api('POST', '/api/v2/keys', {
    headers: { 'Bluemix-Instance': vault },
    body: { metadata: { collectionType: 'application/vnd.ibm.kms.key+json', collectionTotal: 1 }, resources: [key] },
  });
  return { id: text(body, 'resources', 0, 'id'), crn: text(body, 'resources', 0, 'crn') };
}

/** The registrations on a key. */
export async function registrationsOf(api: Api, vault: string, keyId: string): Promise<readonly unknown[]> {
  const { body } = await api('GET', `/api/v2/keys/${keyId}/registrations`, { headers: { 'Bluemix-Instance': vault } });
  return list(body, 'resources');
}

/** The body of a v2 authorization: Data Virtualization may read from a Key Protect instance, if nothing else is given. */
export function authorization(
  given: {
    readonly service?: string;
    readonly instance?: string;
    readonly roles?: readonly string[];
    readonly source?: readonly unknown[];
    readonly target?: readonly unknown[];
    readonly description?: string;
  } = {},
): Readonly<Record<string, unknown>> {
  const narrowed = given.instance === undefined ? [] : [equals('serviceInstance', given.instance)];
  return {
    type: 'authorization',
    ...(given.description === undefined ? {} : { description: given.description }),
    subject: {
      attributes: [
        ...(given.source ?? [equals('serviceName', given.service ?? 'data-virtualization')]),
        equals('accountId', account),
      ],
    },
    resource: {
      attributes: [equals('serviceName', 'kms'), equals('accountId', account), ...narrowed, ...(given.target ?? [])],
    },
    control: { grant: { roles: (given.roles ?? [readerRole]).map((role) => ({ role_id: role })) } },
  };
}

/** A `stringEquals` attribute. */
export function equals(key: string, value: string): Readonly<Record<string, unknown>> {
  return { key, operator: 'stringEquals', value };
}

/** Creates an authorization. @returns its id */
export async function authorize(api: Api, given: Parameters<typeof authorization>[0] = {}): Promise<string> {
  const { body } = await api('POST', '/v2/policies', { body: authorization(given) });
  return text(body, 'id');
}

/**
 * An authorization about an instance of somebody else: an account whose list of authorizations is empty looks as it does to a
 * login that may see none.
 */
export async function authorizeNeighbor(api: Api): Promise<void> {
  await authorize(api, { service: 'cloudantnosqldb', instance: '0d1c2b3a-0000-4000-8000-000000000009' });
}

/** What every deployment with a key needs. */
export interface Scene {
  readonly vault: string;
  readonly key: { readonly id: string; readonly crn: string };
}

/** A Key Protect instance with a root key; who may read it is the test's business. */
export async function scene(api: Api): Promise<Scene> {
  const vault = await createVault(api);
  return { vault: vault.guid, key: await createKey(api, vault.guid) };
}

/** Asks for a Data Virtualization deployment with that key. */
export async function encrypted(api: Api, key: string, more: Readonly<Record<string, unknown>> = {}): ReturnType<Api> {
  return await createInstance(api, { parameters: { disk_encryption_key_crn: key }, ...more });
}

import fc from 'fast-check';
import type { Emulator } from '../../src/emulator/start.ts';
import { type Api, openApiOf, tokenOf } from '../helpers/emulator.ts';
import { at, authorization, createInstance, equals, text, tieredPricing } from '../helpers/platform.ts';
import { enveloped } from '../helpers/vault.ts';

/** Whose mark something bears. */
type Owner = 'nobody' | 'mine' | 'theirs';

interface Thing {
  readonly name: string;
  readonly owner: Owner;
}
interface Placed extends Thing {
  readonly group: 'd0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0' | 'abcdabcdabcdabcdabcdabcdabcdabcd';
  readonly region: 'us-south' | 'eu-de';
  readonly tags: readonly string[];
  readonly deleted: boolean;
}
interface Key extends Thing {
  readonly vault: number;
  readonly ring: 'default' | 'ring-a' | 'Ring-B';
  readonly standard: boolean;
  readonly imported: boolean;
  readonly aliases: number;
  readonly rotation: 'none' | 'every 3' | 'paused';
  readonly description: string | undefined;
  readonly expires: boolean;
  readonly fate: 'live' | 'destroyed' | 'disabled' | 'guarded' | 'set for deletion';
}
interface Policy {
  readonly owner: Owner;
  readonly service: string;
  readonly narrowed: 'nothing' | 'group' | 'instance' | 'account';
  /** Which deployment it is narrowed to. */
  readonly by: number;
  readonly target: 'everything' | 'vault' | 'ring' | 'default ring' | 'key' | 'pattern' | 'odd';
  readonly on: number;
  readonly roles: readonly string[];
  readonly description: string;
}
interface Deployment extends Placed {
  readonly service: 'data-virtualization' | 'databases-for-postgresql' | 'messagehub' | 'cloud-object-storage';
  readonly key: number | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The authorization that it was made under is gone again. */
  readonly bereft: boolean;
}

/** What somebody made at the console over the years. */
export interface World {
  readonly vaults: readonly Placed[];
  readonly keys: readonly Key[];
  readonly policies: readonly Policy[];
  readonly deployments: readonly Deployment[];
  /** Everything is older than the hour within which a missing mark counts as lost. */
  readonly old: boolean;
}

const LONG = 'a-name-that-is-longer-than-any-map-key-may-be-in-a-manifest';
const owner = fc.constantFrom<Owner>('nobody', 'nobody', 'nobody', 'nobody', 'mine', 'theirs');
const rarely = fc.integer({ min: 0, max: 6 }).map((value) => value === 0);
const placed = {
  name: fc.constantFrom('vault', 'vault', 'Vault', 'My vault: 2', LONG, 'constructor', '...', 'true', '12'),
  owner,
  group: fc.constantFrom(
    'd0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0' as const,
    'd0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0' as const,
    'abcdabcdabcdabcdabcdabcdabcdabcd' as const,
  ),
  region: fc.constantFrom('us-south' as const, 'us-south' as const, 'eu-de' as const),
  tags: fc.subarray(['env:prod', 'Team A', 'x']),
  deleted: rarely,
};
const keyName = fc.constantFrom(
  'root',
  'root',
  'Root Key',
  'root-key',
  'ключ',
  LONG,
  '# no: comment',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a name that looks like a variable
  '${var.x}',
  'a\nb',
  'é\u009b[31m',
);

const key: fc.Arbitrary<Key> = fc.record({
  name: keyName,
  owner,
  vault: fc.nat(2),
  ring: fc.constantFrom('default' as const, 'ring-a' as const, 'Ring-B' as const),
  standard: rarely,
  imported: rarely,
  aliases: fc.constantFrom(0, 0, 1, 4, 5),
  rotation: fc.constantFrom('none' as const, 'every 3' as const, 'paused' as const),
  description: fc.constantFrom(undefined, 'what it is for', 'true', '- 1: [${'),
  expires: rarely,
  fate: fc.constantFrom(
    'live' as const,
    'live' as const,
    'live' as const,
    'live' as const,
    'destroyed' as const,
    'disabled' as const,
    'guarded' as const,
    'set for deletion' as const,
  ),
});

const policy: fc.Arbitrary<Policy> = fc.record({
  owner,
  service: fc.constantFrom('data-virtualization', 'databases-for-postgresql', 'cloud-object-storage'),
  narrowed: fc.constantFrom(
    'nothing' as const,
    'nothing' as const,
    'group' as const,
    'instance' as const,
    'account' as const,
  ),
  by: fc.nat(3),
  target: fc.constantFrom(
    'vault' as const,
    'vault' as const,
    'ring' as const,
    'default ring' as const,
    'key' as const,
    'key' as const,
    'everything' as const,
    'pattern' as const,
    'odd' as const,
  ),
  on: fc.nat(5),
  roles: fc.subarray(['Reader', 'Writer', 'ReaderPlus'], { minLength: 1 }),
  description: fc.constantFrom('', '', 'let it read', 'x'.repeat(295), '[keystead:half'),
});

const CANARY = 'hunter2-canary';

const deployment: fc.Arbitrary<Deployment> = fc.record({
  ...placed,
  service: fc.constantFrom(
    'data-virtualization' as const,
    'data-virtualization' as const,
    'databases-for-postgresql' as const,
    'messagehub' as const,
    'cloud-object-storage' as const,
  ),
  key: fc.option(fc.nat(5), { nil: undefined }),
  parameters: fc.constantFrom<Readonly<Record<string, unknown>>>(
    {},
    { worker_count: '3' },
    { admin_password: CANARY, size: 3, on: true, nothing: null },
    { 'service-endpoints': 'private', list: ['a', { b: 1 }], deep: { token: CANARY } },
    { 'service-endpoints': 'somewhere', tag: { key: 'env' }, constructor: 1, big: 2 ** 60 },
    { url: `https://me:${CANARY}@here`, '<<': 'merge', 'a/b': '${', '1': 'no: yes' },
  ),
  bereft: rarely,
});

export const world: fc.Arbitrary<World> = fc.record({
  vaults: fc.array(fc.record(placed), { minLength: 1, maxLength: 3 }),
  keys: fc.array(key, { maxLength: 5 }),
  policies: fc.array(policy, { maxLength: 5 }),
  deployments: fc.array(deployment, { maxLength: 3 }),
  old: fc.boolean(),
});

export const secret = CANARY;

/** The mark of the stack that exports, or of another. */
const stackOf = (whose: Owner): string => (whose === 'mine' ? 'mine' : 'theirs');

export interface Made {
  readonly vaults: readonly string[];
  readonly deployments: readonly string[];
}

/** Makes a world through the APIs, as a console would: what an API refuses was not done. */
export async function make({ vaults, keys, policies, deployments, old }: World, emulator: Emulator): Promise<Made> {
  const token = await tokenOf(emulator.url);
  const open = openApiOf(emulator.url);
  const api: Api = (method, path, { body, headers = {} } = {}) =>
    open(method, path, { body, headers: { Authorization: `Bearer ${token}`, ...headers } });
  const vaultCrns: string[] = [];
  for (const [index, vault] of vaults.entries()) {
    const made = await instance(api, vault, { resource_plan_id: tieredPricing }, index);
    vaultCrns.push(made);
    for (const ring of ['ring-a', 'Ring-B']) {
      await api('POST', `/api/v2/key_rings/${ring}`, { headers: { 'Bluemix-Instance': guidOf(made) } });
    }
  }
  const keyCrns: string[] = [];
  for (const [index, one] of keys.entries()) keyCrns.push(await makeKey(api, one, vaultCrns, index));
  const deploymentCrns: string[] = [];
  for (const [index, one] of deployments.entries()) {
    const crn = await deploy(api, one, keyCrns, index);
    if (crn !== undefined) deploymentCrns.push(crn);
  }
  for (const [index, one] of policies.entries()) await allow(api, one, { vaultCrns, keyCrns, deploymentCrns }, index);
  for (const [index, one] of keys.entries()) await end(api, one, keyCrns[index] ?? '');
  const live = [
    ...vaults.map((one, at) => [one, vaultCrns[at]] as const),
    ...deployments.map((one, at) => [one, deploymentCrns[at]] as const),
  ];
  for (const [one, crn] of live) {
    if (one.deleted && crn !== undefined)
      await api('DELETE', `/v2/resource_instances/${encodeURIComponent(crn)}?recursive=true`);
  }
  if (old) emulator.clock.advance(7_200_000);
  return { vaults: vaultCrns, deployments: deploymentCrns };
}

function guidOf(crn: string): string {
  return crn.split(':')[7] ?? '';
}

async function instance(
  api: Api,
  one: Placed,
  more: Readonly<Record<string, unknown>>,
  index: number,
): Promise<string> {
  const { name, region: target, group, tags, owner: whose } = one;
  const marks = whose === 'nobody' ? [] : [`keystead:${stackOf(whose)}.marked-${index}`];
  const { body } = await createInstance(api, {
    name,
    target,
    resource_group: group,
    tags: [...tags, ...marks],
    ...more,
  });
  return text(body, 'crn');
}

async function makeKey(api: Api, one: Key, vaults: readonly string[], index: number): Promise<string> {
  const headers = { 'Bluemix-Instance': guidOf(vaults[one.vault % vaults.length] ?? '') };
  const marks = one.owner === 'nobody' ? [] : [`keystead_${stackOf(one.owner)}_marked-${index}`];
  const aliases = Array.from(
    { length: one.aliases - (one.aliases === 5 ? marks.length : 0) },
    (_, at) => `alias-${index}-${at}`,
  );
  const resource = {
    type: 'application/vnd.ibm.kms.key+json',
    name: one.name,
    extractable: one.standard,
    ...(one.imported ? { payload: Buffer.alloc(32, index).toString('base64') } : {}),
    aliases: [...aliases, ...marks],
    ...(one.description === undefined ? {} : { description: one.description }),
    ...(one.expires ? { expirationDate: '2099-01-01T00:00:00Z' } : {}),
  };
  const { body } = await api('POST', '/api/v2/keys', {
    headers: { ...headers, 'X-Kms-Key-Ring': one.ring },
    body: enveloped('key', resource),
  });
  const crn = text(body, 'resources', 0, 'crn');
  if (one.rotation !== 'none' && !one.standard) {
    const rotation = { interval_month: 3, enabled: one.rotation === 'every 3' };
    const path = `/api/v2/keys/${crn.split(':')[9]}/policies?policy=rotation`;
    await api('PUT', path, {
      headers,
      body: enveloped('policy', { type: 'application/vnd.ibm.kms.policy+json', rotation }),
    });
  }
  return crn;
}

async function end(api: Api, { fate }: Key, crn: string): Promise<void> {
  const headers = { 'Bluemix-Instance': guidOf(crn) };
  const path = `/api/v2/keys/${crn.split(':')[9]}`;
  if (fate === 'destroyed') await api('DELETE', `${path}?force=true`, { headers });
  if (fate === 'guarded' || fate === 'set for deletion') {
    const policy = { type: 'application/vnd.ibm.kms.policy+json', dualAuthDelete: { enabled: true } };
    await api('PUT', `${path}/policies?policy=dualAuthDelete`, { headers, body: enveloped('policy', policy) });
  }
  if (fate === 'set for deletion') await api('POST', `${path}/actions/setKeyForDeletion`, { headers });
  if (fate === 'disabled') await api('POST', `${path}/actions/disable`, { headers });
}

const PLANS = {
  'data-virtualization': 'data-virtualization-enterprise',
  'databases-for-postgresql': 'databases-for-postgresql-standard',
  messagehub: 'ibm.message.hub.enterprise.3nodes.2tb',
  'cloud-object-storage': '744bfc56-d12c-4866-88d5-dac9139e0e5d',
} as const;
const CARRIERS = {
  'data-virtualization': 'disk_encryption_key_crn',
  'databases-for-postgresql': 'disk_encryption_key_crn',
  messagehub: 'kms_key_crn',
  'cloud-object-storage': undefined,
} as const;

async function deploy(api: Api, one: Deployment, keys: readonly string[], index: number): Promise<string | undefined> {
  const carrier = CARRIERS[one.service];
  const crn =
    one.key === undefined || keys.length === 0 || carrier === undefined ? undefined : keys[one.key % keys.length];
  const first = crn && (await api('POST', '/v2/policies', { body: authorization({ service: one.service }) }));
  const parameters = { ...one.parameters, ...(crn === undefined || carrier === undefined ? {} : { [carrier]: crn }) };
  const region = one.service === 'cloud-object-storage' ? 'global' : one.region;
  try {
    return await instance(
      api,
      { ...one, region: region as 'us-south' },
      { resource_plan_id: PLANS[one.service], parameters },
      index + 10,
    );
  } catch {
    // A standard key, for example: the broker refuses.
    return undefined;
  } finally {
    const id = first && at(first.body, 'id');
    if (one.bereft && typeof id === 'string') await api('DELETE', `/v2/policies/${id}`);
  }
}

interface There {
  readonly vaultCrns: readonly string[];
  readonly keyCrns: readonly string[];
  readonly deploymentCrns: readonly string[];
}

async function allow(
  api: Api,
  one: Policy,
  { vaultCrns, keyCrns, deploymentCrns }: There,
  index: number,
): Promise<void> {
  const vault = guidOf(vaultCrns[one.on % vaultCrns.length] ?? '');
  const keyCrn = keyCrns.length === 0 ? undefined : keyCrns[one.on % keyCrns.length];
  const by = deploymentCrns.length === 0 ? undefined : deploymentCrns[one.by % deploymentCrns.length];
  const service = one.narrowed === 'instance' && by !== undefined ? (by.split(':')[4] ?? '') : one.service;
  const source = [
    equals('serviceName', service),
    ...(one.narrowed === 'group' ? [equals('resourceGroupId', 'abcdabcdabcdabcdabcdabcdabcdabcd')] : []),
    ...(one.narrowed === 'instance' && by !== undefined ? [equals('serviceInstance', guidOf(by))] : []),
  ];
  const mark = one.owner === 'nobody' ? '' : ` [keystead:${stackOf(one.owner)}/marked-${index}]`;
  const body = authorization({
    source,
    roles: one.roles.map((role) => `crn:v1:bluemix:public:iam::::serviceRole:${role}`),
    description: `${one.description}${mark}`.trim(),
    ...targetOf(one.target, vault, keyCrn),
  });
  await api('POST', '/v2/policies', { body });
}

function targetOf(
  target: Policy['target'],
  vault: string,
  keyCrn: string | undefined,
): Parameters<typeof authorization>[0] {
  const inVault = { instance: vault };
  switch (target) {
    case 'everything':
      return {};
    case 'vault':
      return inVault;
    case 'ring':
      return { ...inVault, target: [equals('keyRing', 'ring-a')] };
    case 'default ring':
      return { ...inVault, target: [equals('keyRing', 'default')] };
    case 'pattern':
      return { target: [{ key: 'serviceInstance', operator: 'stringMatch', value: `${vault.slice(0, 4)}*` }] };
    case 'odd':
      return { ...inVault, target: [equals('resourceType', 'key')] };
    case 'key': {
      if (keyCrn === undefined) return inVault;
      const parts = keyCrn.split(':');
      return { instance: parts[7] ?? '', target: [equals('resourceType', 'key'), equals('resource', parts[9] ?? '')] };
    }
  }
}

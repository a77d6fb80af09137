import type { Emulator } from '../../../src/emulator/start.ts';
import { type Api, openApiOf, tokenOf } from '../../helpers/emulator.ts';
import { account, authorization, createInstance, tieredPricing } from '../../helpers/platform.ts';
import { enveloped } from '../../helpers/vault.ts';
import { rowsOf } from './invariants.ts';

/** A whole number from 0 to below `limit`. The same seed gives the same numbers. */
export type Dice = (limit: number) => number;

/** mulberry32: small, and good enough to choose requests. */
function diceOf(seed: number): Dice {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  };
}

const DAY_MS = 86_400_000;
/** A little less than a token lasts. */
const TOKEN_MS = 3_500_000;

/** What a request is sent about: something that is there, or now and then something that is not. */
interface Scene {
  readonly emulator: Emulator;
  readonly api: Api;
  readonly dice: Dice;
}

type Act = (scene: Scene) => Promise<unknown>;

/** Sends so many random requests, with faults among them; whatever is answered, or not answered, is right. */
export async function storm(emulator: Emulator, seed: number, count: number): Promise<void> {
  const scene = { emulator, api: apiWithin(emulator), dice: diceOf(seed) };
  for (let n = 0; n < count; n += 1) {
    if (scene.dice(8) === 0) addFault(scene);
    const act = pick(scene.dice, acts) ?? wait;
    // A dropped connection and a truncated body are what a fault is for.
    await act(scene).catch(() => undefined);
  }
  emulator.faults.clear();
}

/** Logs in only when the token has ended: time passes quickly here. */
function apiWithin(emulator: Emulator): Api {
  const open = openApiOf(emulator.url);
  let token = { text: '', ends: 0 };
  return async (method, path, { body, headers = {} } = {}) => {
    const now = emulator.clock.now().getTime();
    if (token.ends <= now) token = { text: await tokenOf(emulator.url), ends: now + TOKEN_MS };
    return await open(method, path, { body, headers: { Authorization: `Bearer ${token.text}`, ...headers } });
  };
}

function addFault({ emulator, dice }: Scene): void {
  const match = { nth: 1 + dice(3), times: 1 + dice(2) };
  const faults = [
    { status: pick(dice, [429, 500, 502, 503]) ?? 500, retryAfterSeconds: 1 },
    { drop: 'before' },
    { drop: 'after' },
    { truncate: true },
    { delayMs: 1 },
    { statusAfter: 502 },
    { dripMs: 1 },
    { staleMs: 60_000 },
    { rateLimit: { requests: 1, perMs: 60_000 } },
  ] as const;
  emulator.faults.add({ match, ...(pick(dice, faults) ?? { truncate: true }) });
}

function pick<T>(dice: Dice, from: readonly T[]): T | undefined {
  return from[dice(from.length)];
}

/** A member of a record of a table, chosen by chance. */
function any({ emulator, dice }: Scene, table: string, member: string): string {
  return String(pick(dice, rowsOf(emulator, table))?.[member] ?? 'nothing');
}

const anyVault = (scene: Scene): string => {
  const vaults = rowsOf(scene.emulator, 'resource-controller/instances').filter((row) => row['serviceName'] === 'kms');
  return String(pick(scene.dice, vaults)?.['guid'] ?? 'nothing');
};

/** A call about some key, in the instance that it is in. */
async function ofKey(scene: Scene, method: string, path: string, body?: unknown): Promise<unknown> {
  const key = pick(scene.dice, rowsOf(scene.emulator, 'key-protect/keys'));
  const headers = { 'Bluemix-Instance': String(key?.['instanceGuid'] ?? 'nothing') };
  const url = `/api/v2/keys/${String(key?.['id'] ?? 'nothing')}${path}`;
  return await scene.api(method, url, body === undefined ? { headers } : { headers, body });
}

const alias = ({ dice }: Scene): string => `alias-${dice(12)}`;
const ring = ({ dice }: Scene): string => `ring-${dice(4)}`;
const wait: Act = async ({ emulator, dice }) => {
  emulator.clock.advance((dice(4) === 0 ? 10 * DAY_MS : 3_600_000) / (1 + dice(60)));
};

const ofInstance = async (scene: Scene, method: string, more: string, body?: unknown): Promise<unknown> => {
  const url = `/v2/resource_instances/${any(scene, 'resource-controller/instances', 'guid')}${more}`;
  return await scene.api(method, url, body === undefined ? {} : { body });
};

const acts: readonly Act[] = [
  wait,
  async ({ api, dice, emulator }) => {
    const there = rowsOf(emulator, 'resource-controller/instances').filter(({ state }) => state === 'active');
    if (there.length > 9) return undefined;
    return await createInstance(api, { name: `vault-${dice(3)}`, resource_plan_id: tieredPricing });
  },
  async (scene) => {
    const key = { type: 'application/vnd.ibm.kms.key+json', name: 'any key', extractable: scene.dice(4) === 0 };
    const aliases = scene.dice(2) === 0 ? [alias(scene)] : [];
    const headers = { 'Bluemix-Instance': anyVault(scene), 'X-Kms-Key-Ring': scene.dice(3) === 0 ? ring(scene) : '' };
    return await scene.api('POST', '/api/v2/keys', { headers, body: enveloped('key', { ...key, aliases }) });
  },
  (scene) => ofKey(scene, 'DELETE', ''),
  (scene) => ofKey(scene, 'DELETE', '?force=true'),
  (scene) => ofKey(scene, 'POST', '/restore'),
  (scene) => ofKey(scene, 'DELETE', '/purge'),
  (scene) => ofKey(scene, 'POST', '/actions/disable'),
  (scene) => ofKey(scene, 'POST', '/actions/enable'),
  (scene) => ofKey(scene, 'POST', '/actions/rotate'),
  (scene) => ofKey(scene, 'POST', `/aliases/${alias(scene)}`),
  (scene) => ofKey(scene, 'DELETE', `/aliases/${alias(scene)}`),
  (scene) => ofKey(scene, 'PATCH', '', { keyRingID: ring(scene) }),
  (scene) => ofKey(scene, 'POST', '/actions/wrap', {}),
  (scene) =>
    scene.api('POST', `/api/v2/key_rings/${ring(scene)}`, { headers: { 'Bluemix-Instance': anyVault(scene) } }),
  (scene) =>
    scene.api('DELETE', `/api/v2/key_rings/${ring(scene)}`, { headers: { 'Bluemix-Instance': anyVault(scene) } }),
  (scene) => {
    const narrowed = scene.dice(2) === 0 ? { instance: anyVault(scene) } : {};
    return scene.api('POST', '/v2/policies', { body: authorization(narrowed) });
  },
  (scene) => scene.api('DELETE', `/v2/policies/${any(scene, 'policy/policies', 'id')}`),
  async (scene) => {
    const usable = rowsOf(scene.emulator, 'key-protect/keys').filter((key) => key['state'] === 1);
    const parameters = { disk_encryption_key_crn: pick(scene.dice, usable)?.['crn'] ?? 'nothing' };
    return await createInstance(scene.api, { name: `lake-${scene.dice(3)}`, parameters });
  },
  (scene) => ofInstance(scene, 'DELETE', '?recursive=true'),
  (scene) => ofInstance(scene, 'PATCH', '', { name: `name-${scene.dice(5)}` }),
  (scene) => ofInstance(scene, 'PATCH', '', { parameters: { worker_count: String(scene.dice(9)) } }),
  async (scene) => {
    const id = any(scene, 'resource-controller/reclamations', 'id');
    const action = scene.dice(2) === 0 ? 'restore' : 'reclaim';
    return await scene.api('POST', `/v1/reclamations/${id}/actions/${action}`, { body: {} });
  },
  async (scene) => {
    const resource = any(scene, 'resource-controller/instances', 'crn');
    const body = { resources: [{ resource_id: resource }], tag_names: [`tag:${scene.dice(5)}`] };
    return await scene.api('POST', `/v3/tags/${scene.dice(2) === 0 ? 'attach' : 'detach'}`, { body });
  },
  async (scene) => {
    const source = any(scene, 'resource-controller/instances', 'guid');
    return await scene.api('POST', '/v2/resource_keys', { body: { name: 'credentials', source } });
  },
  (scene) => scene.api('DELETE', `/v2/resource_keys/${any(scene, 'resource-controller/children', 'guid')}`),
  (scene) => ofInstance(scene, 'DELETE', ''),
  (scene) => ofInstance(scene, 'DELETE', '/last_operation'),
  (scene) => ofInstance(scene, pick(scene.dice, ['POST', 'DELETE']) ?? 'POST', '/lock'),
  (scene) => scene.api('POST', '/v2/resource_groups', { body: { name: `group-${scene.dice(4)}` } }),
  (scene) => scene.api('DELETE', `/v2/resource_groups/${any(scene, 'resource-manager/groups', 'id')}`),
  (scene) => {
    const names = { name: `robot-${scene.dice(3)}`, account_id: account };
    return scene.api('POST', '/v1/profiles', { body: names });
  },
  (scene) => {
    const id = any(scene, 'iam/identities', 'iamId').replace(/^iam-/, '');
    return scene.api('DELETE', `/v1/${id.startsWith('Profile') ? 'profiles' : 'serviceids'}/${id}`);
  },
  (scene) => scene.api('GET', '/v2/resource_instances?limit=5'),
  (scene) => scene.api('GET', '/api/v2/keys', { headers: { 'Bluemix-Instance': anyVault(scene) } }),
];

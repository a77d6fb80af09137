import { expect } from '@jest/globals';
import { at, list, text } from '../helpers/platform.ts';
import { must, type Provider } from './provider.ts';
import { attach, getInstance, readInstance, resolve, waitFor } from './provider-instance.ts';

/** What a configuration says of a database. */
export interface DatabaseConfig {
  readonly name: string;
  readonly type: string;
  readonly service: string;
  readonly plan: string;
  readonly location: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly members?: number;
  readonly adminPassword?: string;
  readonly allowlist?: readonly string[];
  readonly user?: { readonly username: string; readonly password: string };
  readonly configuration?: Readonly<Record<string, unknown>>;
  readonly tags?: readonly string[];
}

/** The provider's own host for v5 ends in `/v5/ibm`, that for v4 does not. */
const v5 = '/v5/ibm';
const inside = (id: string): string => `${v5}/deployments/${encodeURIComponent(id).replaceAll('%3A', ':')}`;
const v4 = (id: string): string => inside(id).replace('/v5/', '/v4/');

/** Source: deployments reference, "ibm_database, classic plans" (create). @returns its id, the CRN */
export async function createDatabase(provider: Provider, config: DatabaseConfig): Promise<string> {
  const { send } = provider;
  const { planId, target } = await resolve(provider, config);
  const group = await send('GET', `/v2/resource_groups?default=true&account_id=${provider.accountId}`);
  const { body: defaults } = await send('GET', `${v5}/deployables/${config.type}/groups`);
  checkGroups(defaults);
  const body = {
    name: config.name,
    target,
    resource_group: text(group.body, 'resources', 0, 'id'),
    resource_plan_id: planId,
    parameters: config.parameters,
  };
  const made = await send('POST', '/v2/resource_instances', { body, allow: [201, 202] });
  const id = text(made.body, 'id');
  // "ICD ready": must be 200 while it is still being provisioned.
  must((await send('GET', v4(id))).body, 'deployment.id', 'deployment.admin_username');
  await waitFor(provider, id, ['in progress', 'inactive', 'provisioning'], ['active'], (instance) =>
    text(instance, 'state'),
  );
  if (config.members !== undefined) await scale(provider, id, { members: { allocation_count: config.members } });
  if (config.tags !== undefined) await attach(provider, id, config.tags);
  await settle(provider, id, config);
  await readDatabase(provider, id);
  return id;
}

/** What is set over the API of the database, each part waiting for its task. */
export async function settle(
  provider: Provider,
  id: string,
  config: Pick<DatabaseConfig, 'adminPassword' | 'allowlist' | 'user' | 'configuration'>,
): Promise<void> {
  const { send } = provider;
  const path = inside(id);
  if (config.adminPassword !== undefined) {
    const { body } = await send('GET', path);
    const admin = text(body, 'deployment', 'admin_usernames', 'database');
    const user = { user: { password: config.adminPassword } };
    await done(provider, await send('PATCH', `${path}/users/database/${admin}`, { body: user, allow: [202] }));
  }
  if (config.allowlist !== undefined) {
    const body = { ip_addresses: config.allowlist.map((address) => ({ address, description: 'by Terraform' })) };
    await done(provider, await send('PUT', `${path}/allowlists/ip_addresses`, { body, allow: [202] }));
  }
  if (config.user !== undefined) {
    const { username, password } = config.user;
    const changed = await send('PATCH', `${path}/users/database/${username}`, {
      body: { user: { password } },
      allow: [202, 400, 404, 422, 500],
    });
    const made =
      changed.status === 202
        ? changed
        : await send('POST', `${path}/users/database`, { body: { user: { username, password } }, allow: [202] });
    await done(provider, made);
  }
  if (config.configuration !== undefined) {
    const body = { configuration: config.configuration };
    await done(provider, await send('PATCH', `${path}/configuration`, { body, allow: [200, 202] }));
  }
}

/** Reads the groups, then scales one; 204 has no task. */
export async function scale(provider: Provider, id: string, group: Readonly<Record<string, unknown>>): Promise<number> {
  const { send } = provider;
  checkGroups((await send('GET', `${inside(id)}/groups`)).body);
  const answer = await send('PATCH', `${inside(id)}/groups/member`, { body: { group }, allow: [200, 202, 204] });
  if (answer.status !== 204) await done(provider, answer);
  return answer.status;
}

/** Exists and Read. @returns undefined for what is dropped from the state */
export async function refreshDatabase(provider: Provider, id: string): Promise<unknown> {
  const { body } = await getInstance(provider, id);
  return /removed|pending_reclamation/.test(text(body, 'state')) ? undefined : await readDatabase(provider, id);
}

/** Source: deployments reference, "ibm_database, classic plans" (refresh). */
async function readDatabase(provider: Provider, id: string): Promise<unknown> {
  const { send } = provider;
  const instance = await readInstance(provider, id);
  const { body } = await send('GET', inside(id));
  const deployment = at(body, 'deployment');
  must(deployment, 'id', 'type', 'version', 'platform_options', 'admin_usernames.database');
  must(deployment, 'enable_private_endpoints', 'enable_public_endpoints');
  const { body: groups } = await send('GET', `${inside(id)}/groups`);
  checkGroups(groups);
  // No members: the provider takes it for disabled, and reads no further.
  if (at(groups, 'groups', 0, 'members', 'allocation_count') === 0) return { instance, disabled: true };
  const { body: scaling } = await send('GET', `${inside(id)}/groups/member/autoscaling`);
  must(scaling, 'autoscaling.disk.scalers', 'autoscaling.memory.scalers', 'autoscaling.cpu.rate');
  must(scaling, 'autoscaling.disk.rate.units', 'autoscaling.memory.rate.units', 'autoscaling.cpu.rate.units');
  const { body: allowlist } = await send('GET', `${inside(id)}/allowlists/ip_addresses`);
  const isConfigurable = ['postgresql', 'redis', 'enterprisedb'].includes(text(deployment, 'type'));
  if (isConfigurable) must((await send('GET', `${v4(id)}/configuration/schema`)).body, 'schema');
  if (at(deployment, 'enable_public_endpoints') === false) {
    const { body: tasks } = await send('GET', `${inside(id)}/tasks`);
    for (const task of list(tasks, 'tasks')) must(task, 'id', 'created_at', 'progress_percent', 'description');
  }
  return { instance, deployment, allowlist: list(allowlist, 'ip_addresses'), groups };
}

/** Every group has every member, in every part: the provider reads them unchecked. */
function checkGroups(body: unknown): void {
  expect(list(body, 'groups').length).toBeGreaterThan(0);
  for (const group of list(body, 'groups')) {
    for (const [part, unit] of [
      ['members', 'count'],
      ['memory', 'mb'],
      ['cpu', 'count'],
      ['disk', 'mb'],
    ] as const) {
      const names = ['allocation', 'minimum', 'maximum', 'step_size'].map((name) => `${part}.${name}_${unit}`);
      must(group, ...names, `${part}.units`, `${part}.is_adjustable`, `${part}.is_optional`, `${part}.can_scale_down`);
    }
    must(group, 'id', 'count', 'host_flavor.id', 'host_flavor.name', 'host_flavor.hosting_size');
  }
}

/** A five second ticker on the task. */
async function done(provider: Provider, started: { readonly body: unknown }): Promise<void> {
  const id = text(started.body, 'task', 'id');
  for (let tries = 0; tries < 100; tries += 1) {
    provider.sleep(5000);
    const { body } = await provider.send('GET', `${v5}/tasks/${encodeURIComponent(id)}`);
    const status = at(body, 'task', 'status');
    if (status === 'completed' || status === undefined) return;
    expect(['queued', 'running']).toContain(status);
  }
  throw new Error(`task ${id} never ended`);
}

import { expect } from '@jest/globals';
import { at, list, text } from '../helpers/platform.ts';
import { must, type Provider } from './provider.ts';

/** What a configuration says of an instance. */
export interface InstanceConfig {
  readonly name: string;
  readonly service: string;
  readonly plan: string;
  readonly location: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly tags?: readonly string[];
}

/** Reads of one catalog entry: what the provider takes from it without a look. */
const serviceKinds = ['runtime', 'service', 'iaas', 'platform_service', 'template', 'composite'];

/** From names to ids by the catalog. Source: platform reference, "How clients resolve names". */
export async function resolve(
  { send, emulator }: Provider,
  { service, plan, location }: Pick<InstanceConfig, 'service' | 'plan' | 'location'>,
): Promise<{ readonly planId: string; readonly target: string }> {
  const found = await pages(`/api/v1/?include=%2A&q=${service}`);
  const entry = found.find(
    (one) => at(one, 'name') === service && ['service', 'iaas', 'composite'].includes(text(one, 'kind')),
  );
  must(entry, 'id', 'metadata.service', 'overview_ui.en', 'images', 'provider', 'tags');
  expect(at(entry, 'disabled')).toBe(false);
  expect(at(entry, 'metadata', 'service', 'rc_provisionable')).toBe(true);
  const plans = await pages(`/api/v1/${encodeURIComponent(text(entry, 'id'))}/plan`);
  const planId = text(
    plans.find((one) => at(one, 'name') === plan),
    'id',
  );
  const deployments = await pages(`/api/v1/${encodeURIComponent(planId)}/deployment?include=%2A`);
  const deployment = deployments.find(
    (one) =>
      at(one, 'metadata', 'rc_compatible') === true && at(one, 'metadata', 'deployment', 'location') === location,
  );
  // A target_crn must be a whole CRN or empty, else the page cannot be decoded.
  for (const one of deployments) expect(['', 10]).toContain(crnParts(at(one, 'metadata', 'deployment', 'target_crn')));
  return { planId, target: text(deployment, 'catalog_crn') };

  /** bluemix-go follows `next` by cutting its base URL off the front. */
  async function pages(first: string): Promise<readonly unknown[]> {
    const entries: unknown[] = [];
    for (let path: string | undefined = first; path !== undefined; ) {
      const { body } = await send('GET', path);
      entries.push(...list(body, 'resources'));
      const next = at(body, 'next');
      path = typeof next === 'string' && next !== '' ? next.replace(emulator.url, '') : undefined;
    }
    return entries;
  }
}

function crnParts(crn: unknown): string | number {
  return crn === '' ? '' : String(crn).split(':').length;
}

/** Source: platform reference, "ibm_resource_instance" (create). @returns its id, the CRN */
export async function createInstance(provider: Provider, config: InstanceConfig): Promise<string> {
  const { planId, target } = await resolve(provider, config);
  const { body: groups } = await provider.send(
    'GET',
    `/v2/resource_groups?account_id=${provider.accountId}&default=true`,
  );
  const body = {
    name: config.name,
    target,
    resource_group: text(groups, 'resources', 0, 'id'),
    resource_plan_id: planId,
    parameters: config.parameters ?? {},
  };
  const made = await provider.send('POST', '/v2/resource_instances', { body, allow: [201, 202] });
  const id = text(made.body, 'id');
  await waitFor(provider, id, ['in progress', 'inactive', 'provisioning'], ['active', 'succeeded']);
  if (config.tags !== undefined) await attach(provider, id, config.tags);
  await readInstance(provider, id);
  return id;
}

/** Read: what every apply and refresh ends with. Source: platform reference, "ibm_resource_instance" (read). */
export async function readInstance(provider: Provider, id: string): Promise<unknown> {
  const { body: instance } = await getInstance(provider, id);
  must(instance, 'id', 'guid', 'crn', 'name', 'state', 'resource_id', 'resource_plan_id', 'resource_group_id');
  must(instance, 'resource_group_crn', 'last_operation.description', 'extensions', 'created_at', 'created_by');
  expect(text(instance, 'crn').split(':')).toHaveLength(10);
  const fields = ['access_tags', 'tags', 'service_tags'];
  const { body: found } = await provider.send('POST', '/v3/resources/search', {
    body: { query: `crn:"${text(instance, 'crn')}"`, fields },
  });
  // The plugin reflects on the tags of the first item: without an array it panics.
  for (const item of list(found, 'items')) for (const field of fields) list(item, field);
  const { body: service } = await provider.send('GET', `/api/v1/${encodeURIComponent(text(instance, 'resource_id'))}`);
  expect(serviceKinds).toContain(text(service, 'kind'));
  const { body: plan } = await provider.send(
    'GET',
    `/api/v1/${encodeURIComponent(text(instance, 'resource_plan_id'))}`,
  );
  expect(['plan', 'flavor']).toContain(text(plan, 'kind'));
  must(service, 'name');
  must(plan, 'name');
  return { ...Object(instance), tags: at(found, 'items', 0, 'tags') };
}

/** Exists, then Read. @returns undefined for what is dropped from the state */
export async function refreshInstance(provider: Provider, id: string): Promise<unknown> {
  const { status, body } = await getInstance(provider, id, [200, 404]);
  if (status === 404) return undefined;
  return /removed|pending_reclamation/.test(text(body, 'state')) ? undefined : await readInstance(provider, id);
}

/** Tags first: what goes is detached and deleted, and only where that did not fail are new ones attached. */
export async function updateInstance(
  provider: Provider,
  id: string,
  change: {
    readonly patch: Readonly<Record<string, unknown>>;
    readonly tags?: { readonly remove: readonly string[]; readonly add: readonly string[] };
  },
): Promise<void> {
  await getInstance(provider, id);
  if (change.tags !== undefined && (await drop(provider, id, change.tags.remove))) {
    await attach(provider, id, change.tags.add);
  }
  const path = `/v2/resource_instances/${encodeURIComponent(id)}`;
  await provider.send('PATCH', path, { body: change.patch, allow: [200, 202] });
  await waitFor(provider, id, ['in progress', 'inactive'], ['active', 'succeeded']);
  await readInstance(provider, id);
}

/** 410 is success; then it waits by `state` alone. */
export async function deleteInstance(provider: Provider, id: string): Promise<void> {
  const path = `/v2/resource_instances/${encodeURIComponent(id)}?recursive=true`;
  const { status } = await provider.send('DELETE', path, { allow: [202, 204, 410] });
  if (status === 410) return;
  for (let tries = 0; tries < 60; tries += 1) {
    provider.sleep(10_000);
    const state = text((await getInstance(provider, id)).body, 'state');
    if (state === 'removed' || state === 'pending_reclamation') return;
    // Anything else ends the provider with an error; a 404 would go on for ever.
    expect(['in progress', 'inactive', 'active']).toContain(state);
  }
  throw new Error(`${id} was never deleted`);
}

/** Ten seconds between tries, an error for what is neither. Source: platform reference, "ibm_resource_instance" (waits). */
export async function waitFor(
  provider: Provider,
  id: string,
  pending: readonly string[],
  done: readonly string[],
  progressOf: (instance: unknown) => string = operationOr,
): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    provider.sleep(10_000);
    const { body } = await getInstance(provider, id);
    const value = progressOf(body);
    if (done.includes(value)) return;
    if (value === 'failed') throw new Error(text(body, 'last_operation', 'description'));
    expect(pending).toContain(value);
  }
  throw new Error(`${id} took too long`);
}

/** What an instance waits by: its operation where that is asynchronous, else its state. */
function operationOr(instance: unknown): string {
  const isAsync = at(instance, 'last_operation', 'async') === true;
  return isAsync ? text(instance, 'last_operation', 'state') : text(instance, 'state');
}

/** By its CRN, encoded. */
export async function getInstance(provider: Provider, id: string, allow: readonly number[] = [200]) {
  return await provider.send('GET', `/v2/resource_instances/${encodeURIComponent(id)}`, { allow });
}

/** Attaches tags; what fails is only logged. */
export async function attach({ send }: Provider, id: string, tags: readonly string[]): Promise<void> {
  await send('POST', '/v3/tags/attach', { body: { resources: [{ resource_id: id }], tag_names: tags } });
}

/** Returns on the first tag that cannot be deleted, which is only logged. Source: platform reference, "Tagging". */
async function drop({ send }: Provider, id: string, tags: readonly string[]): Promise<boolean> {
  if (tags.length === 0) return true;
  await send('POST', '/v3/tags/detach', { body: { resources: [{ resource_id: id }], tag_names: tags } });
  for (const tag of tags) {
    const { body } = await send('DELETE', `/v3/tags/${encodeURIComponent(tag)}?providers=ghost`);
    if (at(body, 'results', 0, 'is_error') === true) return false;
  }
  return true;
}

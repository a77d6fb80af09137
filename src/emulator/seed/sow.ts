import { type Key, keys } from '../apis/key-protect/state.ts';
import { addIdentities } from '../core/account/add-identity.ts';
import { added, findPlanByName } from '../core/account/catalog.ts';
import { instances } from '../core/account/instances.ts';
import { offerings } from '../core/account/offerings.ts';
import { rolesOn } from '../core/account/roles.ts';
import { EmulatorError } from '../core/emulator-error.ts';
import type { Engine } from '../core/engine.ts';
import { isObject } from '../core/json.ts';
import type { Route } from '../core/router.ts';
import type { Store } from '../core/store.ts';
import type { Json, Settings } from '../core/world.ts';
import { type Caller, callerIn } from './caller.ts';
import type { Seed, SeedAuthorization, SeedDeployment, SeedKey, SeedPlan, SeedService, SeedVault } from './seed.ts';

/** Nothing lags while a seed is sown: it is how the account has been for long. */
const instant: Partial<Settings> = {
  provisioningMs: 0,
  provisioningMsOf: {},
  propagationMs: 0,
  searchLagMs: 0,
  policyReadAfterWriteMs: 0,
  tagDenialMs: 0,
  emptyingMs: 0,
  controllerCallsPerMinute: 0,
  failProvisioning: [],
};

/**
 * Makes what a seed says: identities and catalog always, the objects only in an account in which there is no instance yet.
 * @throws EmulatorError when an API refuses a part of it, or two identities are one
 */
export function sow(engine: Engine, route: Route, origin: string, seed: Seed): void {
  engine.transact((world) => addIdentities(world, seed.identities ?? []));
  engine.transact(({ store }) => addServices(store, seed.catalog ?? []));
  const hasObjects = Object.keys(seed).some((part) => !['account', 'settings', 'identities', 'catalog'].includes(part));
  const isFresh = engine.transact(({ store }) => instances(store).size === 0);
  if (!hasObjects || !isFresh) return;
  const settings = engine.settings;
  engine.changeSettings(instant);
  try {
    sowObjects(engine, callerIn(engine, route, origin), seed);
    engine.runDueTimers();
  } catch (error) {
    // Half a seed in a data file would never be completed: the next start would find an account that is not fresh.
    engine.reset();
    throw error;
  } finally {
    engine.changeSettings(settings);
  }
}

/** What the parts of a seed are made with. */
interface Sower {
  readonly engine: Engine;
  readonly call: Caller;
  /** Ids by name; the default one also under an empty name. */
  readonly groups: ReadonlyMap<string, string>;
  /** CRNs by `INSTANCE/KEY`. */
  readonly keys: Map<string, string>;
}

function sowObjects(engine: Engine, call: Caller, seed: Seed): void {
  for (const name of seed.resourceGroups ?? []) {
    const account_id = engine.transact(({ account }) => account);
    call(`resource group ${name}`, 'POST', '/v2/resource_groups', { body: { name, account_id } });
  }
  const sower: Sower = { engine, call, groups: groupsOf(call), keys: new Map() };
  const vaults = new Map<string, string>();
  for (const vault of seed.keyProtectInstances ?? []) {
    const guid = sowInstance(sower, 'kms', { plan: 'tiered-pricing', ...vault });
    vaults.set(vault.name, guid);
    fillVault(sower, vault, guid);
  }
  for (const one of seed.authorizations ?? []) sowAuthorization(sower, one, vaults.get(one.target));
  for (const one of seed.deployments ?? []) {
    sowInstance(sower, one.service, { ...one, ...withKeys(one, sower.keys) });
  }
}

function groupsOf(call: Caller): ReadonlyMap<string, string> {
  const body = call('list of resource groups', 'GET', '/v2/resource_groups');
  const all: unknown = isObject(body) ? body['resources'] : [];
  return new Map(
    (Array.isArray(all) ? all : []).flatMap((group): [string, string][] => {
      const own: [string, string] = [String(group.name), String(group.id)];
      return group.default === true ? [own, ['', own[1]]] : [own];
    }),
  );
}

/** @returns its GUID */
function sowInstance(sower: Sower, service: string, given: Omit<SeedDeployment, 'service'>): string {
  const { engine, call, groups } = sower;
  const { name, region = 'us-south', resourceGroup = '', tags = [], parameters } = given;
  const what = `instance ${name}`;
  const plan = engine.transact(({ store }) => findPlanByName(store, service, given.plan));
  const group = groups.get(resourceGroup);
  if (plan === undefined) throw unknown(what, `${service} has no plan ${given.plan}`);
  if (group === undefined) throw unknown(what, `there is no resource group ${resourceGroup}`);
  const body = { name, target: region, resource_group: group, resource_plan_id: plan.id, tags, parameters };
  const made = call(what, 'POST', '/v2/resource_instances', { body });
  return isObject(made) ? String(made['guid']) : '';
}

function fillVault(sower: Sower, vault: SeedVault, guid: string): void {
  const { call, keys } = sower;
  const headers = { 'bluemix-instance': guid };
  for (const ring of vault.rings ?? []) {
    call(`key ring ${ring} of ${vault.name}`, 'POST', `/api/v2/key_rings/${encodeURIComponent(ring)}`, { headers });
  }
  for (const key of vault.keys ?? []) {
    keys.set(`${vault.name}/${key.name}`, sowKey(sower, key, { headers, vault: vault.name }));
  }
  // After the keys, for these are as they say, whatever the policies prescribe.
  const { policies = [] } = vault;
  if (policies.length === 0) return;
  const metadata = { collectionType: 'application/vnd.ibm.kms.policy+json', collectionTotal: policies.length };
  const body = { metadata, resources: policies };
  call(`policies of ${vault.name}`, 'PUT', '/api/v2/instance/policies', { headers, body });
}

function sowAuthorization(sower: Sower, given: SeedAuthorization, guid: string | undefined): void {
  const { engine, call } = sower;
  const { source, target, roles, description } = given;
  const what = `authorization of ${source} on ${target}`;
  if (guid === undefined) throw unknown(what, `there is no Key Protect instance ${target} in it`);
  const account = engine.transact((world) => world.account);
  const known = [...rolesOn('kms').service, ...rolesOn('kms').system];
  const grants = roles.map((role) => {
    const found = known.find(({ crn }) => crn.endsWith(`:${role}`));
    if (found === undefined) throw unknown(what, `there is no role ${role}`);
    return { role_id: found.crn };
  });
  const attribute = (key: string, value: string): object => ({ key, operator: 'stringEquals', value });
  const place = [attribute('serviceName', 'kms'), attribute('accountId', account), attribute('serviceInstance', guid)];
  const body = {
    type: 'authorization',
    description,
    subject: { attributes: [attribute('serviceName', source), attribute('accountId', account)] },
    resource: { attributes: place },
    control: { grant: { roles: grants } },
  };
  call(what, 'POST', '/v2/policies', { body });
}

/** Its parameters, with the CRN in the place of `{ key: INSTANCE/KEY }`. */
function withKeys(given: SeedDeployment, keys: ReadonlyMap<string, string>): Pick<SeedDeployment, 'parameters'> {
  if (given.parameters === undefined) return {};
  const entries = Object.entries(given.parameters).map(([name, value]): [string, Json] => {
    if (!isObject(value) || typeof value['key'] !== 'string') return [name, value];
    const crn = keys.get(value['key']);
    if (crn === undefined) throw unknown(`instance ${given.name}`, `there is no key ${value['key']} in it`);
    return [name, crn];
  });
  return { parameters: Object.fromEntries(entries) };
}

function unknown(what: string, why: string): EmulatorError {
  return new EmulatorError(`The seed's ${what} cannot be made: ${why}.`, 'Change the seed.');
}

/** Makes a key of a seed, in its state. @returns its CRN */
function sowKey(
  { engine, call }: Sower,
  given: SeedKey,
  { headers, vault }: { readonly headers: Readonly<Record<string, string>>; readonly vault: string },
): string {
  const { state = 'active', ring, type = 'root', policies = {}, ...members } = given;
  const what = `key ${given.name} of ${vault}`;
  const collectionType = 'application/vnd.ibm.kms.key+json';
  const resource = { type: collectionType, extractable: type === 'standard', ...members, ...policies };
  const made = call(what, 'POST', '/api/v2/keys_with_policy_overrides', {
    headers: { ...headers, ...(ring === undefined ? {} : { 'x-kms-key-ring': ring }) },
    body: { metadata: { collectionType, collectionTotal: 1 }, resources: [resource] },
  });
  const list: unknown = isObject(made) ? made['resources'] : undefined;
  const shown: unknown = Array.isArray(list) ? list[0] : undefined;
  const [id, crn] = isObject(shown) ? [String(shown['id']), String(shown['crn'])] : ['', ''];
  switch (state) {
    case 'active':
      break;
    case 'suspended':
      call(what, 'POST', `/api/v2/keys/${id}/actions/disable`, { headers });
      break;
    case 'destroyed':
      call(what, 'DELETE', `/api/v2/keys/${id}`, { headers });
      break;
    case 'pre-activation':
      put(engine, id, 0);
      break;
    case 'deactivated':
      put(engine, id, 3);
      break;
  }
  return crn;
}

/** States to which no call leads: one is of keys that an older API made, the other takes time. */
function put(engine: Engine, id: string, state: Key['state']): void {
  engine.transact(({ store }) => {
    const key = keys(store).get(id);
    if (key !== undefined) keys(store).put(id, { ...key, state });
  });
}

const DAY_MS = 86_400_000;

/**
 * Adds services of a seed to the catalog. An id that is left out is made by the pattern of Cloud Databases: the service's
 * is its name, a plan's `<service>-<plan>`.
 * @throws EmulatorError for a service that the emulator has of its own
 */
function addServices(store: Store, services: readonly SeedService[]): void {
  for (const given of services) {
    const { name, displayName = name, plans, provisions = 'async', keyParameters = [], reclamationDays = 3 } = given;
    if (offerings.some((offering) => offering.name === name)) {
      throw new EmulatorError(`The seed's service ${name} is in the catalog already.`, 'Leave it out of the seed.');
    }
    const idOf = (plan: SeedPlan): string => plan.id ?? `${name}-${plan.name}`;
    const offered = plans.map((plan) => ({
      id: idOf(plan),
      name: plan.name,
      displayName: plan.name,
      free: plan.free ?? false,
      locations: plan.locations ?? ['us-south'],
    }));
    const described = { displayName, description: `${displayName}, from a seed.` };
    added(store).put(name, {
      offering: { id: name, name, kind: 'service', ...described, tags: [], plans: offered },
      service: {
        name,
        provisions,
        keyParameters: keyParameters.map((parameter) => ({ roles: ['Reader'], ...parameter })),
        keyPlans: plans.filter(({ takesKey = true }) => takesKey).map(idOf),
        reclamationMs: reclamationDays * DAY_MS,
        unreclaimable: reclamationDays === 0 ? offered.map(({ id }) => id) : [],
        judged: 'everything: it is what a seed says',
      },
    });
  }
}

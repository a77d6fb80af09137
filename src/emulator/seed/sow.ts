import { addIdentities } from '../core/account/add-identity.ts';
import { findPlanByName } from '../core/account/added.ts';
import { instances } from '../core/account/instances.ts';
import { rolesOn } from '../core/account/roles.ts';
import { EmulatorError } from '../core/emulator-error.ts';
import type { Engine } from '../core/engine.ts';
import { isObject } from '../core/json.ts';
import type { Route } from '../core/router.ts';
import type { Json, Settings } from '../core/world.ts';
import { type Caller, callerIn } from './caller.ts';
import { addServices } from './catalog.ts';
import { sowKey } from './keys.ts';
import type { Seed, SeedAuthorization, SeedDeployment, SeedVault } from './seed.ts';

/** Nothing lags while a seed is sown: it is how the account has been for long. */
const instant: Partial<Settings> = {
  provisioningMs: 0,
  provisioningMsOf: {},
  propagationMs: 0,
  searchLagMs: 0,
  policyReadAfterWriteMs: 0,
  failProvisioning: [],
};

/**
 * Makes what a seed says: identities and catalog always, the objects only in an account in which there is no instance yet.
 *
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

function sowObjects(engine: Engine, call: Caller, seed: Seed): void {
  for (const name of seed.resourceGroups ?? []) {
    const account_id = engine.transact(({ account }) => account);
    call(`resource group ${name}`, 'POST', '/v2/resource_groups', { body: { name, account_id } });
  }
  const groups = groupsOf(call);
  const vaults = new Map<string, string>();
  const keys = new Map<string, string>();
  for (const vault of seed.keyProtectInstances ?? []) {
    const guid = sowInstance(engine, call, groups, 'kms', { plan: 'tiered-pricing', ...vault });
    vaults.set(vault.name, guid);
    fillVault(engine, call, vault, { guid, keys });
  }
  for (const one of seed.authorizations ?? []) sowAuthorization(engine, call, one, vaults.get(one.target));
  for (const one of seed.deployments ?? [])
    sowInstance(engine, call, groups, one.service, { ...one, ...withKeys(one, keys) });
}

/** Ids by name; the default one also under an empty name. */
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
function sowInstance(
  engine: Engine,
  call: Caller,
  groups: ReadonlyMap<string, string>,
  service: string,
  given: Omit<SeedDeployment, 'service'>,
): string {
  const { name, region = 'us-south', resourceGroup = '', tags = [], parameters } = given;
  const what = `instance ${name}`;
  const plan = engine.transact(({ store }) => findPlanByName(store, service, given.plan));
  const group = groups.get(resourceGroup);
  if (plan === undefined) throw unknown(what, `${service} has no plan ${given.plan}`);
  if (group === undefined) throw unknown(what, `there is no resource group ${resourceGroup}`);
  const more = parameters === undefined ? {} : { parameters };
  const body = { name, target: region, resource_group: group, resource_plan_id: plan.id, tags, ...more };
  const made = call(what, 'POST', '/v2/resource_instances', { body });
  return isObject(made) ? String(made['guid']) : '';
}

function fillVault(
  engine: Engine,
  call: Caller,
  vault: SeedVault,
  { guid, keys }: { readonly guid: string; readonly keys: Map<string, string> },
): void {
  const headers = { 'bluemix-instance': guid };
  for (const ring of vault.rings ?? []) {
    call(`key ring ${ring} of ${vault.name}`, 'POST', `/api/v2/key_rings/${encodeURIComponent(ring)}`, { headers });
  }
  for (const key of vault.keys ?? []) {
    keys.set(`${vault.name}/${key.name}`, sowKey(engine, call, key, { headers, vault: vault.name }));
  }
  // After the keys, for these are as they say, whatever the policies prescribe.
  const { policies = [] } = vault;
  if (policies.length === 0) return;
  const metadata = { collectionType: 'application/vnd.ibm.kms.policy+json', collectionTotal: policies.length };
  const body = { metadata, resources: policies };
  call(`policies of ${vault.name}`, 'PUT', '/api/v2/instance/policies', { headers, body });
}

function sowAuthorization(engine: Engine, call: Caller, given: SeedAuthorization, guid: string | undefined): void {
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
    ...(description === undefined ? {} : { description }),
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

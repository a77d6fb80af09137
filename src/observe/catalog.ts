import type { CatalogEntry } from '../cloud/catalog/shapes.ts';
import type { Reader } from '../cloud/reader.ts';
import type { Kinds } from '../kinds/kind.ts';
import type { Catalog, CatalogNames } from '../model/catalog.ts';
import { KeysteadError } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import type { Desired } from '../model/resource.ts';

/**
 * Translates the names that only the cloud knows: services, plans, resource groups. Each is asked once.
 *
 * @param more names that nothing declared uses
 * @throws KeysteadError `UNKNOWN_SERVICE`, `UNKNOWN_PLAN`, `UNKNOWN_GROUP` (exit 1), naming what there is
 */
export async function lookUpNames(
  kinds: Kinds,
  desired: readonly Desired[],
  read: Reader,
  more: CatalogNames = {},
): Promise<Catalog> {
  const names = gather(kinds, desired, more);
  const [login, groups, services] = await Promise.all([
    read.login(),
    read.resourceGroups(),
    Promise.all([...names.services].map(async (name) => [name, await lookUpService(read, name)] as const)),
  ]);
  const serviceIds = new Map(services.map(([name, { entry }]) => [name, entry.id]));
  const plansOf = new Map(services.map(([name, { plans }]) => [name, plans]));
  const found = {
    service(name: string): string {
      const id = serviceIds.get(name);
      if (id === undefined) throw new Error(`service ${name} was not looked up`);
      return id;
    },
    plan(service: string, word: string): string {
      const plans = plansOf.get(service) ?? [];
      const plan = plans.find(({ id, name }) => name === word || id === word || name === `${service}-${word}`);
      if (plan !== undefined) return plan.id;
      throw unknown('UNKNOWN_PLAN', `${service} has no plan "${word}"`, word, plans);
    },
    planName: (service: string, id: string) => plansOf.get(service)?.find((plan) => plan.id === id)?.name ?? id,
    group(name?: string): string {
      const group = groups.find((item) => (name === undefined ? item.default === true : item.name === name));
      if (group !== undefined) return group.id;
      const what = name === undefined ? 'the account shows no default resource group' : `no resource group "${name}"`;
      throw unknown('UNKNOWN_GROUP', what, name ?? '', groups);
    },
    groupName: (id: string) => groups.find((item) => item.id === id)?.name ?? id,
  };
  for (const [service, word] of names.plans) found.plan(service, word);
  for (const name of names.groups) found.group(name);
  return { account: login.accountId, iamId: login.iamId, ...found };
}

function gather(kinds: Kinds, desired: readonly Desired[], more: CatalogNames) {
  const all: readonly CatalogNames[] = [
    more,
    ...desired.map((resource) => kinds.of(resource).identity.catalogNames(resource.spec)),
  ];
  return {
    services: new Set(all.flatMap(({ services }) => services ?? [])),
    plans: all.flatMap(({ plans }) => plans ?? []),
    groups: new Set(all.flatMap(({ groups }) => groups ?? [])),
  };
}

async function lookUpService(
  read: Reader,
  name: string,
): Promise<{ readonly entry: CatalogEntry; readonly plans: readonly CatalogEntry[] }> {
  const entry = await read.catalogService(name);
  if (entry === undefined) {
    throw new KeysteadError('UNKNOWN_SERVICE', `the catalog has no service "${name}"`, {
      remedy: 'use the name that `ibmcloud catalog service-marketplace` shows',
    });
  }
  return { entry, plans: await read.catalogPlans(entry.id) };
}

function unknown(code: string, what: string, word: string, there: readonly { readonly name: string }[]): KeysteadError {
  const names = there.map(({ name }) => name);
  const close = nearest(word, names);
  const remedy = close === undefined ? `there are: ${[...names].sort().join(', ')}` : `did you mean "${close}"?`;
  return new KeysteadError(code, what, { remedy });
}

import { expect, test } from '@jest/globals';
import type { Emulator } from '../../src/emulator/start.ts';
import { exponentOf } from '../helpers/calls.ts';
import { withKeystead } from '../helpers/keystead.ts';
import { stackOf } from '../helpers/stacks.ts';

/**
 * What may be spent, counted: times are for `npm run bench`. A plan without changes asks for lists only, whose number
 * follows the services and their pages, not the resources.
 */
const PLAN = 25;

/** For one resource, on the average of a key, an authorization and a deployment. */
const CREATE = 5;

/** For a key with an alias and a rotation policy, an authorization and a deployment. */
const SET = 11;

/** Triples of a key, an authorization on that key and a deployment under it, and the instance that holds the keys. */
function manifestOf(count: number, more = ''): string {
  const triples = Array.from({ length: count }, (_, index) => index);
  const keys = triples.map((index) => `  key-${index}: { instance: vault${more.replaceAll('#', String(index))} }`);
  const grants = triples.map(
    (index) => `  grant-${index}: { source: data-virtualization, target: { key: key-${index} }, roles: [Reader] }`,
  );
  const lakes = triples.map(
    (index) => `  lake-${index}: { service: data-virtualization, plan: enterprise, encryption: { key: key-${index} } }`,
  );
  return `apiVersion: keystead/v1
stack: budget
account: 0123456789abcdef0123456789abcdef
defaults: { region: us-south }
keyProtectInstances: { vault: {} }
keys:
${keys.join('\n')}
authorizations:
${grants.join('\n')}
deployments:
${lakes.join('\n')}
`;
}

test('triples are created, and then planned without a change, by requests that grow as they do', async () => {
  const counts: [size: number, count: number][] = [];
  for (const triples of [11, 33, 100]) {
    await withKeystead(async ({ emulator, write, apply, plan }) => {
      await write(manifestOf(triples));
      const resources = 3 * triples + 1;
      const { outcomes } = await apply();
      expect(outcomes.filter(({ is }) => is === 'done')).toHaveLength(resources);
      const created = emulator.requests().length;
      counts.push([resources, created]);
      expect(created / resources).toBeLessThanOrEqual(CREATE);
      // The search knows them by then, however late it is.
      emulator.clock.advance(60_000);
      const { plan: made } = await plan();
      expect(made.changes).toEqual([]);
      expect(emulator.requests().length - created).toBeLessThanOrEqual(PLAN);
    });
  }
  expect(exponentOf(counts)).toBeLessThanOrEqual(1.1);
});

test('sets as users of IBM have them are created', async () => {
  await withKeystead(async ({ emulator, write, apply }) => {
    await write(manifestOf(50, ', aliases: [app-#], rotation: { intervalMonths: 3 }'));
    const { outcomes } = await apply();
    expect(outcomes.filter(({ is }) => is === 'done')).toHaveLength(151);
    expect(emulator.requests().length).toBeLessThanOrEqual(50 * SET);
  });
});

test('a key is looked for where it is declared; whether it lies elsewhere one list an instance tells', async () => {
  await withKeystead(async ({ emulator, write, apply }) => {
    const vaults = named('vault', 4);
    const manifest = (count: number) =>
      stackOf(
        'budget',
        `keyProtectInstances:\n${vaults.map((name) => `  ${name}: {}\n`).join('')}keys:\n${named('key', count)
          .map((name, index) => `  ${name}: { instance: vault-${index % 4} }\n`)
          .join('')}`,
      );
    await write(manifest(4));
    await apply();
    await write(manifest(44));
    const before = emulator.requests().length;
    expect((await apply()).outcomes).toHaveLength(40);
    // For the plan, before the create, the create, and after it.
    expect(emulator.requests().length - before).toBeLessThanOrEqual(40 * 4 + PLAN + 2 * vaults.length);
  });
});

/** How many of the requests so far were these. */
const asked = (emulator: Emulator, method: string, path: RegExp, query = /^/) =>
  emulator.requests().filter((one) => one.method === method && path.test(one.path) && query.test(one.query)).length;

/** Deployments that need no key. */
const lakes = (names: readonly string[], more = '') =>
  names.map((name) => `  ${name}: { service: data-virtualization, plan: enterprise${more} }\n`).join('');
const named = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

test('deployments that take an hour are asked for by one list, and by their ids once they left it', async () => {
  await withKeystead(
    async ({ emulator, write, apply }) => {
      await write(stackOf('budget', `deployments:\n${lakes(named('lake', 30))}`));
      expect((await apply({ waitMs: 7_200_000 })).outcomes.every(({ is }) => is === 'done')).toBe(true);
      expect(asked(emulator, 'GET', /^\/v2\/resource_instances$/, /state=provisioning/)).toBeLessThanOrEqual(450);
      expect(asked(emulator, 'GET', /^\/v2\/resource_instances\/./)).toBeLessThanOrEqual(2 * 30);
      expect(asked(emulator, 'GET', /^\/v3\/tags/)).toBe(0);
    },
    { settings: { provisioningMs: 3_600_000 } },
  );
});

test('whatever there is, one search tells what a former stack has marked, and one list what is new', async () => {
  await withKeystead(async ({ emulator, write, apply, plan }) => {
    const old = lakes(named('old', 20));
    await write(stackOf('prod', `deployments:\n${old}`));
    await apply();
    emulator.clock.advance(60_000);
    await write(stackOf('live', `formerStack: prod\ndeployments:\n${old}${lakes(named('new', 20))}`));
    const before = emulator.requests().length;
    const { changes } = (await plan()).plan;
    expect(changes.filter(({ verb }) => verb === 'create')).toHaveLength(20);
    expect(changes.filter(({ because }) => because === 'former-mark')).toHaveLength(20);
    // A change that a list tells of is confirmed by a read and its tags.
    expect(asked(emulator, 'GET', /^\/v3\/tags/)).toBe(20);
    expect(emulator.requests().length - before).toBeLessThanOrEqual(PLAN + 2 * 20);
  });
});

test('what is in reclamation is told by one list, and comes back by one look each', async () => {
  await withKeystead(async ({ emulator, write, apply }) => {
    const names = named('lake', 10);
    await write(stackOf('prod', `deployments:\n${lakes(names)}`));
    await apply();
    await write(stackOf('prod', `safety: { maxDeletes: 10 }\ndeployments:\n${lakes(names, ', state: absent')}`));
    await apply();
    expect(asked(emulator, 'GET', /^\/v1\/reclamations/)).toBe(0);
    await write(stackOf('prod', `deployments:\n${lakes(names, ', whenDeleted: restore')}`));
    const { outcomes } = await apply();
    expect(outcomes.map(({ verb, is }) => `${verb} ${is}`)).toEqual(names.map(() => 'restore done'));
    // Two plans and a round.
    expect(asked(emulator, 'GET', /^\/v1\/reclamations/, /^(?!.*resource_instance_id)/)).toBeLessThanOrEqual(3);
    expect(asked(emulator, 'GET', /^\/v1\/reclamations/, /resource_instance_id/)).toBe(10);
  });
});

test('a former mark is gone once the search says so of its instance alone', async () => {
  await withKeystead(
    async ({ emulator, write, apply }) => {
      await write(stackOf('prod', `deployments:\n${lakes(['lake'])}`));
      await apply();
      emulator.clock.advance(120_000);
      await write(stackOf('prod', `deployments:\n${lakes(['house'], ', formerly: [lake]')}`));
      const before = asked(emulator, 'GET', /^\/v3\/tags/);
      expect((await apply()).outcomes).toMatchObject([{ verb: 'adopt', is: 'done' }]);
      // However long the search lags: for the plan, the look before, the new mark, and the end.
      expect(asked(emulator, 'GET', /^\/v3\/tags/) - before).toBeLessThanOrEqual(5);
    },
    { settings: { searchLagMs: 60_000 } },
  );
});

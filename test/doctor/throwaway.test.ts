import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../../src/cloud/clock.ts';
import { type Connection, connect } from '../../src/cloud/connect.ts';
import { endpointsFrom } from '../../src/cloud/endpoints.ts';
import { findSubjects } from '../../src/doctor/subjects.ts';
import { throwawayProbes } from '../../src/doctor/throwaway/probes.ts';
import { probeThrowaway } from '../../src/doctor/throwaway/throwaway.ts';
import type { FaultRule } from '../../src/emulator/core/faults.ts';
import type { Emulator } from '../../src/emulator/start.ts';
import { kinds } from '../../src/kinds/registry.ts';
import { createLog } from '../../src/log.ts';
import type { Finding } from '../../src/model/diagnosis.ts';
import {
  ACCOUNT,
  API_KEY,
  INSTANCE,
  loginBody,
  refusal,
  type Scripted,
  type Seen,
  type Bench as ServerBench,
  withServer,
} from '../cloud/scripted.ts';
import { keystead } from '../helpers/cli.ts';
import { liveWorld } from '../helpers/console.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { withFolder } from '../helpers/folder.ts';
import { clockOf } from '../helpers/keystead.ts';
import { account } from '../helpers/platform.ts';
import { hasTerminal, inTerminal } from '../helpers/terminal.ts';

const NAME = 'keystead-doctor-0badcafe';

/** Probes on the emulator's clock: a wait moves it, so that no test ever waits. */
async function probe(emulator: Emulator, options: { readonly stopAt?: string; readonly apiKey?: string } = {}) {
  const stop = new AbortController();
  const clock: Clock = clockOf(emulator);
  const connection = connect({
    credentials: { type: 'iam', apiKey: options.apiKey ?? emulator.environment['IBMCLOUD_API_KEY'] ?? '' },
    endpoints: endpointsFrom(emulator.environment, 'public'),
    log: createLog({ level: 'silent' }),
    clock,
    random: () => 0.5,
  });
  const told: string[] = [];
  const { findings, left } = await probeThrowaway({
    name: NAME,
    subjects: { account, services: [], vaults: [], vaultsInAll: 0, instance: undefined, regions: ['us-south'] },
    cloud: connection.cloud,
    raw: connection.raw('writing'),
    clock,
    signal: stop.signal,
    tell(line) {
      told.push(line);
      if (options.stopAt !== undefined && line.startsWith(options.stopAt)) stop.abort('SIGINT');
    },
  });
  return { told, left, findings };
}

/** What is not as assumed. */
function otherwise(findings: readonly Finding[]): Readonly<Record<string, string>> {
  const other = findings.filter(({ is }) => is !== 'as assumed');
  return Object.fromEntries(other.map(({ probe: name, is, text }) => [name, `${is}: ${text}`]));
}

/** What stands in the account: nothing, once everything was removed. */
function standing(emulator: Emulator): readonly string[] {
  const { instances, policies } = liveWorld(emulator);
  const there = instances.filter(({ state }) => state !== 'removed').map(({ name, state }) => `${name} ${state}`);
  return [...there, ...policies.map(({ description }) => description)];
}

describe('the throw-away probes', () => {
  test('ask all that reading cannot answer, and leave nothing behind', async () => {
    await withEmulator(
      async ({ emulator }) => {
        const { findings, left } = await probe(emulator);
        expect(otherwise(findings)).toEqual({});
        expect(findings.map(({ probe: name }) => name)).toEqual(throwawayProbes.map(({ probe: name }) => name));
        expect([left, standing(emulator)]).toEqual([[], []]);
        // Whatever was made could be found by its name, had it been left.
        const { instances, keys } = liveWorld(emulator);
        expect([...instances, ...keys].filter(({ name }) => name !== NAME)).toEqual([]);
      },
      { settings: { disposition: 'kind' } },
    );
  });

  test('tell a harsh cloud from a kind one, and leave nothing behind there either', async () => {
    await withEmulator(
      async ({ emulator }) => {
        const { findings, left } = await probe(emulator);
        expect(otherwise(findings)).toEqual({
          'tags-after-create': expect.stringMatching(/^differs: attaching: after \d+ s, refused before with 403 /),
          'alias-not-found': 'differs: 404 KEY_ALIAS_NOT_FOUND_ERR',
          'patch-repeated': 'differs: it is accepted and nothing changes',
          'policy-after-create': expect.stringMatching(/^differs: by its id after \d s, in the list/),
          'ring-after-key': expect.stringMatching(/^differs: after \d+ s, refused before with 409 KEY_RING_NOT_/),
          'deletion-to-reclamation': expect.stringMatching(/^differs: deleted after \d+ s, refused before with 422 /),
        });
        expect([left, standing(emulator)]).toEqual([[], []]);
      },
      { settings: { disposition: 'harsh' } },
    );
  });

  test.each<[string, { readonly fault?: FaultRule; readonly stopAt?: string }]>([
    ['an interrupt between two questions', { stopAt: 'policy-if-match' }],
    [
      'an interrupt in the middle of a wait',
      { fault: { match: { path: '/tags/attach$', times: 9 }, status: 403 }, stopAt: 'tags-after-create' },
    ],
    [
      'a lost answer to the create of the instance',
      { fault: { match: { method: 'POST', path: '^/v2/resource_instances$' }, drop: 'after' } },
    ],
    [
      'a refused create of the instance',
      { fault: { match: { method: 'POST', path: '^/v2/resource_instances$' }, status: 403 } },
    ],
    [
      'a lost answer to an authorization',
      { fault: { match: { method: 'POST', path: '^/v2/policies$' }, drop: 'after' }, stopAt: 'policy-after-create' },
    ],
    [
      'a lost answer to a key',
      { fault: { match: { method: 'POST', path: '/keys$' }, statusAfter: 500 }, stopAt: 'alias-of-destroyed-key' },
    ],
    [
      'a deletion that is refused for a while',
      { fault: { match: { method: 'DELETE', path: '/resource_', times: 4 }, status: 409 }, stopAt: 'patch-echo' },
    ],
  ])('after %s leave nothing behind either', async (_ending, { fault, ...stop }) => {
    await withEmulator(async ({ emulator }) => {
      if (fault !== undefined) emulator.faults.add(fault);
      const { left, findings } = await probe(emulator, stop);
      expect([left, standing(emulator)]).toEqual([[], []]);
      expect(findings.map(({ probe: name }) => name)).toEqual(throwawayProbes.map(({ probe: name }) => name));
      expect(findings.at(-1)).toMatchObject({ is: 'not readable' });
    });
  });

  test.each<[string, readonly ('Reader' | 'Writer')[]]>([
    ['see no key', []],
    ['create a key and not delete it', ['Writer']],
  ])('by a login that may %s create none, and leave nothing behind', async (_may, roles) => {
    await withEmulator(async ({ emulator }) => {
      const platform = [{ roles: ['Editor' as const] }];
      emulator.identities.add({ name: 'editor', apiKey: 'editor', access: [{ roles }], platform });
      const { left, findings } = await probe(emulator, { apiKey: 'editor' });
      expect([left, standing(emulator)]).toEqual([[], []]);
      const of = (name: string) => findings.find(({ probe: one }) => one === name);
      expect(of('create-answer')).toMatchObject({ is: 'not readable', text: expect.stringContaining('Manager: 401') });
      expect(liveWorld(emulator).keys).toEqual([]);
      expect(of('policy-conflict')).toMatchObject({ is: 'not readable', text: expect.stringContaining('403') });
    });
  });

  test('name by its CRN what they could not remove, and why', async () => {
    await withEmulator(async ({ emulator }) => {
      emulator.faults.add({ match: { method: 'DELETE', path: '/resource_instances/', times: 1_000 }, status: 403 });
      const { left, told } = await probe(emulator, { stopAt: 'policy-description' });
      const [{ crn = '' } = {}] = liveWorld(emulator).instances;
      expect(left).toEqual([{ what: 'instance', id: crn, why: expect.stringContaining('403') }]);
      expect(told.at(-1)).toContain(`not removed: instance ${crn}`);
      const later = await keystead(['doctor'], { env: emulator.environment });
      expect(later.stdout).toContain(`Left by an earlier run: delete these by hand\n  instance ${crn}`);
    });
  });
});

describe('a cloud that lies', () => {
  const row = {
    ...{ id: INSTANCE, crn: INSTANCE, guid: '11111111-2222-4333-8444-555555555555', name: NAME, state: 'active' },
    ...{ resource_id: 'kms-id', resource_plan_id: 'plan-id', resource_group_id: 'group' },
  };
  const place = (path: string): Scripted | undefined => {
    if (path === '/v2/resource_groups') {
      return { body: { resources: [{ id: 'group', name: 'Default', default: true }] } };
    }
    if (path.endsWith('/plan'))
      return { body: { resources: [{ id: 'plan-id', name: 'tiered-pricing', kind: 'plan' }] } };
    if (path === '/api/v1') return { body: { resources: [{ id: 'kms-id', name: 'kms', kind: 'service' }] } };
    return undefined;
  };
  /** What stands in the account: one instance, which is removed once it was deleted. */
  const cloudOf = (made: object) => {
    let state = 'active';
    return ({ method, path }: Seen): Scripted => {
      if (method === 'DELETE') state = 'removed';
      if (method === 'POST' && path === '/v2/resource_instances') return { status: 201, body: made };
      if (path === '/v2/policies') {
        return method === 'GET'
          ? { body: { policies: [] } }
          : { status: 201, body: { id: 'theirs', description: 'x' } };
      }
      if (path === '/v2/resource_instances') return { body: { resources: [] } };
      if (path.startsWith('/v2/resource_instances/')) return { body: { ...made, state } };
      return place(path) ?? refusal(403, 'FORBIDDEN', 'no');
    };
  };
  const run = async (bench: ServerBench, connection: Connection, onTell: (line: string) => void = () => undefined) => {
    let time = 0;
    return await probeThrowaway({
      name: NAME,
      subjects: {
        account: ACCOUNT,
        services: [],
        vaults: [],
        vaultsInAll: 0,
        instance: undefined,
        regions: ['us-south'],
      },
      cloud: connection.cloud,
      raw: connection.raw('writing'),
      clock: {
        now: () => time,
        sleep: async (ms) => {
          time += ms;
          bench.advance(ms);
        },
      },
      signal: new AbortController().signal,
      tell: onTell,
    });
  };
  const written = (seen: readonly Seen[]) =>
    seen.flatMap(({ method, path }) => (/POST|PATCH|PUT|DELETE/.test(method) ? [`${method} ${path}`] : []));

  test('about which instance it made has nothing done to that one', async () => {
    await withServer(cloudOf({ ...row, name: 'prod-vault' }), async (bench) => {
      const { findings, left } = await run(bench, bench.connection);
      expect(findings.every(({ is }) => is === 'not readable')).toBe(true);
      expect(left).toEqual([]);
      expect(written(bench.seen)).toEqual(['POST /v2/resource_instances']);
    });
  });

  test('about which authorization it made has nothing done to that one', async () => {
    await withServer(cloudOf(row), async (bench) => {
      expect((await run(bench, bench.connection)).left).toEqual([]);
      expect(written(bench.seen)).toContain('POST /v2/policies');
      expect(written(bench.seen).filter((one) => one.endsWith('theirs'))).toEqual([]);
    });
  });

  test('about where its instance is has that one deleted all the same', async () => {
    const made = { ...row, extensions: { endpoints: { public: 'https://attacker.com' } } };
    await withServer(cloudOf(made), async (bench) => {
      const names = ['IAM', 'RESOURCE_CONTROLLER', 'RESOURCE_MANAGEMENT', 'RESOURCE_CATALOG', 'GT', 'GS'];
      const env = Object.fromEntries(names.map((name) => [`IBMCLOUD_${name}_API_ENDPOINT`, bench.origin]));
      const connection = connect({
        credentials: { type: 'iam', apiKey: API_KEY },
        endpoints: endpointsFrom(env, 'public'),
        log: createLog({ level: 'silent' }),
      });
      const { left } = await run(bench, connection);
      expect(left).toEqual([]);
      expect(written(bench.seen)).toContain(`DELETE /v2/resource_instances/${encodeURIComponent(INSTANCE)}`);
    });
  });

  test('to a login that ends before its instance is removed has that one told', async () => {
    let isOver = false;
    await withServer(
      cloudOf(row),
      async (bench) => {
        const { left } = await run(bench, bench.connection, (line) => {
          if (!line.startsWith('removing')) return;
          isOver = true;
          bench.advance(3_600_000);
        });
        const why = expect.stringContaining('IAM refused the login');
        expect(left).toEqual([
          { what: 'IAM policy', id: NAME, why },
          { what: 'instance', id: INSTANCE, why },
        ]);
      },
      () =>
        isOver
          ? { status: 400, body: { errorCode: 'BXNIM0415E', errorMessage: 'Provided API key could not be found.' } }
          : { body: loginBody('t', Date.now() / 1000 + 3600) },
    );
  });
});

test('left by an earlier run is what bears a name as a run gives it, and is of the service that it makes', async () => {
  const called = (name: string, service: string, guid: string) => {
    const crn = INSTANCE.replace('kms', service).replace('11111111', guid);
    const ids = { resource_id: service, resource_plan_id: 'p', resource_group_id: 'g' };
    return { id: crn, crn, guid, name, state: 'active', ...ids };
  };
  const resources = [
    called(NAME, 'kms', '1'),
    called(`${NAME}-kept`, 'kms', '2'),
    called('keystead-doctor-archive', 'kms', '3'),
    called(NAME, 'cloud-object-storage', '4'),
  ];
  await withServer(
    () => ({ body: { resources } }),
    async ({ connection }) => {
      const asked = { wanted: undefined, instance: undefined };
      const { leftovers } = await findSubjects(asked, { reader: connection.reader(), kinds });
      expect(leftovers.map(({ guid }) => guid)).toEqual(['1']);
    },
  );
});

describe('--probe throwaway', () => {
  test('without a terminal needs --auto-approve, and asks the cloud nothing before', async () => {
    await withEmulator(async ({ emulator }) => {
      const { code, stderr } = await keystead(['doctor', '--probe', 'throwaway'], { env: emulator.environment });
      expect([code, stderr]).toEqual([5, expect.stringMatching(/error\[NOT_APPROVED\][\s\S]*--auto-approve/)]);
      expect(emulator.requests()).toEqual([]);
    });
  });

  (hasTerminal ? test : test.skip)(
    'in a terminal asks first, and Ctrl-C in the middle removes what was made',
    async () => {
      await withEmulator(async ({ emulator }) => {
        await withFolder({}, async (cwd) => {
          const given = { cwd, env: emulator.environment, question: 'Type "yes"' };
          const { code, shown, restored } = await inTerminal('doctor --probe throwaway', given, ({ once, type }) => {
            once('tags-after-create: ', () => type('\u0003'));
            type('yes\r');
          });
          expect(shown).toMatch(
            /creates a Key Protect instance[\s\S]*all named keystead-doctor-[0-9a-f]{8}, in us-south/,
          );
          expect(shown).toContain('removing everything named keystead-doctor-');
          expect(shown).toMatch(/patch-echo, patch-repeated,[\s\S]*not readable: interrupted/);
          expect([code, restored, standing(emulator)]).toEqual([130, true, []]);
        });
      });
    },
  );
});

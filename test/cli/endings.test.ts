import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Emulator } from '../../src/emulator/start.ts';
import { keystead, type Ran } from '../helpers/cli.ts';
import { type Console, consoleOf, type LiveWorld, liveWorld } from '../helpers/console.ts';
import { type Answer, type Api, later, withEmulator } from '../helpers/emulator.ts';
import { withFolder } from '../helpers/folder.ts';
import { expectGolden } from '../helpers/golden.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { normal } from '../helpers/normal.ts';
import { account, at, list } from '../helpers/platform.ts';
import { writesOf } from '../helpers/request-log.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const DEPLOYMENT = '    service: data-virtualization\n    plan';
const KEY = '    instance: vault\n    ring';
const AUTHORIZATION = '    source: data-virtualization\n    target';

/** The main manifest with words of its own under one resource; without a place, as it is. */
const say = (words: string, place: string, text = lakehouse): string => text.replace(place, `    ${words}\n${place}`);
const noDeployment = say('state: absent', DEPLOYMENT);
const shredding = say('state: absent\n    cryptoshred: true', KEY);
const tombstones = say('state: absent', AUTHORIZATION, say('state: absent', KEY, noDeployment));

interface Cloud {
  readonly emulator: Emulator;
  readonly api: Api;
  readonly console: Console;
  /** Runs the built command in the folder of the manifest. */
  run(...args: readonly string[]): Promise<Ran>;
  /** Runs it, and holds that it sent nothing that writes. */
  read(...args: readonly string[]): Promise<Ran>;
  write(text: string): Promise<void>;
  world(): LiveWorld;
}

/** The main job done by the built command, with the cloud's own window of nine days for registrations. */
async function withCloud(work: (cloud: Cloud) => Promise<void>, manifest = lakehouse): Promise<void> {
  await withEmulator(
    async ({ emulator, api }) => {
      emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
      await withFolder({ 'k.yaml': manifest }, async (cwd) => {
        const run = (...args: readonly string[]) => keystead(args, { cwd, env: emulator.environment });
        expect((await run('apply', '--auto-approve')).code).toBe(0);
        await work({
          emulator,
          api,
          console: consoleOf(emulator, api),
          run,
          async read(...args) {
            const before = emulator.requests().length;
            const ran = await run(...args);
            expect(writesOf(emulator.requests().slice(before))).toEqual([]);
            return ran;
          },
          write: (text) => writeFile(join(cwd, 'k.yaml'), text),
          world: () => liveWorld(emulator),
        });
      });
    },
    { settings: { registrationLingerMs: 9 * DAY_MS } },
    true,
  );
}

const apply = ['apply', '--auto-approve'] as const;
const stateOf = ({ keys }: LiveWorld, name = 'dv-root') => keys.find((key) => key.name === name)?.state;
const deploymentOf = ({ instances }: LiveWorld) => instances.find(({ name }) => name === 'lakehouse')?.state;

describe('cryptoshredding', () => {
  test('needs its consent, and the fingerprint of the plan that was reviewed', async () => {
    await withCloud(async ({ read, run, write, world }) => {
      await write(shredding);
      const allow = ['--allow', 'cryptoshred:key.dv-root'];
      const refused = await read(...apply);
      expect(refused.code).toBe(5);
      expect(refused.stdout).toContain('--allow cryptoshred:key.dv-root');

      const planned = await read('plan', ...allow);
      const fingerprint = /^Fingerprint: ([0-9a-f]{16})$/m.exec(planned.stdout)?.[1] ?? '';
      expect(planned.code).toBe(0);
      const unbound = await read(...apply, ...allow);
      expect(unbound.code).toBe(5);
      expect(unbound.stderr).toContain('error[EXPECT_NEEDED]');
      expect(unbound.stderr).toContain(`--allow cryptoshred:key.dv-root --expect ${fingerprint}`);

      const stale = await read(...apply, ...allow, '--expect', '0123456789abcdef');
      expect(stale.code).toBe(7);
      expect(stale.stderr).toContain('error[STALE]');
      expect(stateOf(world())).toBe(1);

      const done = await run(...apply, ...allow, '--expect', fingerprint);
      expect([done.code, stateOf(world())]).toEqual([0, 5]);
      expect(deploymentOf(world())).toBe('active');
    });
  });

  test('is bound to whom it hits: another use gives another fingerprint, and the old one destroys nothing', async () => {
    await withCloud(async ({ emulator, read, write, world }) => {
      await write(shredding);
      const allow = ['--allow', 'cryptoshred:key.dv-root'];
      const fingerprint = async () => /^Fingerprint: (.*)$/m.exec((await read('plan', ...allow)).stdout)?.[1] ?? '';
      const reviewed = await fingerprint();
      emulator.services.register({ key: world().keys[0]?.crn ?? '', resource: BUCKET });
      expect(await fingerprint()).not.toBe(reviewed);
      expect((await read(...apply, ...allow, '--expect', reviewed)).code).toBe(7);
      expect(stateOf(world())).toBe(1);
    });
  });

  test('is blocked for ever by a retention policy, whatever is consented to', async () => {
    await withCloud(async ({ emulator, read, write, world }) => {
      emulator.services.register({ key: world().keys[0]?.crn ?? '', resource: BUCKET, preventKeyDeletion: true });
      await write(shredding);
      const allow = ['--allow', 'cryptoshred:key.dv-root'];
      for (const days of [0, 400]) {
        emulator.clock.advance(days * DAY_MS);
        const planned = await read('plan', ...allow);
        expect(planned.stdout).toContain('blocked [DELETION_PREVENTED]');
        const fingerprint = /^Fingerprint: (.*)$/m.exec(planned.stdout)?.[1] ?? '';
        expect((await read(...apply, ...allow, '--expect', fingerprint)).code).toBe(5);
        expect(stateOf(world())).toBe(1);
      }
    });
  });
});

const BUCKET = `crn:v1:bluemix:public:cloud-object-storage:global:a/${account}:5b1c2d3e-0000-4000-8000-000000000001:bucket:archive`;

describe('without consent nothing is changed, and the flag that is printed is the one that goes on', () => {
  test.each<[string, string, (cloud: Cloud) => Promise<void>, (world: LiveWorld) => unknown, unknown, unknown]>([
    [
      'a key is restored',
      'restore:key.dv-root',
      async ({ console, emulator }) => {
        await console.destroyKey('dv-root');
        emulator.clock.advance(MINUTE_MS);
      },
      stateOf,
      5,
      1,
    ],
    [
      'a deployment is restored',
      'restore:deployment.lakehouse',
      async ({ console }) => void (await console.deleteDeployment('lakehouse')),
      deploymentOf,
      'pending_reclamation',
      'active',
    ],
    [
      'a deployment is reclaimed',
      'reclaim:deployment.lakehouse',
      async ({ console, write }) => {
        await console.deleteDeployment('lakehouse');
        await write(say('skipReclamation: true', DEPLOYMENT, noDeployment));
      },
      deploymentOf,
      'pending_reclamation',
      'removed',
    ],
    [
      'an instance goes with keys that could be restored',
      'delete:key-protect-instance.vault',
      async ({ emulator, run, write }) => {
        await write(tombstones.replace('stack: prod', 'stack: prod\nstate: absent'));
        await run(...apply);
        emulator.clock.advance(13 * DAY_MS);
        expect((await run(...apply)).code).toBe(5);
      },
      ({ instances }) => instances.find(({ name }) => name === 'vault')?.state,
      'active',
      'pending_reclamation',
    ],
  ])('%s', async (_title, consent, prepare, look, before, after) => {
    await withCloud(async (cloud) => {
      const { read, run, world } = cloud;
      await prepare(cloud);
      expect(look(world())).toBe(before);
      const refused = await read(...apply);
      expect(refused.code).toBe(5);
      const [, flag = ''] = /`(--allow [a-z]+:[a-z-]+\.[a-z-]+)`/.exec(refused.stdout) ?? [];
      expect(flag).toBe(`--allow ${consent}`);
      const done = await run(...apply, ...flag.split(' '));
      expect([done.code, done.stderr.includes('error[')]).toEqual([0, false]);
      expect(look(world())).toBe(after);
    });
  });

  test('a word that consents to nothing is refused before anything is read', async () => {
    await withEmulator(async ({ emulator }) => {
      await withFolder({ 'k.yaml': lakehouse }, async (cwd) => {
        for (const word of ['nonsense', 'cryptoshred', 'cryptoshred:', 'rotate:key.dv-root', 'deletes:all']) {
          const ran = await keystead(['apply', '--allow', word], { cwd, env: emulator.environment });
          expect([ran.code, ran.stdout]).toEqual([1, '']);
          expect(ran.stderr).toContain('--allow');
        }
        expect(emulator.requests()).toEqual([]);
      });
    });
  });
});

describe('a foreign registrant', () => {
  test('holds the key and is named; once it has gone, the key goes', async () => {
    await withCloud(async ({ emulator, read, run, write, world }) => {
      const key = world().keys[0]?.crn ?? '';
      emulator.services.register({ key, resource: BUCKET });
      await write(tombstones);
      await run(...apply);
      emulator.clock.advance(13 * DAY_MS);
      await run(...apply);
      const planned = await read('plan', '--json');
      const changes = list(JSON.parse(planned.stdout), 'changes');
      expect(changes.find((change) => at(change, 'address') === 'key.dv-root')).toMatchObject({
        verb: 'delete',
        status: { is: 'deferred', until: [{ when: 'unused', on: [key], by: [BUCKET] }] },
        blastRadius: [{ by: BUCKET, service: 'cloud-object-storage', preventsDeletion: false }],
      });
      expect((await read('plan')).stdout).toContain(BUCKET);
      expect([(await run(...apply)).code, stateOf(world())]).toEqual([6, 1]);
      emulator.services.unregister({ key, resource: BUCKET });
      expect([(await run(...apply)).code, stateOf(world())]).toEqual([0, 5]);
      expect(world()).toMatchObject({ policies: [], registrations: [] });
    });
  });

  test('that the authorization serves holds it as well', async () => {
    await withCloud(async ({ emulator, read, run, write, world }) => {
      const resource = `crn:v1:bluemix:public:data-virtualization:us-south:a/${account}:5b1c2d3e-0000-4000-8000-000000000002::`;
      const key = world().keys[0]?.crn ?? '';
      emulator.services.register({ key, resource });
      await write(say('state: absent', AUTHORIZATION, noDeployment));
      await run(...apply);
      emulator.clock.advance(13 * DAY_MS);
      expect((await run(...apply)).code).toBe(6);
      expect((await read('plan')).stdout).toContain(resource);
      expect(world().policies).toHaveLength(1);
      emulator.services.unregister({ key, resource });
      expect((await run(...apply)).code).toBe(0);
      expect(world().policies).toEqual([]);
    });
  });
});

describe('drift', () => {
  const ours = { key: 'keystead_prod_dv-root', deployment: 'keystead:prod.lakehouse' };

  test.each<[string, (cloud: Cloud) => Promise<Answer | readonly Answer[] | undefined>, number, string]>([
    ['nothing was changed', async () => undefined, 0, 'No drift.'],
    ['worker_count was changed', ({ console }) => console.setWorkers('lakehouse', '5'), 2, '"5" → "3"'],
    ['the key was destroyed', ({ console }) => console.destroyKey('dv-root'), 2, 'key.dv-root'],
    ['the key was disabled', ({ console }) => console.disableKey('dv-root'), 2, 'it is disabled'],
    ["the key's mark was removed", ({ console }) => console.unmarkKey('dv-root', ours.key), 2, 'key.dv-root'],
    [
      "the deployment's mark was removed",
      ({ console }) => console.untag('lakehouse', ours.deployment),
      2,
      'deployment.lakehouse',
    ],
    [
      "another stack's mark was added",
      ({ console }) => console.tag('lakehouse', 'keystead:other.lakehouse'),
      2,
      'deployment.lakehouse: it carries the mark of stack "other" as well',
    ],
    ['the deployment was deleted', ({ console }) => console.deleteDeployment('lakehouse'), 2, 'deployment.lakehouse'],
    [
      'the authorization was deleted',
      ({ console }) => console.deleteAuthorizations(),
      2,
      'authorization.dv-reads-vault',
    ],
    [
      'only a deletion of ours is still waiting',
      async ({ run, write }) => {
        await write(tombstones);
        expect((await run(...apply)).code).toBe(6);
        return undefined;
      },
      0,
      'No drift',
    ],
    [
      'only a block is missing',
      async ({ emulator, write }) => {
        // The search alone tells of what nothing declares.
        later(emulator);
        await write(lakehouse.replace(/^deployments:[\s\S]*/m, ''));
        return undefined;
      },
      0,
      '      deployments:\n        lakehouse: { state: absent, service: data-virtualization',
    ],
  ])('%s', async (_title, change, code, words) => {
    await withCloud(async (cloud) => {
      const answers = [(await change(cloud)) ?? []].flat();
      expect(answers.filter(({ status }) => status >= 300)).toEqual([]);
      const text = await cloud.read('drift');
      expect([text.code, text.stderr]).toEqual([code, '']);
      expect(text.stdout).toContain(words);
      const data = await cloud.read('drift', '--json');
      expect([data.code, data.stderr]).toEqual([code, '']);
      expect(JSON.parse(data.stdout)).toMatchObject({ formatVersion: 1, stack: 'prod', drift: code === 2 });
    });
  });
});

describe('explain', () => {
  test('tells of a key, a deployment and an authorization all that is known of them', async () => {
    await withCloud(async ({ read }) => {
      for (const address of ['key.dv-root', 'deployment.lakehouse', 'authorization.dv-reads-vault']) {
        const ran = await read('explain', address);
        expect([ran.code, ran.stderr]).toEqual([0, '']);
        expectGolden(`explain-${address.split('.')[0]}`, normal(ran.stdout));
        const data = await read('explain', address, '--json');
        expect(JSON.parse(data.stdout)).toMatchObject({ formatVersion: 1, address, live: { state: 'active' } });
      }
    });
  });

  test('tells of a code without a cloud, and asks back for what is not known', async () => {
    await withFolder({ 'k.yaml': lakehouse }, async (cwd) => {
      const code = await keystead(['explain', 'STUCK_REGISTRATION'], { cwd });
      expect([code.code, code.stderr]).toEqual([0, '']);
      expect(code.stdout).toMatch(/^STUCK_REGISTRATION: \S/);
      const typo = await keystead(['explain', 'STUCK_REGISTRATOIN'], { cwd });
      expect([typo.code, typo.stdout]).toEqual([1, '']);
      expect(typo.stderr).toContain('did you mean STUCK_REGISTRATION?');
      const address = await keystead(['explain', 'key.dv-rot'], { cwd });
      expect([address.code, address.stdout]).toEqual([1, '']);
      expect(address.stderr).toContain('did you mean key.dv-root?');
    });
  });
});

describe('state: forgotten', () => {
  test('removes the marks and leaves the objects', async () => {
    await withCloud(async ({ api, read, run, write, world }) => {
      const things = ({ policies, ...rest }: LiveWorld) => ({ ...rest, policies: policies.map(({ id }) => id) });
      const before = things(world());
      const parts: readonly string[] = [KEY, AUTHORIZATION, DEPLOYMENT];
      await write(parts.reduce((text, place) => say('state: forgotten', place, text), lakehouse));
      const ran = await run(...apply);
      expect(ran.code).toBe(0);
      expect(things(world())).toEqual(before);
      const { crn = '' } = world().instances.find(({ name }) => name === 'lakehouse') ?? {};
      const tags = await api('GET', `/v3/tags?attached_to=${encodeURIComponent(crn)}&providers=ghost&tag_type=user`);
      expect(list(tags.body, 'items')).toEqual([]);
      expect(JSON.stringify((await api('GET', `/v2/policies?account_id=${account}`)).body)).not.toContain('keystead:');
      expect((await read('plan', '--detailed-exitcode')).code).toBe(0);
    });
  });
});

describe('every command but apply', () => {
  test('writes nothing, however much there would be to do', async () => {
    await withCloud(async ({ console, read, write }) => {
      await write(
        say('state: absent', DEPLOYMENT, twoOfEach)
          .replace('worker_count: "4"', 'worker_count: "6"')
          .replace('vault: {}', 'vault: { tags: [new] }'),
      );
      await console.destroyKey('spare');
      await console.setWorkers('second', '9');
      for (const command of [
        ['validate'],
        ['plan'],
        ['plan', '--allow', 'restore:key.spare'],
        ['drift'],
        ['explain', 'key.dv-root'],
        ['explain', 'key.spare'],
        ['explain', 'deployment.lakehouse'],
      ]) {
        const ran = await read(...command);
        expect([command, ran.stderr]).toEqual([command, '']);
      }
    }, twoOfEach);
  });
});

const twoOfEach = `${lakehouse.replace('keys:\n', 'keys:\n  spare: { instance: vault }\n')}  second:
    service: data-virtualization
    plan: enterprise
    encryption: { key: dv-root }
    parameters: { worker_count: "4" }
`;

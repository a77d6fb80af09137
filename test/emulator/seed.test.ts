import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readSeed } from '../../src/emulator/seed/read.ts';
import { type Api, apiOf, tokenOf, withEmulator } from '../helpers/emulator.ts';
import { withFolder } from '../helpers/folder.ts';
import {
  at,
  authorize,
  createInstance,
  createKey,
  createVault,
  list,
  registrationsOf,
  text,
} from '../helpers/platform.ts';
import { refusal } from '../helpers/vault.ts';

const written = `
settings: { aliasReuseMs: 300000 }
identities:
  - { name: officer, apiKey: officer-key, access: [{ instance: vault, roles: [Reader] }] }
resourceGroups: [lake]
keyProtectInstances:
  - name: vault
    resourceGroup: lake
    tags: [team:lake]
    policies:
      - { policy_type: dualAuthDelete, policy_data: { enabled: true } }
    rings: [lakehouse]
    keys:
      - { name: dv-root, ring: lakehouse, aliases: [dv], policies: { rotation: { interval_month: 3 } } }
      - { name: own, payload: AAAAAAAAAAAAAAAAAAAAAA== }
      - { name: data, type: standard }
      - { name: early, state: pre-activation }
      - { name: paused, state: suspended }
      - { name: ended, state: deactivated }
      - { name: gone, state: destroyed }
authorizations:
  - { source: data-virtualization, target: vault, roles: [Reader] }
deployments:
  - name: lakehouse
    service: data-virtualization
    plan: enterprise
    parameters: { disk_encryption_key_crn: { key: vault/dv-root }, worker_count: 3 }
`;

describe('a seed', () => {
  test('is what there is in a fresh account: active, authorized and registered at once, and settings as it says', async () => {
    await withEmulator(
      async ({ emulator, api }) => {
        const instances = list((await api('GET', '/v2/resource_instances')).body, 'resources');
        const vault = instances.find((one) => at(one, 'name') === 'vault');
        const lakehouse = instances.find((one) => at(one, 'name') === 'lakehouse');
        expect(lakehouse).toMatchObject({ state: 'active', parameters: { worker_count: 3 } });
        const guid = text(vault, 'guid');
        const headers = { 'Bluemix-Instance': guid };
        const keys = list((await api('GET', '/api/v2/keys?state=0,1,2,3,5', { headers })).body, 'resources');
        expect(keys.map((key) => [at(key, 'name'), at(key, 'state')]).toSorted()).toEqual([
          ['data', 1],
          ['dv-root', 1],
          ['early', 0],
          ['ended', 3],
          ['gone', 5],
          ['own', 1],
          ['paused', 2],
        ]);
        const root = keys.find((key) => at(key, 'name') === 'dv-root');
        expect(root).toMatchObject({
          keyRingID: 'lakehouse',
          aliases: ['dv'],
          rotation: { enabled: true, interval_month: 3 },
          dualAuthDelete: { enabled: false },
        });
        expect(keys.find((key) => at(key, 'name') === 'own')).toMatchObject({ imported: true, algorithmBitSize: 128 });
        expect(await registrationsOf(api, guid, text(root, 'id'))).toMatchObject([
          { resourceCrn: text(lakehouse, 'crn') },
        ]);
        expect(at((await api('GET', '/api/v2/instance/policies', { headers })).body, 'resources')).toHaveLength(1);
        expect(emulator.settings.read()).toMatchObject({ aliasReuseMs: 300_000, propagationMs: 60_000 });
        expect(emulator.requests().map(({ operation }) => operation)).not.toContain('createResourceInstance');
        const officer = apiOf(emulator.url, 'officer-key');
        expect((await officer('GET', '/api/v2/keys', { headers })).status).toBe(200);
        expect(refusal(await officer('GET', '/api/v2/keys/dv', { headers }))).toEqual([401, 'UNAUTHORIZED_ERR']);
      },
      { seed: readSeed(written, 'seed.yaml'), settings: { propagationMs: 60_000 } },
    );
  });

  test('comes back with a reset, and is not sown twice into a data file', async () => {
    await withFolder({}, async (folder) => {
      const options = { seed: readSeed(written, 'seed.yaml'), dataFile: join(folder, 'emulator.log') };
      const guids: unknown[] = [];
      for (const _ of [1, 2]) {
        await withEmulator(async ({ emulator, api }) => {
          const found = async (): Promise<readonly unknown[]> =>
            list((await api('GET', '/v2/resource_instances?name=vault')).body, 'resources');
          expect(await found()).toHaveLength(1);
          guids.push(at((await found())[0], 'guid'));
          if (guids.length < 2) return;
          emulator.reset();
          expect(await found()).toHaveLength(1);
          guids.push(at((await found())[0], 'guid'));
          expect(emulator.identities.list().map(({ name }) => name)).toEqual(['Keystead Developer', 'officer']);
        }, options);
      }
      expect(guids[1]).toBe(guids[0]);
      expect(guids[2]).not.toBe(guids[0]);
    });
  });

  test('may be of another account, which its tokens, CRNs and lists name, also after a reset and a restart; another one is refused', async () => {
    await withFolder({}, async (folder) => {
      const dataFile = join(folder, 'emulator.log');
      const mine = 'a'.repeat(32);
      const seedOf = (account: string) => readSeed(`account: ${account}\n${written}`, 'seed.yaml');
      const named = async (api: Api): Promise<void> => {
        const groups = list((await api('GET', `/v2/resource_groups?account_id=${mine}`)).body, 'resources');
        expect(groups.length).toBeGreaterThan(0);
        const [vault] = list((await api('GET', '/v2/resource_instances?name=vault')).body, 'resources');
        expect(text(vault, 'crn')).toContain(`:a/${mine}:`);
        const policies = (await api('GET', `/v2/policies?account_id=${mine}&type=authorization`)).body;
        expect(list(policies, 'policies')).toHaveLength(1);
      };
      await withEmulator(
        async ({ emulator, api }) => {
          const [, claims = ''] = (await tokenOf(emulator.url)).split('.');
          const decoded: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString());
          expect(at(decoded, 'account', 'bss')).toBe(mine);
          await named(api);
          emulator.reset();
          await named(api);
        },
        { dataFile, seed: seedOf(mine) },
      );
      await withEmulator(async ({ api }) => await named(api), { dataFile });
      const other = withEmulator(async () => {}, { dataFile, seed: seedOf('b'.repeat(32)) });
      await expect(other).rejects.toThrow(`The data file is of the account ${mine}, the seed of ${'b'.repeat(32)}.`);
      // The file was given back.
      await withEmulator(async ({ api }) => await named(api), { dataFile, seed: seedOf(mine) });
      expect(() => seedOf('me')).toThrow('/account');
    });
  });

  test('may add services to the catalog, which provision, register on keys and are reclaimed as it says', async () => {
    const more = `
catalog:
  - name: speech-to-text
    plans: [{ name: premium }, { name: lite, free: true, takesKey: false }]
    keyParameters: [{ name: tek_id }]
    reclamationDays: 5
`;
    await withFolder({}, async (folder) => {
      const dataFile = join(folder, 'emulator.log');
      const uses = async (api: Api): Promise<void> => {
        const vault = await createVault(api, 'keys');
        const key = await createKey(api, vault.guid);
        const asked = {
          name: 'speech',
          resource_plan_id: 'speech-to-text-premium',
          parameters: { tek_id: key.crn },
        };
        expect((await createInstance(api, asked)).status).toBe(400);
        await authorize(api, { service: 'speech-to-text', instance: vault.guid });
        const lite = { ...asked, resource_plan_id: 'speech-to-text-lite' };
        expect((await createInstance(api, lite)).status).toBe(400);
        const made = await createInstance(api, asked);
        expect(made.status).toBe(202);
        expect(await registrationsOf(api, vault.guid, key.id)).toHaveLength(1);
        const path = `/v2/resource_instances/${text(made.body, 'guid')}`;
        await api('DELETE', path);
        expect((await api('GET', path)).body).toMatchObject({ state: 'pending_reclamation' });
        const [row] = list((await api('GET', '/v1/reclamations')).body, 'resources');
        const days = (Date.parse(text(row, 'target_time')) - Date.parse(text(row, 'created_at'))) / 86_400_000;
        expect(Math.round(days)).toBe(5);
      };
      await withEmulator(
        async ({ emulator, api }) => {
          const entries = await fetch(`${emulator.url}/api/v1?q=speech-to-text`).then((answer) => answer.json());
          expect(list(entries, 'resources')).toMatchObject([{ name: 'speech-to-text', kind: 'service' }]);
          await uses(api);
          emulator.reset();
          await uses(api);
        },
        { dataFile, seed: readSeed(more, 'seed.yaml') },
      );
      // The data file holds what it took for its instances.
      await withEmulator(
        async ({ api }) => {
          expect((await api('GET', '/v2/resource_instances?state=pending_reclamation')).body).toMatchObject({
            resources: [{ name: 'speech' }],
          });
        },
        { dataFile },
      );
    });
    const taken = readSeed('catalog: [{ name: kms, plans: [{ name: own }] }]', 'seed.yaml');
    await expect(withEmulator(async () => {}, { seed: taken })).rejects.toThrow('kms is in the catalog already');
  });

  test('that is refused half-way leaves nothing in the data file', async () => {
    await withFolder({}, async (folder) => {
      const dataFile = join(folder, 'emulator.log');
      const start = (keyName: string): Promise<void> => {
        const yaml = `keyProtectInstances: [{ name: vault, keys: [{ name: ${keyName} }] }]`;
        return withEmulator(
          async ({ api }) => {
            expect(list((await api('GET', '/v2/resource_instances')).body, 'resources')).toHaveLength(1);
          },
          { dataFile, seed: readSeed(yaml, 'seed.yaml') },
        );
      };
      await expect(start('x')).rejects.toThrow('is refused with 400');
      await start('long-enough');
    });
  });

  test('names the part that an API refuses, and nothing is served then', async () => {
    const refused: readonly (readonly [string, string])[] = [
      ['keyProtectInstances: [{ name: v, keys: [{ name: x }] }]', "seed's key x of v is refused with 400"],
      ['keyProtectInstances: [{ name: v, plan: gold }]', 'instance v cannot be made: kms has no plan gold'],
      [
        'keyProtectInstances: [{ name: v, resourceGroup: none }]',
        'instance v cannot be made: there is no resource group none',
      ],
      ['authorizations: [{ source: messagehub, target: v, roles: [Reader] }]', 'there is no Key Protect instance v'],
      [
        'deployments: [{ name: d, service: data-virtualization, plan: enterprise, parameters: { disk_encryption_key_crn: { key: v/k } } }]',
        'there is no key v/k in it',
      ],
      ['identities: [{ name: a, apiKey: x }, { name: b, apiKey: x }]', 'The API key of b is that of a.'],
    ];
    for (const [yaml, message] of refused) {
      const started = withEmulator(async () => {}, { seed: readSeed(yaml, 'seed.yaml') });
      await expect(started).rejects.toThrow(message);
    }
  });

  test.each([
    ['keys: []', 'seed.yaml:1:1: /: must NOT have additional properties (keys).'],
    ['identities: [{ name: a }]', "seed.yaml:1:14: /identities/0: must have required property 'apiKey'."],
    [
      'keyProtectInstances: [{ name: v, keys: [{ name: k, state: dead }] }]',
      '/keyProtectInstances/0/keys/0/state: must',
    ],
    ['settings: { speed: 1 }', 'seed.yaml:1:11: /settings: there is no setting "speed"'],
    ['a: [', 'seed.yaml:1:5: no YAML: '],
    ['account: ~\nidentities:\n  - name: a\n    apiKey: b\n    rolse: []\n', 'seed.yaml:5:5: /identities/0: must NOT'],
    ['- a', 'seed.yaml:1:1: /: must be object.'],
  ])('%s is refused before anything is started', (yaml, message) => {
    expect(() => readSeed(yaml, 'seed.yaml')).toThrow(message);
  });

  test('may be empty', () => {
    expect(readSeed('# nothing yet\n', 'seed.yaml')).toEqual({});
  });
});

describe('a key before its activation', () => {
  test('can be read, listed and deleted, and does nothing else', async () => {
    const yaml =
      'keyProtectInstances: [{ name: vault, keys: [{ name: early, aliases: [early], state: pre-activation }] }]';
    await withEmulator(
      async ({ api }) => {
        const guid = text((await api('GET', '/v2/resource_instances?name=vault')).body, 'resources', 0, 'guid');
        const headers = { 'Bluemix-Instance': guid };
        expect((await api('GET', '/api/v2/keys?state=0', { headers })).body).toMatchObject({
          resources: [{ name: 'early', state: 0 }],
        });
        for (const action of ['wrap', 'rotate', 'disable', 'enable', 'setKeyForDeletion']) {
          const answer = await api('POST', `/api/v2/keys/early/actions/${action}`, { headers });
          expect(refusal(answer)).toEqual([409, 'KEY_ACTION_INVALID_STATE_ERR']);
        }
        expect((await api('DELETE', '/api/v2/keys/early', { headers })).status).toBe(204);
      },
      { seed: readSeed(yaml, 'seed.yaml') },
    );
  });
});

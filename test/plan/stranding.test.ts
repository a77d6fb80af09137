import { describe, expect, test } from '@jest/globals';
import { liveWorld } from '../helpers/console.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { authorize, createInstance, encrypted, equals } from '../helpers/platform.ts';

/** The key lies in ring one, and only the authorization on ring one lets the deployment use it. */
const onRing = lakehouse
  .replace('lakehouse: { instance: vault }', 'one: { instance: vault }\n  two: { instance: vault }')
  .replace('ring: lakehouse', 'ring: one')
  .replace('target: vault', 'target: { ring: one }');

const second = (target: string, roles: string) =>
  `authorizations:\n  second: { source: data-virtualization, target: ${target}, roles: [${roles}] }\n`;

async function planned({ plan }: Keystead): Promise<readonly string[]> {
  const { changes } = (await plan()).plan;
  return changes.map(
    ({ address, verb, status }) => `${address} ${verb} ${status.is === 'blocked' ? status.code : status.is}`,
  );
}

describe('nothing is done that would leave a use without its authorization', () => {
  test.each<[string, string, string, readonly string[]]>([
    [
      "a ring move together with the authorization's target: the new policy comes first, the old one last",
      onRing,
      onRing.replace('ring: one }', 'ring: two }').replace('ring: one', 'ring: two'),
      [
        'key.dv-root update WOULD_STRAND',
        'authorization.dv-reads-vault create ready',
        'authorization.dv-reads-vault delete deferred',
      ],
    ],
    [
      'a move to a ring that is made in the same run',
      onRing,
      onRing
        .replace('  two: {', '  two: { instance: vault }\n  three: {')
        .replace('ring: one\n', 'ring: three\n')
        .replace('authorizations:\n', second('{ ring: three }', 'Reader')),
      ['key-ring.three create ready', 'key.dv-root update WOULD_STRAND', 'authorization.second create ready'],
    ],
    [
      'narrowed roles',
      lakehouse,
      lakehouse.replace('[Reader]', '[KeyPurge]').replace('authorizations:\n', second('{ ring: lakehouse }', 'Reader')),
      ['authorization.dv-reads-vault update WOULD_STRAND', 'authorization.second create ready'],
    ],
    [
      'two that are narrowed, of which each leans on the other',
      lakehouse.replace('authorizations:\n', second('{ ring: lakehouse }', 'Reader')),
      lakehouse
        .replace('[Reader]', '[KeyPurge]')
        .replace('authorizations:\n', second('{ ring: lakehouse }', 'KeyPurge'))
        .replace(
          'authorizations:\n',
          'authorizations:\n  third: { source: data-virtualization, target: { key: dv-root }, roles: [Reader] }\n',
        ),
      [
        'authorization.dv-reads-vault update WOULD_STRAND',
        'authorization.second update WOULD_STRAND',
        'authorization.third create ready',
      ],
    ],
    [
      'one that is narrowed while the other is deleted',
      lakehouse.replace('authorizations:\n', second('{ ring: lakehouse }', 'Reader')),
      lakehouse
        .replace('[Reader]', '[KeyPurge]')
        .replace('authorizations:\n', second('{ ring: lakehouse }', 'Reader').replace(' }\n', ', state: absent }\n'))
        .replace(
          'authorizations:\n',
          'authorizations:\n  third: { source: data-virtualization, target: { key: dv-root }, roles: [Reader] }\n',
        ),
      [
        'authorization.dv-reads-vault update ready',
        'authorization.second delete deferred',
        'authorization.third create ready',
      ],
    ],
  ])('%s', async (_title, before, after, expected) => {
    await withKeystead(async (keystead) => {
      await keystead.write(before);
      expect((await keystead.apply()).outcomes.every(({ is }) => is === 'done')).toBe(true);
      // Services know by then what was authorized.
      keystead.emulator.clock.advance(301_000);
      await keystead.write(after);
      expect(await planned(keystead)).toEqual(expected);
    });
  });
});

describe('an authorization goes only where another one is known to serve what uses the key', () => {
  /** The deployment is somebody else's. */
  const small = lakehouse.replace(/^deployments:[\s\S]*/m, '');
  const ended = small.replace('    source: data-virt', '    state: absent\n    source: data-virt');
  const source = [equals('serviceName', 'data-virtualization')];
  test.each<[string, Parameters<typeof authorize>[1], string]>([
    ['not one about instances of another group', { target: [equals('resourceGroupId', 'f'.repeat(32))] }, 'deferred'],
    ['not one about another region', { target: [equals('region', 'eu-de')] }, 'deferred'],
    ['not one of another region', { source: [...source, equals('region', 'eu-de')] }, 'deferred'],
    ['not one of a resource', { source: [...source, equals('resource', 'x')] }, 'deferred'],
    ['not one with an attribute that is not known', { target: [equals('cfgType', 'x')] }, 'deferred'],
    ['one of its region', { source: [...source, equals('region', 'us-south')] }, 'ready'],
    ['one of every group', { source: [{ key: 'resourceGroupId', operator: 'stringExists', value: true }] }, 'ready'],
  ])('%s', async (_title, policy, expected) => {
    await withKeystead(async (keystead) => {
      const { api, emulator } = keystead;
      await keystead.write(small);
      await keystead.apply();
      emulator.clock.advance(301_000);
      expect((await encrypted(api, liveWorld(emulator).keys[0]?.crn ?? '')).status).toBe(202);
      await authorize(api, policy);
      emulator.clock.advance(301_000);
      await keystead.write(ended);
      expect(await planned(keystead)).toEqual([`authorization.dv-reads-vault delete ${expected}`]);
    });
  });

  test('a delegator is taken away with consent alone, since it serves backups', async () => {
    const roles = small
      .replace('[Reader]', '[Reader, AuthorizationDelegator]')
      .replace('source: data-virtualization', 'source: databases-for-postgresql');
    await withKeystead(async (keystead) => {
      const { api, emulator } = keystead;
      await keystead.write(roles);
      await keystead.apply();
      emulator.clock.advance(301_000);
      const parameters = { backup_encryption_key_crn: liveWorld(emulator).keys[0]?.crn ?? '' };
      const made = await createInstance(api, {
        name: 'orders',
        resource_plan_id: 'databases-for-postgresql-standard',
        parameters,
      });
      expect(made.status).toBe(202);
      emulator.clock.advance(60_000);
      await keystead.write(roles.replace(', AuthorizationDelegator', ''));
      expect(await planned(keystead)).toEqual(['authorization.dv-reads-vault update CONSENT_NEEDED']);
      expect(await keystead.planText()).toMatch(/the backups of\s+"orders"/);
      const allow = ['narrow:authorization.dv-reads-vault'];
      expect((await keystead.apply({ allow })).outcomes).toMatchObject([{ verb: 'update', is: 'done' }]);
    });
  });

  test('a delegator of its own is no less one: its end is asked for as well, and so is another role in its place', async () => {
    const both = small.replace('source: data-virtualization', 'source: databases-for-postgresql').replace(
      'authorizations:\n',
      `authorizations:
  delegates: { source: databases-for-postgresql, target: { key: dv-root }, roles: [AuthorizationDelegator] }
`,
    );
    await withKeystead(async (keystead) => {
      const { api, emulator } = keystead;
      await keystead.write(both);
      await keystead.apply();
      emulator.clock.advance(301_000);
      const parameters = { backup_encryption_key_crn: liveWorld(emulator).keys[0]?.crn ?? '' };
      await createInstance(api, { name: 'orders', resource_plan_id: 'databases-for-postgresql-standard', parameters });
      emulator.clock.advance(60_000);
      await keystead.write(both.replace('[AuthorizationDelegator] }', '[AuthorizationDelegator], state: absent }'));
      expect(await planned(keystead)).toEqual(['authorization.delegates delete CONSENT_NEEDED']);
      await keystead.write(both.replace('[AuthorizationDelegator] }', '[Viewer] }'));
      expect(await planned(keystead)).toEqual(['authorization.delegates update CONSENT_NEEDED']);
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';

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

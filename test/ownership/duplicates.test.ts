import { expect, test } from '@jest/globals';
import { renderProblems } from '../../src/report/problems.ts';
import { expectGolden } from '../helpers/golden.ts';
import { withKeystead } from '../helpers/keystead.ts';
import { declare, linesOf, reads, stackOf, vaultOfInfra, withInfra } from '../helpers/stacks.ts';

const twins = (first: string, second: string) =>
  `authorizations:\n${reads('aaa', `roles: [${first}]`)}${reads('bbb', `roles: [${second}]`)}`;

test('two authorizations of one source and target are refused, at both places, whatever their roles', async () => {
  await withKeystead(async (keystead) => {
    for (const [file, roles] of [
      ['same-roles', 'Reader'],
      ['other-roles', 'Writer'],
    ] as const) {
      await keystead.write(stackOf('aa', `${vaultOfInfra}${twins('Reader', roles)}`));
      const { problems, sources, wanted } = await keystead.validate();
      expect(wanted).toBeUndefined();
      const text = renderProblems(problems, sources, { color: false, width: 100 });
      expectGolden(`sharing/${file}`, text.replaceAll(/\S*keystead\.yaml/g, 'keystead.yaml'));
    }
  });
});

test('a tombstone beside the block that takes over is refused live, and `formerly` moves the mark', async () => {
  await withKeystead(async (keystead) => {
    await withInfra(keystead);
    await declare(keystead, 'aa', `authorizations:\n${reads('aaa', 'roles: [Reader]')}`);
    await keystead.apply();
    const gone = reads('aaa', 'state: absent, roles: [Reader]');
    await declare(keystead, 'aa', `authorizations:\n${gone}${reads('bbb', 'roles: [Reader]')}`);
    expect(await linesOf(keystead)).toEqual([
      'authorization.aaa delete DUPLICATE_IDENTITY',
      'authorization.bbb adopt FOREIGN_MARK',
    ]);
    await declare(keystead, 'aa', `authorizations:\n${reads('bbb', 'roles: [Reader], formerly: [aaa]')}`);
    expect(await linesOf(keystead)).toEqual(['authorization.bbb adopt ready']);
    await keystead.apply();
    expect(await linesOf(keystead)).toEqual([]);
  });
});

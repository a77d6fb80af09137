import { describe, expect, test } from '@jest/globals';
import { renderProblems } from '../../src/report/problems.ts';
import { liveWorld } from '../helpers/console.ts';
import { expectGolden } from '../helpers/golden.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { normal } from '../helpers/normal.ts';
import { declare, linesOf, reads, stackOf, vaultOfInfra, withInfra } from '../helpers/stacks.ts';

const policies = ({ emulator }: Keystead) =>
  liveWorld(emulator).policies.map(({ source, roles, description }) => `${source} ${roles.join(',')} ${description}`);

const A = (more = 'roles: [Reader]') => reads('aaa', more);
const B = (more = 'roles: [Reader]') => reads('bbb', more);
const C = (more = 'roles: [Reader]') => reads('ccc', more);
const GONE = 'state: absent, roles: [Reader]';
const BOTH = 'data-virtualization Reader [keystead:aa/aaa] [keystead:aa/bbb]';

const write = (keystead: Keystead, ...blocks: readonly string[]) =>
  declare(keystead, 'aa', blocks.length === 0 ? '' : `authorizations:\n${blocks.join('')}`);

async function both(keystead: Keystead): Promise<void> {
  await withInfra(keystead);
  await write(keystead, A(), B());
  await keystead.apply();
}

describe('equal authorizations in one manifest', () => {
  test('are one policy with the marks of both, made without asking and in one run', async () => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      await write(keystead, C(), B(), A());
      expectGolden('sharing/alike', normal(await keystead.planText()));
      const { outcomes } = await keystead.apply();
      expect(outcomes.map(({ address, verb, is }) => `${address} ${verb} ${is}`)).toEqual([
        'authorization.aaa create done',
        'authorization.bbb adopt done',
        'authorization.ccc adopt done',
      ]);
      const [policy] = policies(keystead);
      expect(policies(keystead)).toHaveLength(1);
      for (const name of ['aaa', 'bbb', 'ccc']) expect(policy).toContain(`[keystead:aa/${name}]`);
      expect(await linesOf(keystead)).toEqual([]);
    });
  });

  test.each([
    ['before', 'bbb', [B()], 'authorization.aaa adopt ready'],
    ['after', 'aaa', [A()], 'authorization.bbb adopt ready'],
  ])('one that is added %s %s joins it', async (_where, _name, first, line) => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      await write(keystead, ...first);
      await keystead.apply();
      await write(keystead, A(), B());
      expect(await linesOf(keystead)).toEqual([line]);
      await keystead.apply();
      expect(policies(keystead)).toHaveLength(1);
      expect(await linesOf(keystead)).toEqual([]);
    });
  });

  test('may be narrowed together, since no other stack needs the role', async () => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      const wide = 'roles: [Reader, Writer]';
      await write(keystead, A(wide), B(wide));
      await keystead.apply();
      await write(keystead, A(), B());
      await keystead.apply();
      expect(policies(keystead)).toEqual([BOTH]);
      expect(await linesOf(keystead)).toEqual([]);
    });
  });

  test.each([
    ['the first', [A(GONE), B()], 'authorization.aaa', '[keystead:aa/bbb]'],
    ['the second', [A(), B(GONE)], 'authorization.bbb', '[keystead:aa/aaa]'],
  ])('%s leaves by its tombstone, and the policy stays', async (_which, blocks, address, left) => {
    await withKeystead(async (keystead) => {
      await both(keystead);
      await write(keystead, ...blocks);
      expect(await linesOf(keystead)).toEqual([`${address} forget ready`]);
      await keystead.apply();
      expect(policies(keystead)).toEqual([`data-virtualization Reader ${left}`]);
    });
  });

  test('one takes the place of another that leaves in the same run', async () => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      await write(keystead, A());
      await keystead.apply();
      await write(keystead, A(GONE), B());
      const { plan } = await keystead.plan();
      expect(plan.changes.map(({ address, verb, after }) => [address, verb, after])).toEqual([
        ['authorization.bbb', 'adopt', []],
        ['authorization.aaa', 'forget', ['authorization.bbb']],
      ]);
      await keystead.apply();
      expect(policies(keystead)).toEqual(['data-virtualization Reader [keystead:aa/bbb]']);
    });
  });

  test('go together: one deletes the policy, whoever is first', async () => {
    await withKeystead(async (keystead) => {
      await both(keystead);
      await write(keystead, A(GONE), B(GONE));
      expect(await linesOf(keystead)).toEqual(['authorization.aaa delete ready', 'authorization.bbb forget ready']);
      const { outcomes } = await keystead.apply();
      expect(outcomes.map(({ is }) => is)).toEqual(['done', 'done']);
      expect(policies(keystead)).toEqual([]);
    });
  });

  test.each<[string, (blocks: readonly string[]) => string]>([
    ['by their tombstones', (blocks) => `authorizations:\n${blocks.join('')}`],
    ['with the whole stack', () => `state: absent\nauthorizations:\n${A()}${B()}`],
    [
      'under new map keys',
      () =>
        `authorizations:\n${reads('new-a', `${GONE}, formerly: [aaa]`)}${reads('new-b', `${GONE}, formerly: [bbb]`)}`,
    ],
  ])('go together in a stack that got another name, %s: the policy goes', async (_how, body) => {
    await withKeystead(async (keystead) => {
      await both(keystead);
      await declare(keystead, 'new', `formerStack: aa\n${body([A(GONE), B(GONE)])}`);
      const lines = await linesOf(keystead);
      expect(lines.map((line) => line.split(' ').slice(1).join(' '))).toEqual(['delete ready', 'forget ready']);
      const { outcomes } = await keystead.apply();
      expect(outcomes.map(({ is }) => is)).toEqual(['done', 'done']);
      expect(policies(keystead)).toEqual([]);
      expect((await keystead.plan()).plan.changes).toEqual([]);
    });
  });

  test('in a stack that got another name a new one joins without asking, and roles are narrowed as ever', async () => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      const wide = 'roles: [Reader, Writer]';
      await write(keystead, A(wide), B(wide));
      await keystead.apply();
      await declare(keystead, 'new', `formerStack: aa\nauthorizations:\n${A()}${B()}${C()}`);
      await keystead.apply();
      expect(policies(keystead)).toEqual([
        'data-virtualization Reader [keystead:new/aaa] [keystead:new/bbb] [keystead:new/ccc]',
      ]);
      expect(await linesOf(keystead)).toEqual([]);
    });
  });

  test('change together: both go on to the new policy', async () => {
    await withKeystead(async (keystead) => {
      await both(keystead);
      await write(
        keystead,
        A().replace('data-virtualization', 'speech-to-text'),
        B().replace('data-virtualization', 'speech-to-text'),
      );
      await keystead.apply();
      expect(policies(keystead)).toEqual(['speech-to-text Reader [keystead:aa/aaa] [keystead:aa/bbb]']);
      expect(await linesOf(keystead)).toEqual([]);
    });
  });

  test('part: one changes, and the other keeps the policy', async () => {
    await withKeystead(async (keystead) => {
      await both(keystead);
      await write(keystead, A().replace('data-virtualization', 'speech-to-text'), B());
      expect(await linesOf(keystead)).toEqual(['authorization.aaa create ready', 'authorization.aaa forget ready']);
      await keystead.apply();
      expect(policies(keystead).sort()).toEqual([
        'data-virtualization Reader [keystead:aa/bbb]',
        'speech-to-text Reader [keystead:aa/aaa]',
      ]);
      expect(await linesOf(keystead)).toEqual([]);
    });
  });

  test('one whose block was taken out is an orphan, and its tombstone takes its mark', async () => {
    await withKeystead(async (keystead) => {
      await both(keystead);
      await write(keystead, B());
      const { plan } = await keystead.plan();
      expect(plan).toMatchObject({ changes: [], orphans: [{ address: 'authorization.aaa' }] });
      const [, block = ''] = plan.orphans[0]?.tombstone?.split('\n') ?? [];
      await write(keystead, B(), `${block}\n`);
      await keystead.apply();
      expect(policies(keystead)).toEqual(['data-virtualization Reader [keystead:aa/bbb]']);
      expect((await keystead.plan()).plan.orphans).toEqual([]);
    });
  });
});

describe('what cannot be one policy', () => {
  const problemsOf = async (keystead: Keystead) => {
    const { problems, sources } = await keystead.validate();
    return renderProblems(problems, sources, { color: false, width: 100 }).replaceAll(
      /\S*keystead\.yaml/g,
      'keystead.yaml',
    );
  };

  test('other roles for one source and target: an error at both places, and its remedy', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(stackOf('aa', `${vaultOfInfra}authorizations:\n${A()}${B('roles: [Writer]')}`));
      const text = await problemsOf(keystead);
      expectGolden('sharing/other-roles', text);
      const roles = /write (roles: \[[^\]]*\])/.exec(text)?.[1] ?? '';
      await withInfra(keystead);
      await write(keystead, A(roles), B(roles));
      await keystead.apply();
      expect(policies(keystead)).toEqual([BOTH.replace('Reader', 'Reader,Writer')]);
    });
  });

  test('two descriptions: an error at both places', async () => {
    await withKeystead(async (keystead) => {
      const texts = [A('roles: [Reader], description: One'), B('roles: [Reader], description: Two')];
      await keystead.write(stackOf('aa', `${vaultOfInfra}authorizations:\n${texts.join('')}`));
      expectGolden('sharing/other-description', await problemsOf(keystead));
      await keystead.write(stackOf('aa', `${vaultOfInfra}authorizations:\n${texts[0]}${B()}`));
      expect((await keystead.validate()).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    });
  });
});

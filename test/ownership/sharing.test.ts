import { describe, expect, test } from '@jest/globals';
import { exitOfApply } from '../../src/cli/exit.ts';
import { liveWorld } from '../helpers/console.ts';
import { expectGolden } from '../helpers/golden.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { normal } from '../helpers/normal.ts';
import { declare, linesOf, reads, remediesOf, withInfra } from '../helpers/stacks.ts';

const policies = ({ emulator }: Keystead) =>
  liveWorld(emulator).policies.map(({ description, roles }) => `${roles.join(',')} ${description}`);

const AUTHORIZATION = 'authorization.dv-reads-vault';

/** Stack `a` has made the policy, and `b` declares it too. */
async function second(keystead: Keystead, a = 'roles: [Reader]', b = 'roles: [Reader]'): Promise<void> {
  await withInfra(keystead);
  await declare(keystead, 'aa', `authorizations:\n${reads('dv-reads-vault', a)}`);
  await keystead.apply();
  await declare(keystead, 'bb', `authorizations:\n${reads('dv-reads-vault', b)}`);
}

describe('a policy that several stacks declare', () => {
  test('is joined when asked: the mark is added and nothing else, roles as a change of their own', async () => {
    await withKeystead(async (keystead) => {
      await second(keystead, 'roles: [Reader]', 'roles: [Writer]');
      expectGolden('sharing/join-refused', normal(await keystead.planText()));
      expect(exitOfApply(await keystead.apply(), new AbortController().signal)).toBe(5);
      expect(policies(keystead)).toEqual(['Reader [keystead:aa/dv-reads-vault]']);

      const allow = await remediesOf(keystead);
      expectGolden('sharing/join', normal(await keystead.planText({ allow })));
      const { outcomes } = await keystead.apply({ allow });
      expect(outcomes.map(({ verb, is }) => `${verb} ${is}`)).toEqual(['adopt done', 'update done']);
      expect(policies(keystead)).toEqual(['Reader,Writer [keystead:aa/dv-reads-vault] [keystead:bb/dv-reads-vault]']);

      // Neither stack takes the other's role away, nor shows it as a difference, and both say so.
      expect(await linesOf(keystead)).toEqual([]);
      expectGolden('sharing/shared', normal(await keystead.planText()));
      await declare(keystead, 'aa', `authorizations:\n${reads()}`);
      expect(await linesOf(keystead)).toEqual([]);
    });
  });

  test('joining changes neither roles nor text', async () => {
    await withKeystead(async (keystead) => {
      await second(keystead, 'roles: [Reader], description: Why', 'roles: [Writer], description: Because');
      const before = keystead.emulator.requests().length;
      const made = await keystead.apply({ allow: ['adopt'] });
      expect(made.outcomes).toHaveLength(2);
      const puts = keystead.emulator.requests().slice(before);
      expect(puts.filter(({ method }) => method === 'PUT')).toHaveLength(2);
      // The first stack's text stays: two texts would take turns for ever.
      expect(policies(keystead)).toEqual([
        'Reader,Writer Why [keystead:aa/dv-reads-vault] [keystead:bb/dv-reads-vault]',
      ]);
      expect(await linesOf(keystead)).toEqual([]);
    });
  });

  test('whoever leaves takes its mark, the last one the policy; what stays keeps all roles', async () => {
    await withKeystead(async (keystead) => {
      await second(keystead, 'roles: [Reader]', 'roles: [Writer]');
      await keystead.apply({ allow: ['adopt'] });
      await declare(keystead, 'aa', `authorizations:\n${reads('dv-reads-vault', 'state: absent, roles: [Reader]')}`);
      expect(await linesOf(keystead)).toEqual([`${AUTHORIZATION} forget ready`]);
      await keystead.apply();
      expect(policies(keystead)).toEqual(['Reader,Writer [keystead:bb/dv-reads-vault]']);
      expect((await keystead.plan()).plan.finished).toEqual([{ address: AUTHORIZATION }]);

      // Alone now, `bb` may narrow it again.
      await declare(keystead, 'bb', `authorizations:\n${reads('dv-reads-vault', 'roles: [Writer]')}`);
      expect(await linesOf(keystead)).toEqual([`${AUTHORIZATION} update ready`]);
      await declare(keystead, 'bb', `authorizations:\n${reads('dv-reads-vault', 'state: absent, roles: [Writer]')}`);
      expect(await linesOf(keystead)).toEqual([`${AUTHORIZATION} delete ready`]);
      await keystead.apply();
      expect(policies(keystead)).toEqual([]);
    });
  });

  test('is joined with a role that reads no key, and goes on serving whoever uses it', async () => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      const encrypted =
        'deployments:\n  dv: { service: data-virtualization, plan: enterprise, encryption: { key: root } }\n';
      await declare(keystead, 'aa', `keys:\n  root: { instance: vault }\nauthorizations:\n${reads()}${encrypted}`);
      await keystead.apply();
      await declare(keystead, 'bb', `authorizations:\n${reads('mine', 'roles: [KeyPurge]')}`);
      const { outcomes } = await keystead.apply({ allow: ['adopt'] });
      expect(outcomes.map(({ verb, is }) => `${verb} ${is}`)).toEqual(['adopt done', 'update done']);
      expect(policies(keystead)).toEqual(['KeyPurge,Reader [keystead:aa/dv-reads-vault] [keystead:bb/mine]']);
    });
  });

  test('is left at once in spite of a use, and deleted by the last owner only when no use stands', async () => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      const encrypted = `keys:\n  root: { instance: vault }\nauthorizations:\n${reads()}deployments:\n  dv:\n    service: data-virtualization\n    plan: enterprise\n    encryption: { key: root }\n`;
      await declare(keystead, 'aa', encrypted);
      await keystead.apply();
      const leaving = `authorizations:\n${reads('mine', 'state: absent, roles: [Reader]')}`;
      await declare(keystead, 'bb', leaving.replace('state: absent, ', ''));
      await keystead.apply({ allow: ['adopt'] });
      await declare(keystead, 'bb', leaving);
      await keystead.apply();
      expect(policies(keystead)).toEqual(['Reader [keystead:aa/dv-reads-vault]']);
      // The other way round: the deployment's own stack leaves first.
      await declare(keystead, 'bb', leaving.replace('state: absent, ', ''));
      await keystead.apply({ allow: ['adopt'] });
      await declare(
        keystead,
        'aa',
        encrypted.replace('{ source', '{ state: forgotten, source').replace(/deployments:[\s\S]*/, ''),
      );
      await keystead.apply();
      expect(policies(keystead)).toEqual(['Reader [keystead:bb/mine]']);
      await declare(keystead, 'bb', leaving);
      expect(await linesOf(keystead)).toEqual(['authorization.mine delete deferred']);
      await keystead.apply();
      expect(policies(keystead)).toEqual(['Reader [keystead:bb/mine]']);
    });
  });
});

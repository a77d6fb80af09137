import { describe, expect, test } from '@jest/globals';
import { exitOfApply } from '../../src/cli/exit.ts';
import { readPlan } from '../../src/pipeline.ts';
import { renderResult } from '../../src/report/outcome.ts';
import { planAsJson } from '../../src/report/plan/summary.ts';
import { liveWorld } from '../helpers/console.ts';
import { expectGolden } from '../helpers/golden.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { normal } from '../helpers/normal.ts';
import { authorize, encrypted } from '../helpers/platform.ts';
import { declare, linesOf, remediesOf, stackOf, withInfra } from '../helpers/stacks.ts';

const NEVER = new AbortController().signal;
const ADDRESS = 'authorization.reads';

/** One authorization of stack `aa`, of whatever service. */
const from = (service: string, more = '') =>
  `authorizations:\n  reads: { source: ${service}, target: vault, roles: [Reader]${more} }\n`;

const policies = ({ emulator }: Keystead) =>
  liveWorld(emulator)
    .policies.map(({ source, description }) => `${source} ${description}`)
    .sort();

async function made(keystead: Keystead, more = ''): Promise<void> {
  await withInfra(keystead);
  await declare(keystead, 'aa', from('speech-to-text', more));
  await keystead.apply();
  await declare(keystead, 'aa', from('text-to-speech', more));
}

describe('a changed source or target', () => {
  test('is a replace: the new policy is created before the old one is deleted', async () => {
    await withKeystead(async (keystead) => {
      await made(keystead);
      const { plan } = await keystead.plan();
      expectGolden('sharing/replace', normal(await keystead.planText()));
      expect(readPlan(planAsJson(plan), 'plan').changes).toEqual(plan.changes);
      expect(plan.changes).toMatchObject([{ verb: 'replace', because: 'identity-changed', status: { is: 'ready' } }]);
      const before = keystead.emulator.requests().length;
      const applied = await keystead.apply();
      expect(renderResult(applied, { color: false })).toBe(
        'Apply complete: 0 created, 0 changed, 0 deleted, 1 replaced.\n',
      );
      expect(exitOfApply(applied, NEVER)).toBe(0);
      const writes = keystead.emulator.requests().slice(before);
      expect(
        writes.flatMap(({ method, path }) => (path.startsWith('/v2/policies') && method !== 'GET' ? [method] : [])),
      ).toEqual(['POST', 'DELETE']);
      expect(policies(keystead)).toEqual(['text-to-speech [keystead:aa/reads]']);
      expect(await linesOf(keystead)).toEqual([]);
    });
  });

  test('changes the fingerprint with what is changed, and roles go along', async () => {
    await withKeystead(async (keystead) => {
      await made(keystead);
      const first = (await keystead.plan()).plan;
      expect((await keystead.plan()).plan.fingerprint).toBe(first.fingerprint);
      await declare(keystead, 'aa', from('language-translator'));
      const second = (await keystead.plan()).plan;
      expect(second.fingerprint).not.toBe(first.fingerprint);
      await declare(keystead, 'aa', from('text-to-speech').replace('[Reader]', '[Writer]'));
      expect((await keystead.plan()).plan.changes[0]?.fields.map(({ field }) => field)).toEqual(['source', 'roles']);
      await keystead.apply();
      expect(liveWorld(keystead.emulator).policies).toMatchObject([{ source: 'text-to-speech', roles: ['Writer'] }]);
    });
  });

  test('which was cut between the two calls is recognised and completed', async () => {
    await withKeystead(async (keystead) => {
      await made(keystead);
      keystead.emulator.faults.add({ match: { method: 'DELETE', path: '^/v2/policies/' }, status: 403 });
      const cut = await keystead.apply();
      expect(cut.outcomes).toMatchObject([{ verb: 'replace', is: 'failed' }]);
      expect(policies(keystead)).toEqual(['speech-to-text [keystead:aa/reads]', 'text-to-speech [keystead:aa/reads]']);
      expectGolden('sharing/replace-unfinished', normal(await keystead.planText()));
      expect((await keystead.apply()).outcomes).toMatchObject([{ verb: 'delete', is: 'done' }]);
      expect(policies(keystead)).toEqual(['text-to-speech [keystead:aa/reads]']);
      expect(await linesOf(keystead)).toEqual([]);
    });
  });

  test.each([
    ['create', { method: 'POST', path: '^/v2/policies$' }, 'before'],
    ['create', { method: 'POST', path: '^/v2/policies$' }, 'after'],
    ['delete', { method: 'DELETE', path: '^/v2/policies/' }, 'before'],
    ['delete', { method: 'DELETE', path: '^/v2/policies/' }, 'after'],
  ] as const)('is done although the answer to its %s is lost (%j, %s it was done)', async (_half, match, drop) => {
    await withKeystead(async (keystead) => {
      await made(keystead);
      keystead.emulator.faults.add({ match, drop });
      expect((await keystead.apply()).outcomes).toMatchObject([{ verb: 'replace', is: 'done' }]);
      expect(policies(keystead)).toEqual(['text-to-speech [keystead:aa/reads]']);
      expect(await linesOf(keystead)).toEqual([]);
    });
  });

  test('is no replace where only the writing differs', async () => {
    await withKeystead(async (keystead) => {
      await made(keystead);
      const crn = liveWorld(keystead.emulator).instances[0]?.crn ?? '';
      const same = from('speech-to-text');
      for (const target of [`{ instance: "${crn}" }`, `{ service: kms, crn: "${crn}" }`]) {
        await declare(keystead, 'aa', same.replace('target: vault', `target: ${target}`));
        expect(await linesOf(keystead)).toEqual([]);
      }
    });
  });

  test('goes on to what stands there already, once it is adopted', async () => {
    await withKeystead(async (keystead) => {
      await made(keystead);
      const vault = liveWorld(keystead.emulator).instances[0]?.crn.split(':')[7] ?? '';
      await authorize(keystead.api, { service: 'text-to-speech', instance: vault });
      expect(await linesOf(keystead)).toEqual([`${ADDRESS} adopt UNMARKED`]);
      await keystead.apply();
      expect(policies(keystead)).toEqual(['speech-to-text [keystead:aa/reads]', 'text-to-speech ']);
      const allow = await remediesOf(keystead);
      expect(await linesOf(keystead, allow)).toEqual([`${ADDRESS} adopt ready`, `${ADDRESS} delete ready`]);
      await keystead.apply({ allow });
      expect(policies(keystead)).toEqual(['text-to-speech [keystead:aa/reads]']);
    });
  });

  test('leaves what others share, by its mark alone', async () => {
    await withKeystead(async (keystead) => {
      await made(keystead);
      await declare(keystead, 'bb', from('speech-to-text').replace('[Reader]', '[Writer]'));
      await keystead.apply({ allow: ['adopt'] });
      await declare(keystead, 'aa', from('text-to-speech'));
      expectGolden('sharing/replace-shared', normal(await keystead.planText()));
      expect(await linesOf(keystead)).toEqual([`${ADDRESS} create ready`, `${ADDRESS} forget ready`]);
      await keystead.apply();
      expect(policies(keystead)).toEqual(['speech-to-text [keystead:bb/reads]', 'text-to-speech [keystead:aa/reads]']);
    });
  });

  test('of a pinned policy is refused, and done without the pin', async () => {
    await withKeystead(async (keystead) => {
      await made(keystead);
      const id = liveWorld(keystead.emulator).policies[0]?.id ?? '';
      await declare(keystead, 'aa', from('text-to-speech', `, policyId: "${id}"`));
      expectGolden('sharing/replace-pinned', normal(await keystead.planText()));
      await declare(keystead, 'aa', from('text-to-speech'));
      await keystead.apply();
      expect(policies(keystead)).toEqual(['text-to-speech [keystead:aa/reads]']);
    });
  });

  test('that was cut and is then changed once more is refused, until it is one of the two', async () => {
    await withKeystead(async (keystead) => {
      await made(keystead);
      keystead.emulator.faults.add({ match: { method: 'DELETE', path: '^/v2/policies/' }, status: 403 });
      await keystead.apply();
      await declare(keystead, 'aa', from('language-translator'));
      const refused = await keystead.planText();
      expectGolden('sharing/replace-ambiguous', normal(refused));
      const blocks = [...refused.replaceAll(/\s*\n\s+/g, ' ').matchAll(/`(reads: [^`]+)`/g)].map(([, block]) => block);
      expect(blocks).toHaveLength(2);
      await declare(
        keystead,
        'aa',
        `authorizations:\n  ${blocks.find((block) => block?.includes('text-to-speech'))}\n`,
      );
      expect(await linesOf(keystead)).toEqual([`${ADDRESS} delete ready`]);
      await keystead.apply();
      expect(policies(keystead)).toEqual(['text-to-speech [keystead:aa/reads]']);
      await declare(keystead, 'aa', from('language-translator'));
      await keystead.apply();
      expect(policies(keystead)).toEqual(['language-translator [keystead:aa/reads]']);
    });
  });

  test('that was cut and is then pruned goes whole, each policy once', async () => {
    await withKeystead(async (keystead) => {
      await made(keystead);
      keystead.emulator.faults.add({ match: { method: 'DELETE', path: '^/v2/policies/' }, status: 403 });
      await keystead.apply();
      await declare(keystead, 'aa', 'keyRings:\n  kept: { instance: vault }\n');
      const { plan } = await keystead.plan({ prune: true });
      const pruned = plan.changes.filter(({ verb }) => verb === 'delete');
      expect(new Set(pruned.map(({ target }) => target?.id)).size).toBe(2);
      expect(pruned).toHaveLength(2);
      await keystead.apply({ prune: true });
      expect(policies(keystead)).toEqual([]);
    });
  });

  test('that is then declared absent goes whole', async () => {
    await withKeystead(async (keystead) => {
      await made(keystead);
      keystead.emulator.faults.add({ match: { method: 'DELETE', path: '^/v2/policies/' }, status: 403 });
      await keystead.apply();
      await declare(keystead, 'aa', from('language-translator', ', state: absent'));
      expect(await linesOf(keystead)).toEqual([`${ADDRESS} delete ready`, `${ADDRESS} delete ready`]);
      await keystead.apply();
      expect(policies(keystead)).toEqual([]);
    });
  });
});

describe('the old half of a replace', () => {
  const narrow = lakehouse.replace('    target: vault', '    target: { key: dv-root }');
  const other = lakehouse
    .replace('    source: data-virtualization', '    source: speech-to-text')
    .replace('    encryption: { key: dv-root }\n', '');

  /** When each policy was made and deleted, by the emulator's clock. */
  const datesOf = ({ emulator }: Keystead) =>
    emulator
      .requests()
      .flatMap(({ method, path, at }) =>
        path.startsWith('/v2/policies') && method !== 'GET' ? [{ method, at: Date.parse(at) }] : [],
      );

  test('goes in the same run once services know the new one, which serves the use that stands', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      await keystead.write(narrow);
      expectGolden('sharing/replace-in-use', normal(await keystead.planText()));
      const applied = await keystead.apply();
      expect(exitOfApply(applied, NEVER)).toBe(0);
      const [, made, gone] = datesOf(keystead);
      expect([made?.method, gone?.method]).toEqual(['POST', 'DELETE']);
      expect((gone?.at ?? 0) - (made?.at ?? 0)).toBeGreaterThanOrEqual(300_000);
      expect(keystead.emulator.services.list()).toMatchObject([{ registered: true, authorized: true }]);
      expect(liveWorld(keystead.emulator).policies).toHaveLength(1);
      expect(await linesOf(keystead)).toEqual([]);
    });
  });

  test('goes in a later run where nobody waits, and the plan in between has the date', async () => {
    await withKeystead(async (keystead) => {
      keystead.emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
      await keystead.write(lakehouse);
      await keystead.apply();
      await keystead.write(narrow);
      expect(exitOfApply(await keystead.apply({ waitMs: 0 }), NEVER)).toBe(6);
      expectGolden('sharing/replace-in-use-again', normal(await keystead.planText()));
      expect(exitOfApply(await keystead.apply({ waitMs: 0 }), NEVER)).toBe(6);
      expect(liveWorld(keystead.emulator).policies).toHaveLength(2);
      keystead.emulator.clock.advance(301_000);
      expect(exitOfApply(await keystead.apply({ waitMs: 0 }), NEVER)).toBe(0);
      expect(liveWorld(keystead.emulator).policies).toHaveLength(1);
    });
  });

  test('counts as a deletion of this run although it is waited for', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      await keystead.write(`${narrow}safety: { maxDeletes: 0 }\n`);
      await expect(keystead.apply()).rejects.toMatchObject({ code: 'TOO_MANY_DELETES' });
      await keystead.apply({ allow: ['deletes:1'] });
      expect(await linesOf(keystead)).toEqual([]);
    });
  });

  test('is not waited for when the new one cannot be made', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      await keystead.write(narrow);
      keystead.emulator.faults.add({ match: { method: 'POST', path: '^/v2/policies$' }, status: 403 });
      expect((await keystead.apply()).outcomes).toMatchObject([{ verb: 'create', is: 'failed' }]);
      expect(liveWorld(keystead.emulator).policies).toHaveLength(1);
    });
  });

  test('waits while a use stands that the new one does not serve', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      await keystead.write(other);
      expectGolden('sharing/replace-waits', normal(await keystead.planText()));
      const first = await keystead.apply();
      expect(exitOfApply(first, NEVER)).toBe(6);
      expect(
        liveWorld(keystead.emulator)
          .policies.map(({ source }) => source)
          .sort(),
      ).toEqual(['data-virtualization', 'speech-to-text']);
      expect(keystead.emulator.services.list()).toMatchObject([{ registered: true, authorized: true }]);
      expect(await linesOf(keystead)).toEqual(['authorization.dv-reads-vault delete deferred']);

      await keystead.write(other.replace('    service: data', '    state: absent\n    service: data'));
      await keystead.apply();
      keystead.emulator.clock.advance(13 * 86_400_000);
      await keystead.apply();
      expect(liveWorld(keystead.emulator).policies.map(({ source }) => source)).toEqual(['speech-to-text']);
    });
  });
});

describe('a replace away from an instance that nothing names any more', () => {
  test('is held until the instance is declared, and then by who uses it', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(
        stackOf('infra', 'keyProtectInstances: { one: {}, two: {} }\nkeys: { root: { instance: one } }\n'),
      );
      await keystead.apply();
      const { instances, keys } = liveWorld(keystead.emulator);
      const crnOf = (name: string) => instances.find((instance) => instance.name === name)?.crn ?? '';
      const about = (name: string) =>
        `authorizations:\n  reads: { source: data-virtualization, target: { instance: "${crnOf(name)}" }, roles: [Reader] }\n`;
      await keystead.write(stackOf('aa', about('one')));
      await keystead.apply();
      await encrypted(keystead.api, keys[0]?.crn ?? '');
      await keystead.write(stackOf('aa', about('two')));
      expect(await linesOf(keystead)).toEqual([`${ADDRESS} create ready`, `${ADDRESS} delete UNREADABLE`]);
      const text = (await keystead.planText()).replaceAll(/\s+/g, ' ');
      expect(text).toContain('declare that instance with `existing: true` and its `crn`');
      await keystead.write(
        stackOf('aa', `keyProtectInstances:\n  one: { existing: true, crn: "${crnOf('one')}" }\n${about('two')}`),
      );
      expect(await linesOf(keystead)).toEqual([`${ADDRESS} create ready`, `${ADDRESS} delete deferred`]);
    });
  });
});

describe('what another authorization takes over', () => {
  const key =
    'authorizations:\n  dv-reads-key: { source: data-virtualization, target: { key: dv-root }, roles: [Reader] }\n';
  const two = lakehouse.replace('authorizations:\n', key);
  const one = two.replace('    source: data-virtualization\n', '    state: absent\n    source: data-virtualization\n');
  const last = ({ emulator }: Keystead) =>
    emulator.requests().findLast(({ method, path }) => method !== 'GET' && path.startsWith('/v2/policies'));

  test('is deleted only when services know that one', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      await keystead.write(two);
      await keystead.apply();
      const since = Date.parse(last(keystead)?.at ?? '');
      await keystead.write(one);
      expect(await linesOf(keystead)).toEqual(['authorization.dv-reads-vault delete deferred']);
      expect(exitOfApply(await keystead.apply(), NEVER)).toBe(0);
      expect(last(keystead)?.method).toBe('DELETE');
      expect(Date.parse(last(keystead)?.at ?? '') - since).toBeGreaterThanOrEqual(300_000);
      keystead.emulator.clock.advance(300_000);
      expect(keystead.emulator.services.list()).toMatchObject([{ registered: true, authorized: true }]);
    });
  });

  test('loses its role only when services know that one', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      await keystead.write(two);
      await keystead.apply();
      const lesser = two.replace('    roles: [Reader]', '    roles: [AuthorizationDelegator]');
      await keystead.write(lesser);
      expect(await linesOf(keystead)).toEqual(['authorization.dv-reads-vault update deferred']);
      expect(exitOfApply(await keystead.apply(), NEVER)).toBe(0);
      expect(await linesOf(keystead)).toEqual([]);
    });
  });
});

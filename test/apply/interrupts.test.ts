import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../../src/cloud/clock.ts';
import { connect } from '../../src/cloud/connect.ts';
import { endpointsFrom } from '../../src/cloud/endpoints.ts';
import { credentialsFrom } from '../../src/cloud/login/credentials.ts';
import type { FaultRule } from '../../src/emulator/core/faults.ts';
import type { Settings } from '../../src/emulator/core/world.ts';
import { createLog } from '../../src/log.ts';
import type { ApplyEvent } from '../../src/model/event.ts';
import { type Applied, apply, kinds, plan } from '../../src/pipeline.ts';
import { clockOf, type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';

/** When the interrupt comes: at an event, a moment after one, or at a wait. */
interface When {
  readonly atEvent?: (event: ApplyEvent) => boolean;
  readonly afterEvent?: (event: ApplyEvent) => boolean;
  readonly atWait?: (facts: { readonly ms: number; readonly sent: readonly string[] }) => boolean;
}

/** Plans and applies, with an interrupt on the way. */
async function interrupted(keystead: Keystead, when: When, parallelism = 10): Promise<Applied> {
  const { wanted } = await keystead.validate();
  if (wanted === undefined) throw new Error('the manifest is wrong');
  const controller = new AbortController();
  const { environment, requests } = keystead.emulator;
  const time = clockOf(keystead.emulator);
  const clock: Clock = {
    now: time.now,
    async sleep(ms, signal) {
      const sent = requests().map(({ method, path }) => `${method} ${path}`);
      if (when.atWait?.({ ms, sent })) controller.abort('SIGINT');
      await time.sleep(ms, signal);
    },
  };
  const connection = connect({
    credentials: credentialsFrom(environment),
    endpoints: endpointsFrom(environment, 'public'),
    log: createLog({ level: 'silent' }),
    clock,
    random: () => 0.5,
    signal: controller.signal,
  });
  const common = { kinds, endpoints: 'emulator', now: connection.now, consents: [] };
  const made = await plan(wanted, { ...common, reader: connection.reader() });
  const applied = await apply(wanted, made, {
    ...common,
    cloud: connection.cloud,
    secret: async () => new Uint8Array(),
    clock,
    tell: (event) => {
      if (when.atEvent?.(event)) controller.abort('SIGINT');
      if (when.afterEvent?.(event)) setImmediate(() => controller.abort('SIGINT'));
    },
    parallelism,
    waitMs: 3_600_000,
    signal: controller.signal,
  });
  expect(controller.signal.aborted).toBe(true);
  return applied;
}

const isAbout =
  (type: 'settling' | 'waiting' | 'started', address: string) =>
  (event: ApplyEvent): boolean =>
    event.type === type && event.address === address;

const shown = ({ outcomes }: Applied): readonly string[] =>
  outcomes
    .filter(({ is }) => is !== 'done')
    .map((outcome) => `${outcome.address} ${outcome.is}${'error' in outcome ? ` ${outcome.error.code}` : ''}`);

/** Where tagging may be behind a create, a create waits for it, and an interrupt leaves it unknown. */
const NO_WAIT = { disposition: 'kind' } as const;

describe('an interrupt', () => {
  const deployment = 'deployment.lakehouse';

  test.each<[string, When, Partial<Settings>, FaultRule | undefined, readonly string[]]>([
    [
      'while an authorization takes effect: what was refused is skipped',
      { atEvent: isAbout('waiting', deployment) },
      { propagationMs: 60_000 },
      undefined,
      [`${deployment} skipped`],
    ],
    [
      'while no read shows what was written: unknown',
      { atWait: ({ sent }) => sent.includes('POST /v2/policies') },
      { policyReadAfterWriteMs: 60_000 },
      undefined,
      ['authorization.dv-reads-vault unknown INTERRUPTED', `${deployment} skipped`],
    ],
    [
      'after a lost answer: unknown',
      { atEvent: isAbout('waiting', deployment) },
      {},
      { match: { method: 'POST', path: '^/v2/resource_instances$', nth: 2 }, drop: 'before' },
      [`${deployment} unknown INTERRUPTED`],
    ],
    [
      'between the tries of a write: unknown',
      { atWait: ({ sent }) => sent.includes('POST /v2/policies') },
      {},
      { match: { method: 'POST', path: '^/v2/policies$' }, status: 429, retryAfterSeconds: 9 },
      ['authorization.dv-reads-vault unknown INTERRUPTED', `${deployment} skipped`],
    ],
    [
      'while no list shows what was done: it is done',
      { atWait: () => true },
      NO_WAIT,
      { match: { method: 'GET', path: '^/v2/policies$', times: 1_000_000 }, staleMs: 30_000 },
      [],
    ],
    [
      'while what was made settles: it is waited for by the next run',
      { atEvent: isAbout('settling', deployment) },
      { provisioningMs: 60_000 },
      undefined,
      [`${deployment} waiting`],
    ],
  ])('%s', async (_title, when, settings, fault, expected) => {
    await withKeystead(
      async (keystead) => {
        await keystead.write(lakehouse);
        if (fault !== undefined) keystead.emulator.faults.add(fault);
        expect(shown(await interrupted(keystead, when))).toEqual(expected);
        await keystead.apply();
        expect((await keystead.plan()).plan.changes).toEqual([]);
      },
      { settings },
    );
  });

  test('between two rounds leaves what is deferred to the next run', async () => {
    await withKeystead(
      async (keystead) => {
        await keystead.write(lakehouse);
        await keystead.apply({ waitMs: 0 });
        await keystead.write(lakehouse.replace('plan: enterprise', 'plan: enterprise\n    tags: [later]'));
        const { outcomes, deferred } = await interrupted(keystead, { atWait: ({ ms }) => ms === 2_000 });
        expect(outcomes).toEqual([]);
        expect(deferred.map(({ address, verb }) => `${address} ${verb}`)).toEqual([`${deployment} update`]);
      },
      { settings: { provisioningMs: 60_000 } },
    );
  });

  test('begins nothing that stood in the queue', async () => {
    await withKeystead(
      async (keystead) => {
        await keystead.write(lakehouse.replace('vault: {}', 'vault: {}\n  another: {}'));
        const applied = await interrupted(keystead, { afterEvent: ({ type }) => type === 'started' }, 1);
        expect(applied.outcomes.filter(({ is }) => is === 'done')).toHaveLength(1);
        const created = keystead.emulator
          .requests()
          .filter(({ method, path }) => `${method} ${path}` === 'POST /v2/resource_instances');
        expect(created).toHaveLength(1);
      },
      { settings: NO_WAIT },
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import { exitOfApply } from '../../src/cli/exit.ts';
import type { IamPolicy } from '../../src/cloud/iam-policies/shapes.ts';
import { toObserved } from '../../src/kinds/authorization/facts.ts';
import { liveWorld } from '../helpers/console.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { authorize } from '../helpers/platform.ts';
import { snapshotOf } from '../helpers/snapshot.ts';

/** The main job made by another stack's hands, then every mark taken away: what a console or Terraform would leave. */
async function unmarked(keystead: Keystead): Promise<void> {
  await keystead.write(lakehouse);
  await keystead.apply();
  await keystead.write(lakehouse.replaceAll(/^ {2}([a-z-]+):(.*)$/gm, forgotten));
  await keystead.apply();
  // Longer ago than an hour: nobody takes these for marks that got lost.
  keystead.emulator.clock.advance(7_200_000);
  await keystead.write(lakehouse);
}

/** `state: forgotten` for every resource but the ring, which carries no mark. */
function forgotten(line: string, name: string, rest: string): string {
  if (name === 'lakehouse' && rest !== '') return line;
  return rest === '' ? `${line}\n    state: forgotten` : `  ${name}: { state: forgotten }`;
}

const lines = async (keystead: Keystead, allow: readonly string[] = []) =>
  (await keystead.plan({ allow })).plan.changes.map(
    ({ address, verb, status }) => `${address} ${verb} ${status.is === 'blocked' ? status.code : status.is}`,
  );

describe('what exists and is not ours', () => {
  test('is blocked, and pasting the remedy adopts it: only marks are set, and then nothing is left to do', async () => {
    await withKeystead(async (keystead) => {
      await unmarked(keystead);
      const blocked = (await keystead.plan()).plan.changes;
      expect(blocked.map(({ status }) => (status.is === 'blocked' ? status.code : status.is))).toEqual(
        Array(4).fill('UNMARKED'),
      );
      const allow = blocked.flatMap(({ status }) => (status.is === 'blocked' ? (status.allow ?? []) : []));
      expect(allow).toContain('adopt:key.dv-root');
      const before = keystead.emulator.requests().length;
      const { outcomes } = await keystead.apply({ allow });
      expect(outcomes.map(({ verb, is }) => `${verb} ${is}`)).toEqual(Array(4).fill('adopt done'));
      const sent = keystead.emulator.requests().slice(before);
      const writes = sent.filter(({ method, path }) => method !== 'GET' && !/token|search/.test(path));
      expect(writes.map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/g, '…')}`).sort()).toEqual([
        'POST /api/v2/keys/…/aliases/keystead_prod_dv-root',
        'POST /v3/tags/attach',
        'POST /v3/tags/attach',
        'PUT /v2/policies/…',
      ]);
      expect(await lines(keystead)).toEqual([]);
    });
  });

  test('is adopted one by one, or all at once; what differs is a second, visible change', async () => {
    await withKeystead(async (keystead) => {
      await unmarked(keystead);
      await keystead.write(lakehouse.replace('worker_count: "3"', 'worker_count: "5"'));
      expect(await lines(keystead, ['adopt:deployment.lakehouse'])).toEqual([
        'key-protect-instance.vault adopt UNMARKED',
        'key.dv-root adopt UNMARKED',
        'authorization.dv-reads-vault adopt UNMARKED',
        'deployment.lakehouse adopt deferred',
        'deployment.lakehouse update deferred',
      ]);
      const { outcomes } = await keystead.apply({ allow: ['adopt'] });
      expect(outcomes.map(({ address, verb, is }) => `${address} ${verb} ${is}`).slice(-2)).toEqual([
        'deployment.lakehouse adopt done',
        'deployment.lakehouse update done',
      ]);
      expect(await lines(keystead)).toEqual([]);
    });
  });

  test('has no room for a mark on a key with five aliases', async () => {
    await withKeystead(async (keystead) => {
      await unmarked(keystead);
      const { snapshot } = await keystead.plan();
      const crn =
        [...snapshot.live.all()].find(({ name, kind }) => name === 'dv-root' && kind === 'key')?.id.split(':') ?? [];
      const headers = { 'Bluemix-Instance': crn[7] ?? '' };
      for (const alias of ['a1', 'a2', 'a3', 'a4', 'a5']) {
        await keystead.api('POST', `/api/v2/keys/${crn[9]}/aliases/${alias}`, { headers });
      }
      expect(await lines(keystead, ['adopt'])).toContain('key.dv-root adopt MARK_FULL');
    });
  });
});

describe('what somebody makes between a plan and its apply', () => {
  test.each([
    ['without a mark', 'by hand', 'UNMARKED'],
    ['with the mark of another stack', 'theirs [keystead:other/reads]', 'FOREIGN_MARK'],
  ])('%s is no twin: the create is stale, and the next plan says what it met', async (_title, description, code) => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply({ target: ['key.dv-root'] });
      const [, , , , , , , vault = ''] = liveWorld(keystead.emulator).keys[0]?.crn.split(':') ?? [];
      const applied = await keystead.apply({
        between: () => authorize(keystead.api, { instance: vault, description }),
      });
      expect(applied.outcomes.map(({ address, is }) => `${address} ${is}`)).toEqual([
        'authorization.dv-reads-vault stale',
        'deployment.lakehouse skipped',
      ]);
      expect(exitOfApply(applied, new AbortController().signal)).toBe(7);
      expect(liveWorld(keystead.emulator).policies).toMatchObject([{ description }]);
      expect(await lines(keystead)).toContain(`authorization.dv-reads-vault adopt ${code}`);
    });
  });
});

describe('a policy that somebody else keeps', () => {
  const policy: IamPolicy = {
    unknown: [],
    id: 'p1',
    type: 'authorization',
    subject: { attributes: [{ key: 'serviceName', operator: 'stringEquals', value: 'data-virtualization' }] },
    resource: { attributes: [{ key: 'serviceName', operator: 'stringEquals', value: 'kms' }] },
    control: { grant: { roles: [{ role_id: 'crn:v1:bluemix:public:iam::::serviceRole:Reader' }] } },
  };

  test.each<[string, Partial<IamPolicy>, string | undefined]>([
    ['a person made it', { created_by_id: 'IBMid-1' }, undefined],
    ['a template stamped it', { template: { id: 't' } }, 'a policy template'],
    [
      'a deployment made it',
      { created_by_id: 'crn:v1:bluemix:public:x:y:a/1:z::' },
      'crn:v1:bluemix:public:x:y:a/1:z::',
    ],
  ])('is known as such: %s', (_title, more, keeper) => {
    const known = snapshotOf([], {});
    expect(toObserved({ ...policy, ...more }, known).managedBy).toBe(keeper);
  });

  const shop = `
apiVersion: keystead/v1
stack: shop
account: 0123456789abcdef0123456789abcdef
defaults: { region: us-south }
keyProtectInstances: { vault: {} }
keys:
  root: { instance: vault }
deployments:
  orders:
    service: databases-for-postgresql
    plan: standard
    parameters: { backup_encryption_key_crn: { key: root } }
authorizations:
  pg: { source: databases-for-postgresql, target: vault, roles: [Reader, Authorization Delegator] }
`;

  test('a database lets Object Storage at its backup key: that is no drift, and declared it is blocked', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(shop);
      await keystead.apply();
      const made = liveWorld(keystead.emulator).policies;
      expect(made).toHaveLength(2);
      expect(await lines(keystead)).toEqual([]);
      expect((await keystead.plan({ prune: true })).plan.changes).toEqual([]);
      await keystead.write(`${shop}  cos: { source: cloud-object-storage, target: { key: root }, roles: [Reader] }\n`);
      expect(await lines(keystead, ['adopt'])).toEqual(['authorization.cos create MANAGED_ELSEWHERE']);
      await keystead.apply({ allow: ['adopt'] });
      expect(liveWorld(keystead.emulator).policies).toEqual(made);
    });
  });
});

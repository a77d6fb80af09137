import { describe, expect, test } from '@jest/globals';
import { driftAsJson, renderDrift } from '../../src/report/drift.ts';
import { keyRow, run } from '../helpers/key-life.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { at } from '../helpers/platform.ts';

const PATH = '/api/v2/instance/policies';

function vault(policies: string, more = ''): string {
  return `apiVersion: keystead/v1
stack: prod
account: 0123456789abcdef0123456789abcdef
defaults: { region: us-south }
keyProtectInstances:
  vault: { ${policies} }
${more}`;
}

/** The policies as the emulator has them: type → what it says. */
function policiesOf({ emulator }: Keystead): Readonly<Record<string, unknown>> {
  const rows = Object.values(at(emulator.state(), 'key-protect/instance-policies') ?? {});
  return Object.fromEntries(rows.map((row) => [at(row, 'type'), [at(row, 'enabled'), at(row, 'attributes')]]));
}

const reads = ({ emulator }: Keystead): number =>
  emulator.requests().filter(({ method, path }) => method === 'GET' && path === PATH).length;

describe('the policies of a Key Protect instance', () => {
  test('are not even read where none is declared', async () => {
    await withKeystead(async (keystead) => {
      await run(keystead, vault(''));
      await keystead.plan();
      expect(reads(keystead)).toBe(0);
    });
  });

  test('are set with the create, before the first key, and changed one by one', async () => {
    await withKeystead(async (keystead) => {
      const keys = 'keys:\n  root: { instance: vault }\n';
      const first = vault('policies: { rotation: { intervalMonths: 2 }, metrics: true }', keys);
      expect((await run(keystead, first)).exit).toBe(0);
      expect(policiesOf(keystead)).toEqual({ rotation: [true, { interval_month: 2 }], metrics: [true, {}] });
      expect(at(keyRow(keystead), 'rotation', 'value')).toEqual({ enabled: true, interval_month: 2 });
      expect((await keystead.plan()).plan.changes).toEqual([]);

      const second = vault('policies: { rotation: { intervalMonths: 6 }, metrics: true }', keys);
      await keystead.write(second);
      const [change] = (await keystead.plan()).plan.changes;
      expect(change?.fields).toEqual([
        {
          field: 'policies.rotation',
          before: { enabled: true, intervalMonths: 2 },
          after: { intervalMonths: 6 },
        },
      ]);
      expect((await run(keystead, second)).exit).toBe(0);
      expect(policiesOf(keystead)).toMatchObject({ rotation: [true, { interval_month: 6 }] });
      expect((await keystead.plan()).plan.changes).toEqual([]);

      const off = vault('policies: { rotation: { enabled: false }, metrics: false }', keys);
      expect((await run(keystead, off)).exit).toBe(0);
      expect(policiesOf(keystead)).toMatchObject({ rotation: [false, {}], metrics: [false, {}] });
      expect((await keystead.plan()).plan.changes).toEqual([]);
    });
  });

  test('that say which keys may be made keep the switches that nobody declares', async () => {
    await withKeystead(async (keystead) => {
      await run(keystead, vault('policies: { keyCreateImportAccess: { createStandardKey: false } }'));
      await run(keystead, vault('policies: { keyCreateImportAccess: { enforceToken: true } }'));
      expect(policiesOf(keystead)).toMatchObject({
        keyCreateImportAccess: [true, { create_standard_key: false, enforce_token: true, create_root_key: true }],
      });
      const made = vault('', 'keys:\n  secret: { instance: vault, type: standard }\n');
      await keystead.write(made);
      const [outcome] = (await keystead.apply()).outcomes;
      if (outcome?.is !== 'failed') throw new Error('it was not refused');
      expect(outcome.error.message).toContain('KEY_CREATE_IMPORT_ACCESS_ERR');
      expect(outcome.error.message).toContain('policies.keyCreateImportAccess');
    });
  });

  test('for dual authorization are stamped on new keys, but on those that are declared otherwise', async () => {
    await withKeystead(async (keystead) => {
      const keys = 'keys:\n  kept: { instance: vault }\n  free: { instance: vault, dualAuthDelete: false }\n';
      expect((await run(keystead, vault('policies: { dualAuthDelete: true }', keys))).exit).toBe(0);
      expect(at(keyRow(keystead, 'kept'), 'dualAuthDelete', 'value', 'enabled')).toBe(true);
      expect(at(keyRow(keystead, 'free'), 'dualAuthDelete', 'value', 'enabled')).toBe(false);
      expect((await keystead.plan()).plan.changes).toEqual([]);
    });
  });

  test('are told to be unreadable where the login is no Manager, and are left alone', async () => {
    await withKeystead(async (keystead) => {
      const declared = vault('policies: { metrics: true }');
      await run(keystead, declared);
      keystead.emulator.identities.add({ name: 'reader', apiKey: 'a-reader', access: [{ roles: ['Writer'] }] });
      await keystead.write(vault('policies: { metrics: false, dualAuthDelete: true }'));
      const { plan } = await keystead.plan({ apiKey: 'a-reader' });
      expect(plan.changes).toEqual([]);
      expect(plan.notes.map(({ field, text }) => `${field}: ${text}`)).toEqual([
        'policies.dualAuthDelete: not readable (needs Manager)',
        'policies.metrics: not readable (needs Manager)',
      ]);
      const drift = renderDrift(plan, { color: false });
      expect(drift).toContain('key-protect-instance.vault  policies.metrics: not readable (needs Manager)');
      expect(JSON.parse(driftAsJson(plan))).toMatchObject({ drift: false, notes: plan.notes });
    });
  });
});

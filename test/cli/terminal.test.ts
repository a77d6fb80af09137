import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { FaultRule } from '../../src/emulator/core/faults.ts';
import { keystead } from '../helpers/cli.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { withFolder } from '../helpers/folder.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { writesOf } from '../helpers/request-log.ts';
import { type Asked, hasTerminal, inTerminal } from '../helpers/terminal.ts';

describe('a plan of which only a later round could do something', () => {
  test('is not applied without an approval, even when nothing of it is ready', async () => {
    await withEmulator(
      async ({ emulator }) => {
        const tagged = lakehouse.replace('plan: enterprise', "plan: enterprise\n    tags: ['later']");
        await withFolder({ 'k.yaml': lakehouse, 'later.yaml': tagged }, async (cwd) => {
          const env = emulator.environment;
          await keystead(['apply', '--auto-approve', '--wait', '0s', 'k.yaml'], { cwd, env });
          const before = emulator.requests().length;
          const ran = await keystead(['apply', '--wait', '0s', 'later.yaml'], { cwd, env });
          expect(ran.stdout).toContain('0 to change, 0 to delete, 1 deferred.');
          expect(ran.stderr).toContain('error[NOT_APPROVED]');
          expect(ran.code).toBe(5);
          expect(writesOf(emulator.requests().slice(before))).toEqual([]);
        });
      },
      { settings: { provisioningMs: 86_400_000 } },
    );
  });
});

(hasTerminal ? describe : describe.skip)('the question of apply, in a terminal', () => {
  test.each<[string, (asked: Asked) => void, number]>([
    ['"no"', ({ type }) => type('no\r'), 0],
    ['Ctrl-C', ({ type }) => type('\u0003'), 130],
    ['Ctrl-D', ({ type }) => type('\u0004'), 0],
    ['SIGTERM', ({ kill }) => kill('SIGTERM'), 143],
  ])('%s changes nothing and says so', async (_title, answer, expected) => {
    await withEmulator(async ({ emulator }) => {
      await withFolder({ 'k.yaml': lakehouse }, async (cwd) => {
        const given = { cwd, env: emulator.environment, question: 'Only "yes"' };
        const { code, shown, restored } = await inTerminal('apply k.yaml', given, answer);
        expect(shown.trimEnd()).toMatch(/Nothing was changed\.$/);
        expect(shown).not.toMatch(/AbortError|^\s+at .+:\d+:\d+/m);
        expect([code, restored]).toEqual([expected, true]);
        expect(writesOf(emulator.requests())).toEqual([]);
      });
    });
  });

  test('comes after the plan, on stderr when the result is JSON', async () => {
    await withEmulator(async ({ emulator }) => {
      await withFolder({ 'k.yaml': lakehouse }, async (cwd) => {
        const given = { cwd, env: emulator.environment, question: 'Only "yes"' };
        const { shown } = await inTerminal('apply --json k.yaml > out', given, ({ type }) => type('no\r'));
        expect(shown).toMatch(/Plan: 5 to create, 0 to change, 0 to delete\.[\s\S]*Only "yes"/);
        expect(await readFile(join(cwd, 'out'), 'utf8')).toBe('');
      });
    });
  });

  test('"yes" is taken for it', async () => {
    await withEmulator(async ({ emulator }) => {
      await withFolder({ 'k.yaml': lakehouse }, async (cwd) => {
        const given = { cwd, env: emulator.environment, question: 'Only "yes"' };
        const { code, shown, restored } = await inTerminal('apply k.yaml', given, ({ type }) => type('yes\r'));
        const [, fingerprint] = /^Fingerprint: ([0-9a-f]{16})\r?$/m.exec(shown) ?? [];
        expect(shown).toContain(`Apply plan ${fingerprint} to account`);
        expect(shown).toContain('Apply complete: 5 created');
        expect([code, restored]).toEqual([0, true]);
      });
    });
  });
});

(hasTerminal ? describe : describe.skip)('apply, interrupted in a terminal after its question', () => {
  test('finishes what is in flight, begins nothing more, and leaves the terminal as it was', async () => {
    await withEmulator(
      async ({ emulator }) => {
        await withFolder({ 'k.yaml': lakehouse }, async (cwd) => {
          emulator.faults.add({ match: { method: 'POST', path: '^/v2/resource_instances$' }, delayMs: 1500 });
          const given = { cwd, env: emulator.environment, question: 'Only "yes"' };
          const { code, shown, restored } = await inTerminal('apply k.yaml', given, ({ once, type }) => {
            once('vault: creating', () => type('\u0003'));
            type('yes\r');
          });
          expect(shown).toContain('SIGINT: finishing what is in flight');
          expect(shown).toContain('Apply incomplete: 1 created, 0 changed, 0 deleted, 4 skipped.');
          expect([code, restored]).toEqual([130, true]);
        });
      }, // Where tagging may be behind a create, the create waits for it, and an interrupt leaves it unknown.
      { settings: { disposition: 'kind' } },
    );
  });
});

(hasTerminal ? describe : describe.skip)('plan, interrupted', () => {
  test.each<[string, FaultRule, NodeJS.Signals, number]>([
    ['while it reads', { match: { method: 'GET', path: '^/v2/policies$' }, delayMs: 500 }, 'SIGINT', 130],
    ['while it waits to ask again', { match: { method: 'GET', path: '^/v2/policies$' }, status: 503 }, 'SIGTERM', 143],
  ])('%s ends with the code of the signal', async (_title, fault, signal, expected) => {
    await withEmulator(async ({ emulator }) => {
      await withFolder({ 'k.yaml': lakehouse }, async (cwd) => {
        emulator.faults.add(fault);
        const given = { cwd, env: emulator.environment, question: '"msg":"request"' };
        const line = 'plan k.yaml --log-level debug';
        const { code, shown } = await inTerminal(line, given, ({ kill }) => kill(signal));
        expect(code).toBe(expected);
        expect(shown).not.toContain('Plan: ');
        expect(shown).not.toContain('BUG');
      });
    });
  });
});

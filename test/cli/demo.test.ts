import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { disposition } from '../helpers/disposition.ts';

const LONGEST_MS = 120_000;
const DAY_MS = 86_400_000;

interface Played {
  readonly code: unknown;
  readonly said: string;
  /** What it has left in its folder for temporary files. */
  readonly left: readonly string[];
  /** The URL of its emulator, which stands in the plans, and whether that still answers when the demo has ended. */
  readonly url: string;
  readonly answers: boolean;
}

interface Ways {
  readonly kill?: { readonly after: RegExp; readonly by: NodeJS.Signals };
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the built demo, and kills it once it has said something. */
async function demo({ kill, env = {} }: Ways = {}): Promise<Played> {
  const folder = await mkdtemp(join(tmpdir(), 'keystead-test-'));
  try {
    const { code, said } = await demoIn(folder, env, kill);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? '';
    const answers = await fetch(`${url}/_emulator/clock`).then(
      () => true,
      () => false,
    );
    return { code, said, left: await readdir(folder), url, answers };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function demoIn(folder: string, env: Ways['env'], kill: Ways['kill']): Promise<Pick<Played, 'code' | 'said'>> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [resolve('dist/keystead.mjs'), 'demo', '--disposition', disposition()], {
    env: { PATH, TMPDIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  let killed = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (killed || !kill?.after.test(said)) return;
    killed = true;
    child.kill(kill.by);
  });
  const [code] = await once(child, 'close');
  return { code, said };
}

function expectNothingLeft({ left, url, answers }: Played): void {
  expect({ left, answers }).toEqual({ left: [], answers: false });
  expect(url).not.toBe('');
}

/** What the demo does, in order: its commands with their exit codes, and what happens outside; each with what it shows. */
const script: readonly (readonly [string, unknown])[] = [
  ['validate keystead.yaml (exit 3)', shows(/error\[NOT_AUTHORIZED\]/)],
  ['plan keystead.yaml --detailed-exitcode (exit 2)', shows(/^Plan: 5 to create, 0 to change, 0 to delete\.$/m)],
  ['apply keystead.yaml --auto-approve (exit 0)', shows(/^Apply complete: 5 created, /m)],
  ['plan keystead.yaml --detailed-exitcode (exit 0)', shows(/^No changes\./m)],
  ['* Somebody gives the deployment five workers in the console.', shows(/^/)],
  ['drift keystead.yaml (exit 2)', shows(/worker_count {2}5 → 3[\s\S]*^Drift: 1 resource differs/m)],
  ['apply keystead.yaml --auto-approve (exit 0)', shows(/^Apply complete: 0 created, 1 changed, 0 deleted\.$/m)],
  [
    'apply keystead.yaml --auto-approve (exit 6)',
    shows(
      /key\.dv-root .* up to 9 days after[\s\S]*^Apply incomplete: 0 created, 0 changed, 1 deleted, 2 deferred\.$/m,
    ),
  ],
  ['plan keystead.yaml (exit 0)', shows(/key\.dv-root .* at the latest \d{4}-[\s\S]* 0 to delete, 2 deferred\.$/m)],
  ["* Nine days later (the emulator's clock is moved):", shows(/^/)],
  ['apply keystead.yaml --auto-approve (exit 0)', shows(/^Apply complete: 0 created, 0 changed, 2 deleted\.$/m)],
  ['apply reports.yaml --auto-approve (exit 0)', shows(/^Apply complete: 3 created, /m)],
  ['apply reports.yaml --auto-approve (exit 5)', shows(/blocked \[CONSENT_NEEDED\][\s\S]*"reports" {2}data-virt/)],
  [
    'plan reports.yaml --allow cryptoshred:key.reports-root (exit 0)',
    shows(
      /cannot be undone[\s\S]*"reports" {2}data-virt[\s\S]*^Fingerprint: [0-9a-f]{16}$[\s\S]*, 1 to cryptoshred\.$/m,
    ),
  ],
  [
    'apply reports.yaml --auto-approve --allow cryptoshred:key.reports-root --expect … (exit 0)',
    shows(/^Apply complete: 0 created, 0 changed, 0 deleted, 1 cryptoshredded\.$/m),
  ],
  ['* What the service itself says of its deployment:', shows(/"reports" {2}locked since .*: its key is destroyed$/m)],
  ['* A minute later somebody wants it back.', shows(/^/)],
  ['drift reports.yaml (exit 2)', shows(/\^ key\.reports-root[\s\S]*can be restored until/)],
  [
    'apply reports.yaml --auto-approve --allow restore:key.reports-root (exit 0)',
    shows(/^Apply complete: 0 created, 0 changed, 0 deleted, 1 restored\.$/m),
  ],
  ['* What the service itself says of its deployment:', shows(/"reports" {2}not locked$/m)],
];

function shows(text: RegExp): unknown {
  return expect.stringMatching(text);
}

/** Each step as the demo names it, and what it has shown. */
function stepsIn(said: string): readonly (readonly [string, string])[] {
  return said
    .split(/^(?=\$ |\* )/m)
    .slice(1)
    .map((text) => {
      const first = text.slice(0, text.indexOf('\n')).replace(/^\$ keystead /, '');
      const exit = /^\(exit \d+\)$/m.exec(text)?.[0];
      return [exit === undefined ? first : `${first} ${exit}`, text];
    });
}

describe('the demo', () => {
  // Side by side, since where the emulator is harsh they wait for most of their time.
  const plays: Record<string, Promise<Played>> = {};
  beforeAll(() => {
    const endedBy = (by: NodeJS.Signals) => demo({ kill: { after: /^Plan: 5 to create/m, by } });
    plays['plain'] = demo();
    plays['coloured'] = demo({ env: { FORCE_COLOR: '1' } });
    plays['SIGINT'] = endedBy('SIGINT');
    plays['SIGTERM'] = endedBy('SIGTERM');
  });
  const played = async (name: string): Promise<Played> => {
    const play = await plays[name];
    if (play === undefined) throw new Error(`nothing plays ${name}`);
    return play;
  };

  test(
    'plays every scene as told, and leaves no folder and no process behind',
    async () => {
      const play = await played('plain');
      const { code, said } = play;
      const steps = stepsIn(said);
      expect(steps.map(([step]) => step.replace(/--expect [0-9a-f]{16}/, '--expect …'))).toEqual(
        script.map(([step]) => step),
      );
      for (const [index, [step, shown]] of script.entries()) expect([step, steps[index]?.[1]]).toEqual([step, shown]);
      // What waits has its date, and is gone when that has come; what is shredded is what was reviewed.
      const [, deleted = '', latest = ''] = /deleted (\S+)\)[\s\S]*at the latest (\S+)$/m.exec(said) ?? [];
      expect(Date.parse(latest) - Date.parse(deleted)).toBe(9 * DAY_MS);
      const locked = /locked since (\S+):/.exec(said)?.[1] ?? '';
      expect(locked > latest).toBe(true);
      const reviewed = /cryptoshred\.\n\(exit 0\)/.exec(said)?.index ?? 0;
      const fingerprint = said
        .slice(0, reviewed)
        .match(/(?<=^Fingerprint: )\S+$/gm)
        ?.at(-1);
      expect(said).toContain(`--expect ${fingerprint}\n`);
      // An edit is shown as what it adds or takes out, after the line before it; a plan that is said twice is shown once.
      expect(said).toContain('reports.yaml\n      reports-root:\n  +     state: absent\n  +     cryptoshred: true\n\n');
      expect(said).toContain('reports.yaml\n      reports-root:\n  -     state: absent\n  -     cryptoshred: true\n\n');
      expect(said).toContain('keystead.yaml\n  + authorizations:\n  +   dv-reads-vault:\n');
      expect(said).toContain('      dv-root:\n  +     state: absent\n      dv-reads-vault:\n  +     state: absent\n');
      const again = said.split('(the plan above once more)\n\n').slice(1);
      expect(again.map((text) => text.slice(0, text.indexOf('\n')))).toEqual([
        'key-protect-instance.vault: creating…',
        'key.reports-root: cryptoshredding…',
      ]);
      expect(code).toBe(0);
      expectNothingLeft(play);
    },
    LONGEST_MS,
  );

  test(
    'plays the same in colour, as on a terminal',
    async () => {
      const { code, said } = await played('coloured');
      expect(said).toContain('\u001b[');
      const steps = stepsIn(stripVTControlCharacters(said)).map(([step]) => step);
      expect(steps.map((step) => step.replace(/--expect [0-9a-f]{16}/, '--expect …'))).toEqual(
        script.map(([step]) => step),
      );
      expect(code).toBe(0);
    },
    LONGEST_MS,
  );

  test.each<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])(
    'ended by %s ends with %i, and leaves nothing behind either',
    async (by, ends) => {
      const play = await played(by);
      expect(play.code).toBe(ends);
      expect(play.said).not.toContain('Every step ended as told');
      expectNothingLeft(play);
    },
    LONGEST_MS,
  );
});

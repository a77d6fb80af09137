import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { drawProgress } from '../../src/cli/progress.ts';
import type { Change, Plan } from '../../src/model/change.ts';
import { allVerbs, isDeletion, isEdit, isRemoval, rowOf, stepsOf, type Verb } from '../../src/model/verbs.ts';
import { renderResult } from '../../src/report/outcome.ts';
import { planAsJson, summaryLine } from '../../src/report/plan/summary.ts';
import { renderChange } from '../../src/report/plan/text.ts';
import { changeOf, planOfChanges } from '../helpers/plans.ts';

const changeTo = (verb: Verb): Change => changeOf('toy.bear', verb);

const planTo = (verb: Verb): Plan => planOfChanges([changeTo(verb)]);

/** Whatever tells of verbs, beside the kinds. */
const parts = ['report/plan/text.ts', 'report/plan/summary.ts', 'report/outcome.ts', 'model/consent.ts'];
type Told = typeof import('../../src/report/plan/text.ts') &
  typeof import('../../src/report/plan/summary.ts') &
  typeof import('../../src/report/outcome.ts') &
  typeof import('../../src/model/consent.ts');

describe.each(allVerbs)('%s is told', (verb) => {
  const { sign, doing, done, counted = verb } = rowOf(verb);

  test("in a plan's text, its last line and its JSON", () => {
    expect(renderChange(changeTo(verb), (_style, text) => text)).toMatch(new RegExp(`^ {2}[${sign}]+ toy\\.bear`));
    expect(summaryLine(planTo(verb))).toContain(`1 to ${counted}`);
    expect(JSON.parse(planAsJson(planTo(verb)))).toMatchObject({ summary: { [counted]: 1, blocked: 0 } });
  });

  test('as it is done, and when all is done', () => {
    const lines: string[] = [];
    const tell = drawProgress(
      (line) => lines.push(line),
      () => 0,
    );
    const outcome = { address: 'toy.bear', verb, is: 'done' } as const;
    tell({ type: 'started', address: 'toy.bear', verb });
    tell({ type: 'ended', outcome });
    expect(lines).toEqual([`toy.bear: ${doing}…\n`, `toy.bear: ${done}\n`]);
    const result = { outcomes: [outcome], deferred: [], blocked: [], unreviewed: [], outside: [] };
    expect(renderResult(result, { color: false })).toMatch(new RegExp(`^Apply complete: .*\\b1 ${done}\\b`, 'm'));
  });

  test("in the plan's schema", () => {
    const schema: unknown = JSON.parse(readFileSync('schemas/plan.schema.json', 'utf8'));
    expect(schema).toMatchObject({ definitions: { verb: { enum: expect.arrayContaining([verb]) } } });
  });
});

describe('the table of verbs', () => {
  test('gives each verb a place of its own in the order, and words of its own', () => {
    for (const column of ['order', 'doing', 'done'] as const) {
      expect(new Set(allVerbs.map((verb) => rowOf(verb)[column])).size).toBe(allVerbs.length);
    }
  });

  test('sorts verbs by what they leave: what ends is no edit, and what cannot be undone is a deletion', () => {
    for (const verb of allVerbs) {
      expect(isRemoval(verb) && isEdit(verb)).toBe(false);
      expect(isDeletion(verb) || !rowOf(verb).irreversible).toBe(true);
      expect(stepsOf(verb).every((step) => stepsOf(step).length === 1)).toBe(true);
    }
    expect(allVerbs.filter((verb) => isRemoval(verb) && !isDeletion(verb))).toEqual(['forget']);
    expect(stepsOf('replace')).toEqual(['create', 'delete']);
  });

  test('is the only list of verbs: a new row is all that a new verb costs, beside the kinds that have it', () => {
    const verb = `'(?:${allVerbs.join('|')})'`;
    const inARow = new RegExp(`(?:${verb}(?:[\\s,|:]|case )+){2}${verb}`);
    const keys = new RegExp(`^\\s+(?:${allVerbs.join('|')}): `, 'gm');
    const lists = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/^(?:emulator|cloud|cli\/demo|kinds\/[^/]+)\/|\.gen\.ts$/.test(file))
      .filter((file) => {
        const text = readFileSync(join('src', file), 'utf8');
        return inARow.test(text) || new Set(text.match(keys)).size > 2;
      });
    expect(lists).toEqual(['model/verbs.ts']);
  });

  test('needs no more than a row for a verb that has no kind yet', async () => {
    const row = "scale: { sign: '*', style: 'cyan', doing: 'scaling', done: 'scaled', order: 14, edits: true,";
    const consent = "consent: { when: 'used', help: 'scale what is in use' } },";
    const withRow = (source: string) => source.replace('const verbs = {', `$&\n${row}\n${consent}`);
    const { outputFiles } = await build({
      stdin: { contents: parts.map((part) => `export * from './src/${part}';`).join('\n'), resolveDir: '.' },
      ...({ bundle: true, platform: 'node', format: 'esm', write: false } as const),
      plugins: [
        {
          name: 'a verb more',
          setup: ({ onLoad }) =>
            onLoad({ filter: /model\/verbs\.ts$/ }, ({ path }) => ({
              contents: withRow(readFileSync(path, 'utf8')),
              loader: 'ts',
            })),
        },
      ],
    });
    const told: Told = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`);
    const plan: Plan = JSON.parse(JSON.stringify(planTo('update')).replace('"update"', '"scale"'));
    const [change = changeTo('update')] = plan.changes;
    const { address, verb } = change;
    const result = { outcomes: [{ address, verb, is: 'done' } as const], deferred: [], blocked: [], unreviewed: [] };
    expect(told.renderChange(change, (_style, text) => text)).toBe('  * toy.bear');
    expect(told.summaryLine(plan)).toBe('Plan: 1 to scale, 0 to create, 0 to change, 0 to delete.');
    expect(told.renderResult({ ...result, outside: [] }, { color: false })).toMatch(/^Apply complete: 1 scaled, /);
    expect(told.refusalOf('scale:toy.bear')).toBeUndefined();
    expect(told.consentHelp).toContainEqual(['scale:ADDRESS', 'scale what is in use']);
  });
});

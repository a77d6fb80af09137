import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { drawProgress } from '../../src/cli/progress.ts';
import type { Change, Plan } from '../../src/model/change.ts';
import { allVerbs, isDeletion, isEdit, isRemoval, rowOf, stepsOf, type Verb } from '../../src/model/verbs.ts';
import { renderResult } from '../../src/report/outcome.ts';
import { planAsJson, summaryLine } from '../../src/report/plan/summary.ts';
import { renderChange } from '../../src/report/plan/text.ts';

const changeOf = (verb: Verb): Change => ({
  address: 'toy.bear',
  verb,
  because: 'differs',
  fields: [],
  after: [],
  status: { is: 'ready' },
});

const planOf = (verb: Verb): Plan => ({
  formatVersion: 1,
  stack: 'prod',
  account: '0123456789abcdef0123456789abcdef',
  endpoints: 'public',
  targets: [],
  desired: [],
  changes: [changeOf(verb)],
  outside: [],
  notes: [],
  settling: [],
  impaired: [],
  posture: [],
  finished: [],
  orphans: [],
  consents: [],
  fingerprint: '0123456789abcdef',
  checksum: '0123456789abcdef',
});

describe.each(allVerbs)('%s is told', (verb) => {
  const { sign, doing, done, counted = verb } = rowOf(verb);

  test("in a plan's text, its last line and its JSON", () => {
    expect(renderChange(changeOf(verb), (_style, text) => text)).toMatch(new RegExp(`^ {2}[${sign}]+ toy\\.bear`));
    expect(summaryLine(planOf(verb))).toContain(`1 to ${counted}`);
    expect(JSON.parse(planAsJson(planOf(verb)))).toMatchObject({ summary: { [counted]: 1, blocked: 0 } });
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
});

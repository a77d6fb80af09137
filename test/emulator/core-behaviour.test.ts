import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const here = import.meta.dirname;

test('every rule in BEHAVIOUR.md names its source and a test that is there', () => {
  const tests = [here, join(here, '../conformance')]
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(file, 'utf8').replaceAll("\\'", "'"))
    .join('\n');
  const text = readFileSync(join(here, '../../src/emulator/BEHAVIOUR.md'), 'utf8');
  const rules = text.split('\n').filter((line) => line.startsWith('- '));
  expect(rules.length).toBeGreaterThan(20);
  const wrong = rules.filter((line) => {
    const parts = line.split(' · ');
    return parts.length !== 3 || !tests.includes(parts[2] ?? '');
  });
  expect(wrong).toEqual([]);
});

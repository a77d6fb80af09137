import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from '@jest/globals';

/** Whether this run rewrites what is expected (`npm run golden`). */
export const isGoldenWritten = process.env['KEYSTEAD_GOLDEN'] === 'write';

/** Compares a report with test/golden/<name>.txt, or writes that file under `npm run golden`. */
export function expectGolden(name: string, text: string): void {
  const file = new URL(`../golden/${name}.txt`, import.meta.url).pathname;
  if (isGoldenWritten) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, 'utf8'));
}

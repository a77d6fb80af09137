import type { Disposition } from '../../src/emulator/core/settings.ts';

/** A whole run may be at one: `KEYSTEAD_DISPOSITION`. */
function wholeRun(): Disposition | undefined {
  const wish = process.env['KEYSTEAD_DISPOSITION'];
  if (wish === undefined || wish === 'kind' || wish === 'harsh') return wish;
  throw new Error(`KEYSTEAD_DISPOSITION must be kind or harsh, not ${wish}`);
}

let chosen: Disposition = 'kind';

/** For the test file that is to run: test files share modules (.ci/jest-runtime.cjs). */
export function chooseDisposition(one: Disposition, { always = false } = {}): void {
  chosen = always ? one : (wholeRun() ?? one);
}

/** How emulators of tests take what sources leave open. */
export function disposition(): Disposition {
  return chosen;
}

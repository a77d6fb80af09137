import { afterEach } from '@jest/globals';
import { running } from './running.ts';

// A test that timed out fails at its next request, instead of running beside the next test.
afterEach(async () => {
  await Promise.all([...running.values()].map((emulator) => emulator.close()));
});

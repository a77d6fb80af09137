import { expect, test } from '@jest/globals';
import { withEmulator } from '../helpers/emulator.ts';
import { contract } from './contract.ts';
import { openEmulator, openIbmCloud } from './target.ts';

contract('the emulator', openEmulator);

test('another account is refused before anything is asked of it', async () => {
  await withEmulator(async ({ emulator }) => {
    const opened = openIbmCloud('keystead-emulator', 'f'.repeat(32), emulator.environment);
    await expect(opened).rejects.toThrow('nothing was asked');
    expect(emulator.requests().map(({ path }) => path)).toEqual(['/identity/token']);
  });
});

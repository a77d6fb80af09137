import { expect, test } from '@jest/globals';
import { withEmulator } from '../helpers/emulator.ts';
import { account, list, text } from '../helpers/platform.ts';
import { openBench } from './bench.ts';
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

test('a bench that cannot be set up leaves no resource group behind', async () => {
  const faults = [{ match: { method: 'POST', path: 'resource_instances' }, status: 403 }];
  await withEmulator(
    async ({ emulator, api }) => {
      const target = await openIbmCloud('keystead-emulator', account, emulator.environment);
      await expect(openBench(target)).rejects.toThrow('refused with 403');
      const groups = list((await api('GET', '/v2/resource_groups')).body, 'resources');
      expect(groups.filter((group) => text(group, 'name').startsWith('keystead-contract'))).toEqual([]);
    },
    { faults },
  );
});

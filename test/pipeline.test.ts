import { describe, expect, test } from '@jest/globals';
import { withKeystead } from './helpers/keystead.ts';
import { lakehouse } from './helpers/manifests.ts';

describe('the main job', () => {
  test('makes everything in order, and then asks for nothing', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      const { outcomes, deferred, blocked } = await keystead.apply();
      expect(outcomes.map(({ address, is }) => `${address} ${is}`)).toEqual([
        'key-protect-instance.vault done',
        'key-ring.lakehouse done',
        'key.dv-root done',
        'authorization.dv-reads-vault done',
        'deployment.lakehouse done',
      ]);
      expect([deferred, blocked]).toEqual([[], []]);
      expect((await keystead.plan()).plan.changes).toEqual([]);
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import { consoleOf, liveWorld } from '../helpers/console.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { account } from '../helpers/platform.ts';
import { writesOf } from '../helpers/request-log.ts';

const BUCKET = `crn:v1:bluemix:public:cloud-object-storage:global:a/${account}:5b1c2d3e-0000-4000-8000-000000000001:bucket:archive`;
const shredding = lakehouse.replace(
  '    instance: vault\n    ring',
  '    state: absent\n    cryptoshred: true\n    instance: vault\n    ring',
);
const allow = ['cryptoshred:key.dv-root'];

async function shredWhile(keystead: Keystead, meanwhile: () => void): Promise<readonly (string | undefined)[]> {
  await keystead.write(lakehouse);
  await keystead.apply();
  await keystead.write(shredding);
  const before = keystead.emulator.requests().length;
  const { outcomes } = await keystead.apply({
    allow,
    meanwhile: ({ type }) => (type === 'started' ? meanwhile() : undefined),
  });
  expect(liveWorld(keystead.emulator).keys.map(({ state }) => state)).not.toContain(5);
  expect(writesOf(keystead.emulator.requests().slice(before)).filter((line) => line.startsWith('DELETE'))).toEqual([]);
  return outcomes.map((outcome) => (outcome.is === 'stale' ? outcome.reason : outcome.is));
}

describe('just before a key is destroyed for good', () => {
  test('whoever uses it by now and was not reviewed saves it', async () => {
    await withKeystead(async (keystead) => {
      const key = () => liveWorld(keystead.emulator).keys[0]?.crn ?? '';
      const ended = await shredWhile(
        keystead,
        () => void keystead.emulator.services.register({ key: key(), resource: BUCKET }),
      );
      expect(ended).toEqual([`${BUCKET} uses it by now`]);
    });
  });

  test('another volume of a user that was reviewed does not', async () => {
    await withKeystead(async (keystead) => {
      const { emulator } = keystead;
      const grow = () => {
        const { keys, instances } = liveWorld(emulator);
        const { crn = '' } = instances.find(({ name }) => name === 'lakehouse') ?? {};
        emulator.services.register({ key: keys[0]?.crn ?? '', resource: `${crn}/agentid=pvc-1` });
      };
      await keystead.write(lakehouse);
      await keystead.apply();
      await keystead.write(shredding);
      const meanwhile = ({ type }: { readonly type: string }) => (type === 'started' ? grow() : undefined);
      const { outcomes } = await keystead.apply({ allow, meanwhile });
      expect(outcomes.map(({ is }) => is)).toEqual(['done']);
    });
  });
});

test('a key that somebody disabled between two runs of a consent is another key to the consent', async () => {
  await withKeystead(async (keystead) => {
    await keystead.write(lakehouse);
    await keystead.apply();
    await keystead.write(shredding);
    const { plan } = await keystead.plan({ allow });
    expect(plan.changes).toMatchObject([{ verb: 'cryptoshred', target: { state: 'active' } }]);
    await consoleOf(keystead.emulator, keystead.api).disableKey('dv-root');
    expect((await keystead.plan({ allow })).plan.changes).toMatchObject([
      {
        verb: 'cryptoshred',
        target: { state: 'it is disabled: nothing under it can be read or written until `enabled: true`' },
      },
    ]);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { Planned } from '../../src/pipeline.ts';
import { fingerprintOf } from '../../src/plan/fingerprint.ts';
import { unreviewedIn } from '../../src/plan/reviewed.ts';
import { type Console, consoleOf, liveWorld } from '../helpers/console.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { account, authorize, list, text } from '../helpers/platform.ts';

const DAY_MS = 86_400_000;
const BUCKET = `crn:v1:bluemix:public:cloud-object-storage:global:a/${account}:5b1c2d3e-0000-4000-8000-000000000001:bucket:archive`;

/** Something to update in two resources. */
const updating = lakehouse.replace('worker_count: "3"', 'worker_count: "4"').replace('[Reader]', '[Reader, Writer]');
/** The deployment goes; its key waits until nobody is registered. */
const ending = lakehouse
  .replace('    service: data-virt', '    state: absent\n    service: data-virt')
  .replace('    instance: vault\n    ring', '    state: absent\n    instance: vault\n    ring');
const shredding = ending.replace('state: absent\n    instance', 'state: absent\n    cryptoshred: true\n    instance');

const afresh = (work: (keystead: Keystead) => Promise<void>) =>
  withKeystead(work, { settings: { registrationLingerMs: 9 * DAY_MS } });

/** The main job done, then another manifest. */
async function planned(
  manifest: string,
  allow: readonly string[],
  work: (given: {
    readonly keystead: Keystead;
    readonly console: Console;
    readonly now: () => Promise<Planned>;
  }) => Promise<void>,
): Promise<void> {
  await afresh(async (keystead) => {
    await keystead.write(lakehouse);
    await keystead.apply();
    await keystead.write(manifest);
    const console = consoleOf(keystead.emulator, keystead.api);
    await work({ keystead, console, now: () => keystead.plan({ allow }) });
  });
}

/** Something that happens between two plans. */
type Event = (keystead: Keystead, console: Console) => unknown;

const keyPath = ({ emulator }: Keystead) => {
  const [vault = '', , id = ''] = liveWorld(emulator).keys[0]?.crn.split(':').slice(7) ?? [];
  return { path: `/api/v2/keys/${id}`, headers: { 'Bluemix-Instance': vault } };
};

const rotates: Event = async (keystead) => {
  const { path, headers } = keyPath(keystead);
  keystead.emulator.clock.advance(DAY_MS);
  expect((await keystead.api('POST', `${path}/actions/rotate`, { headers })).status).toBe(204);
};
const scales: Event = async ({ api, emulator }) => {
  // All that is set: shown are the parameters of the last request alone.
  const parameters = { worker_count: '3', memory_gb: '64' };
  const { crn = '' } = liveWorld(emulator).instances.find(({ name }) => name === 'lakehouse') ?? {};
  const path = `/v2/resource_instances/${encodeURIComponent(crn)}`;
  expect((await api('PATCH', path, { body: { parameters } })).status).toBe(202);
};
const registers: Event = ({ emulator }) =>
  emulator.services.register({ key: liveWorld(emulator).keys[0]?.crn ?? '', resource: BUCKET });
/** Services such as Cloud Databases register each volume; adding a member adds some. */
const grows: Event = ({ emulator }) => {
  const { keys, instances } = liveWorld(emulator);
  const { crn = '' } = instances.find(({ name }) => name === 'lakehouse') ?? {};
  const key = keys[0]?.crn ?? '';
  for (const volume of [1, 2]) emulator.services.register({ key, resource: `${crn}/agentid=pvc-${volume}` });
};
const touches: Event = async ({ api }) => {
  const { body } = await api('GET', `/v2/policies?account_id=${account}&type=authorization`);
  const [policy] = list(body, 'policies');
  const path = `/v2/policies/${text(policy, 'id')}`;
  const read = await api('GET', path);
  const etag = read.headers.get('etag') ?? '';
  const written = await api('PUT', path, { body: read.body, headers: { 'If-Match': etag } });
  expect([written.status, written.headers.get('etag')]).toEqual([200, expect.not.stringMatching(etag)]);
};

const shred = ['cryptoshred:key.dv-root'];

describe('a fingerprint stays the same', () => {
  test.each<[string, string, readonly string[], Event]>([
    ['when nothing happens', updating, [], () => undefined],
    ['when a policy rotates the key', updating, [], rotates],
    ['when a service scales by itself what nobody declared', updating, [], scales],
    [
      'when somebody adds a policy of their own',
      updating,
      [],
      ({ api }) => authorize(api, { service: 'cloudantnosqldb' }),
    ],
    ['when a policy is written as it was, with a new ETag', updating, [], touches],
    ['when days pass', updating, [], ({ emulator }) => emulator.clock.advance(40 * DAY_MS)],
    ['when the dates of a wait become known', ending, [], (_, console) => console.deleteDeployment('lakehouse')],
    ['when a key that is destroyed for good is rotated', shredding, shred, rotates],
    ['when a user of a key that is destroyed for good registers more volumes', shredding, shred, grows],
  ])('%s', async (title, manifest, allow, happens) => {
    await planned(manifest, allow, async ({ keystead, console, now }) => {
      const { plan: before } = await now();
      expect(before.changes.length).toBeGreaterThan(0);
      await happens(keystead, console);
      const { plan: after } = await now();
      // The deployment's own deletion is done by then.
      const own = title.includes('dates') ? ['deployment.lakehouse'] : [];
      const left = before.changes.filter(({ address }) => !own.includes(address));
      expect(after.fingerprint).toBe(fingerprintOf(before.account, left));
    });
  });
});

describe('a fingerprint changes', () => {
  test.each<[string, string, readonly string[], Event]>([
    ['when a field that is changed has another live value', updating, [], (_, c) => c.setWorkers('lakehouse', '9')],
    ['when another resource is changed too', updating, [], (_, c) => c.untag('vault', 'keystead:prod.vault')],
    ['when a change is not needed any more', updating, [], (_, c) => c.setWorkers('lakehouse', '4')],
    ['when another verb is asked for', updating, [], (_, c) => c.deleteAuthorizations()],
    [
      'when something must be brought back first',
      updating,
      ['restore:deployment.lakehouse'],
      (_, c) => c.deleteDeployment('lakehouse'),
    ],
    ['when somebody else registers on a key whose deletion waits', ending, [], registers],
    ['when somebody else uses a key that is destroyed for good', shredding, shred, registers],
    ['when a key that is destroyed for good is in another state', shredding, shred, (_, c) => c.disableKey('dv-root')],
  ])('%s', async (title, manifest, allow, happens) => {
    await planned(manifest, allow, async ({ keystead, console, now }) => {
      const { plan: before } = await now();
      await happens(keystead, console);
      const after = await now();
      expect(after.plan.fingerprint).not.toBe(before.fingerprint);
      // A saved plan still holds where less is left to do, or a deletion waits for more.
      expect(unreviewedIn(after, before).length > 0).toBe(!/not needed|waits/.test(title));
    });
  });

  test('when what was blocked is consented to: then it is done', async () => {
    await planned(shredding, [], async ({ keystead, now }) => {
      const { plan: blocked } = await now();
      const consented = await keystead.plan({ allow: shred });
      expect(consented.plan.fingerprint).not.toBe(blocked.fingerprint);
      expect(unreviewedIn(consented, blocked).map(({ verb }) => verb)).toEqual(['cryptoshred']);
    });
  });

  test('with the account, and not with the order of changes', async () => {
    await planned(updating, [], async ({ now }) => {
      const { account: own, changes, fingerprint } = (await now()).plan;
      expect(fingerprintOf(own, [...changes].reverse())).toBe(fingerprint);
      expect(fingerprintOf('ffffffffffffffffffffffffffffffff', changes)).not.toBe(fingerprint);
    });
  });
});

test('what is left of a plan of which some was done is what was reviewed', async () => {
  await afresh(async (keystead) => {
    await keystead.write(lakehouse);
    const { plan: reviewed } = await keystead.plan();
    await keystead.apply({ target: ['key.dv-root'] });
    const left = await keystead.plan();
    expect(left.plan.changes.map(({ address }) => address)).toEqual([
      'authorization.dv-reads-vault',
      'deployment.lakehouse',
    ]);
    expect(unreviewedIn(left, reviewed)).toEqual([]);
    await keystead.write(lakehouse.replace('worker_count: "3"', 'worker_count: "4"'));
    expect(unreviewedIn(await keystead.plan(), reviewed).map(({ address }) => address)).toEqual([
      'deployment.lakehouse',
    ]);
  });
});

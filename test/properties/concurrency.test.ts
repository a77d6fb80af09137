import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { FaultRule } from '../../src/emulator/core/faults.ts';
import type { Change } from '../../src/model/change.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { PlanInput } from '../../src/model/plan-input.ts';

import { liveWorld } from '../helpers/console.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { authorize, createKey, createVault, encrypted, text } from '../helpers/platform.ts';
import { property } from '../helpers/property.ts';
import { type Finish, race } from '../helpers/race.ts';

const DAY_MS = 86_400_000;

const more = lakehouse.replace('keyRings:\n', 'keyRings:\n  spare: { instance: vault }\n');
/** What two people may want of the main job at the same time. */
const versions = [
  more,
  more.replace('[Reader]', '[Reader, Writer]').replace('worker_count: "3"', 'worker_count: "4"'),
  more
    .replace('ring: lakehouse', 'ring: spare\n    aliases: [root-of-dv]')
    .replace('intervalMonths: 3', 'intervalMonths: 6'),
  more.replace('[Reader]', '[Manager]').replace('worker_count: "3"', 'worker_count: "5"'),
] as const;
const absent = more.replace('stack: prod', 'stack: prod\nstate: absent');

/** The same without what may have twins, so that nothing hides how the rest ends. */
const withoutTwins = (manifest: string): string => manifest.replace(/^deployments:\n(?: .*\n)*/m, '');

const starts = ['nothing', 'vault', 'made', 'unmarked'] as const;
type Start = (typeof starts)[number];

async function wantedOf(keystead: Keystead, manifest: string): Promise<PlanInput> {
  await keystead.write(manifest);
  const { wanted, problems } = await keystead.validate();
  if (wanted === undefined) throw new Error(JSON.stringify(problems));
  return wanted;
}

/** Made by hand, with marks or without, so that a race costs little but itself: there is always something left to do. */
async function begin({ api, emulator }: Keystead, start: Start): Promise<void> {
  if (start === 'nothing') return;
  const vault = await createVault(api);
  const attach = async (crn: string, name: string) => {
    const body = { resources: [{ resource_id: crn }], tag_names: [`keystead:prod.${name}`] };
    expect((await api('POST', '/v3/tags/attach?tag_type=user', { body })).status).toBe(200);
  };
  if (start !== 'unmarked') await attach(vault.crn, 'vault');
  if (start === 'vault') return;
  const key = await createKey(api, vault.guid, { name: 'dv-root' });
  const mark = start === 'made' ? ' [keystead:prod/dv-reads-vault]' : '';
  await authorize(api, { instance: vault.guid, description: `by hand${mark}` });
  const deployment = await encrypted(api, key.crn);
  if (start === 'made') {
    const headers = { 'Bluemix-Instance': vault.guid };
    expect((await api('POST', `/api/v2/keys/${key.id}/aliases/keystead_prod_dv-root`, { headers })).status).toBe(201);
    await attach(text(deployment.body, 'crn'), 'lakehouse');
  }
  // Longer ago than an hour: nobody takes what has no mark for what lost it.
  emulator.clock.advance(7_200_000);
}

const allow = ['adopt', 'delete:key-protect-instance.vault', 'deletes:9'];

/** Where and when a request is held up, so that the rivals meet in ever other places. */
const delays: fc.Arbitrary<readonly FaultRule[]> = fc.array(
  fc.record({
    match: fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
      path: fc.constantFrom('/v2/resource_instances', '/api/v2/key', '/v2/policies', '/v3/tags', '/v3/resources'),
      nth: fc.integer({ min: 1, max: 6 }),
      times: fc.integer({ min: 1, max: 3 }),
    }),
    delayMs: fc.integer({ min: 1, max: 6 }),
  }),
  { maxLength: 4 },
);

const version = fc.record({ index: fc.nat(versions.length - 1), whole: fc.nat(2) }).map(({ index, whole }) => {
  const manifest = versions[index] ?? more;
  return whole === 0 ? manifest : withoutTwins(manifest);
});
const start = fc.constantFrom(...starts);

interface Race {
  readonly scene: { readonly start: Start; readonly texts: readonly [string, string] };
  readonly parallelism: readonly [number, number];
  readonly delays: readonly FaultRule[];
}

const races: fc.Arbitrary<Race> = fc.record({
  scene: fc.oneof(
    { weight: 3, arbitrary: fc.record({ start, texts: version.map((one) => [one, one] as const) }) },
    { weight: 5, arbitrary: fc.record({ start, texts: fc.tuple(version, version) }) },
    { weight: 1, arbitrary: fc.constant({ start: 'made' as const, texts: [absent, absent] as const }) },
  ),
  parallelism: fc.tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10 })),
  delays,
});

const isTwin = (outcome: Outcome): boolean => outcome.is === 'failed' && outcome.error.code === 'TWIN';

/** Everything that is not done, for a message. */
const inWords = ({ code, applied: { outcomes, blocked, unreviewed } }: Finish) => ({
  code,
  outcomes: outcomes.filter(({ is }) => is !== 'done'),
  blocked: blocked.map(({ address, status }) => [address, status]),
  unreviewed: unreviewed.map(({ address, verb, fields }) => [address, verb, fields]),
});

/** Twins are told with both CRNs, and only of what the API does not refuse. */
function expectEnds(finishes: readonly Finish[], codes: readonly number[]): void {
  for (const { applied, code } of finishes) {
    const failed = applied.outcomes.filter(({ is }) => is === 'failed' || is === 'unknown');
    expect(failed.filter((outcome) => !isTwin(outcome))).toEqual([]);
    for (const outcome of failed) {
      expect(outcome.address).toMatch(/^(key-protect-instance|deployment)\./);
      expect(outcome.is === 'failed' && new Set(outcome.error.message.match(/crn:v1:[^ ;]+/g)).size).toBe(2);
    }
    const fine = (failed.length > 0 ? [1] : codes).includes(code);
    expect([fine, fine || finishes.map(inWords)]).toEqual([true, true]);
  }
}

function expectNoTwins({ emulator }: Keystead): void {
  const { keys, policies } = liveWorld(emulator);
  const standing = keys.filter(({ state }) => state !== 5).map(({ crn, name }) => `${crn.split(':')[7]} ${name}`);
  expect(standing).toEqual([...new Set(standing)]);
  expect(policies.length).toBeLessThanOrEqual(1);
}

const rolesIn = (manifest: string): string | undefined => /roles: .*/.exec(manifest)?.[0];

/** Both planned upon the same policy and want it otherwise: one of them must have met what the other did. */
function expectNoLostUpdate(finishes: readonly Finish[]): void {
  const done = finishes
    .flatMap(({ applied }) => applied.outcomes)
    .filter(({ is, verb }) => is === 'done' && verb === 'update');
  const twice = done.filter(({ address }) => address.startsWith('authorization.')).length > 1;
  expect([twice, twice && finishes.map(({ applied }) => applied.outcomes)]).toEqual([false, false]);
}

/** Of twins somebody must choose: a run that meets them makes no third, whatever one of the two has already put into its own. */
async function expectNoThird(keystead: Keystead): Promise<void> {
  const before = liveWorld(keystead.emulator).instances;
  const { blocked } = await keystead.apply({ allow });
  expect(blocked.map(({ status }) => status.is === 'blocked' && status.code)).toContain('AMBIGUOUS');
  expect(liveWorld(keystead.emulator).instances).toEqual(before);
}

/** What is left to do after one more run; after several with days between them, where things end. */
async function converge(keystead: Keystead): Promise<readonly Change[]> {
  for (const days of [0, 10, 10, 10]) {
    keystead.emulator.clock.advance(days * DAY_MS);
    await keystead.apply({ allow });
    const { changes } = (await keystead.plan({ allow })).plan;
    if (changes.every(({ status }) => status.is !== 'deferred')) return changes;
  }
  return (await keystead.plan({ allow })).plan.changes;
}

/** How both end. */
const ends = {
  'both are done': 'often',
  'one is stale': 'often',
  'a twin is told': 'often',
  'both wait for days': 'often',
} as const;

function endOf(finishes: readonly Finish[]): keyof typeof ends {
  const codes = finishes.map(({ code }) => code);
  if (codes.includes(1)) return 'a twin is told';
  if (codes.includes(7)) return 'one is stale';
  return codes.includes(6) ? 'both wait for days' : 'both are done';
}

/** One of each end, so that none of them is left to chance. */
const examples = (
  [
    { start: 'made', texts: [more, more] },
    { start: 'made', texts: [versions[0], versions[1]] },
    { start: 'nothing', texts: [more, more] },
    { start: 'made', texts: [absent, absent] },
  ] as const
).map((scene): Race => ({ scene, parallelism: [10, 10], delays: [] }));

property(
  'two applies of one stack at the same time end in the same, as stale, or name the twin; nothing is lost, and the next apply converges',
  races,
  { runs: 200, classes: ends, examples },
  async ({ scene: { start, texts }, parallelism, delays: rules }, occurs) => {
    await withKeystead(async (keystead) => {
      await begin(keystead, start);
      const wanted = [await wantedOf(keystead, texts[0]), await wantedOf(keystead, texts[1])] as const;
      for (const rule of rules) keystead.emulator.faults.add(rule);
      const runners = wanted.map((one, index) => ({ wanted: one, parallelism: parallelism[index] ?? 1 }));
      const finishes = await race(keystead, runners, allow);
      keystead.emulator.faults.clear();
      occurs(endOf(finishes));
      // What goes may have to wait for days, whoever is first.
      expectEnds(finishes, texts[0] === absent ? [0, 6, 7] : [0, 7]);
      expectNoTwins(keystead);
      if (rolesIn(texts[0]) !== rolesIn(texts[1])) expectNoLostUpdate(finishes);
      await keystead.write(texts[0]);
      if (finishes.some(({ applied }) => applied.outcomes.some(isTwin))) return await expectNoThird(keystead);
      expect(await converge(keystead)).toEqual([]);
    });
  },
);

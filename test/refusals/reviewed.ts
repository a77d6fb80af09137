import { lakehouse } from '../helpers/manifests.ts';
import { account } from '../helpers/platform.ts';
import { blockIn, flagsIn, type Refusal, type Scene, withFlags, yamlIn } from './refusal.ts';

const MINUTE_MS = 60_000;
const APPLY = ['apply', '--auto-approve'] as const;
const BUCKET = `crn:v1:bluemix:public:cloud-object-storage:global:a/${account}:5b1c2d3e-0000-4000-8000-000000000001:bucket:archive`;

const scaled = lakehouse.replace('worker_count: "3"', 'worker_count: "4"');
const shredding = lakehouse.replace(
  '    instance: vault\n    ring',
  '    state: absent\n    cryptoshred: true\n    instance: vault\n    ring',
);
const rings = Array.from({ length: 6 }, (_, index) => `  ring-${index}: { instance: vault }\n`).join('');
const manyRings = `apiVersion: keystead/v1\nstack: prod\naccount: ${account}\ndefaults: { region: us-south }\nkeyProtectInstances:\n  vault: {}\nkeyRings:\n${rings}`;
const noRings = manyRings.replaceAll('instance: vault }', 'instance: vault, state: absent }');
const vaultOf = (stack: string): string =>
  `apiVersion: keystead/v1\nstack: ${stack}\naccount: ${account}\ndefaults: { region: us-south }\nkeyProtectInstances: { vault: {} }\n`;
/** Cloud Object Storage may read the vault, or no longer. */
const bucketReads = (roles: string) =>
  lakehouse.replace(
    'authorizations:\n',
    `authorizations:\n  cos-reads-vault: { source: cloud-object-storage, target: vault, roles: [${roles}] }\n`,
  );

/** The main job, and then as it would be after everything was made by hand. */
async function unmarked({ run, write, emulator }: Scene): Promise<void> {
  await run(...APPLY);
  await write(
    'k.yaml',
    lakehouse
      .replaceAll(/^ {4}(instance: vault\n {4}ring|source|service).*$/gm, '    state: forgotten\n$&')
      .replace('vault: {}', 'vault: { state: forgotten }'),
  );
  await run(...APPLY);
  await write('k.yaml', lakehouse);
  // Nobody takes these for what lost its mark a moment ago.
  emulator.clock.advance(7_200_000);
}

/** The plan is saved in the way that the message names, and applied. */
const saveAgain: Refusal['goOn'] = async ({ run }, printed) => {
  const flags = flagsIn(printed);
  await run('plan', ...flags);
  return await run(...APPLY, flags.at(-1) ?? '');
};

/** A plan file in which some text was changed. */
const edited =
  (from: string, to: string) =>
  async ({ run, read, write }: Scene): Promise<void> => {
    await run('plan', '--out', 'change.plan');
    await write('change.plan', (await read('change.plan')).replace(from, to));
  };

/** Reviewed plans, consents and the guards on a whole run. */
export const reviewed: readonly Refusal[] = [
  {
    name: 'plan-file-stale',
    async arrange({ run, write, console }) {
      await run(...APPLY);
      await write('k.yaml', scaled);
      await run('plan', '--out', 'change.plan');
      await console.setWorkers('lakehouse', '9');
    },
    args: [...APPLY, 'change.plan'],
    code: 7,
    goOn: saveAgain,
  },
  {
    name: 'plan-file-newer',
    arrange: edited('"formatVersion": 1', '"formatVersion": 2'),
    args: [...APPLY, 'change.plan'],
    code: 1,
    goOn: saveAgain,
  },
  {
    name: 'plan-file-edited',
    arrange: edited('"worker_count": "3"', '"worker_count": "9"'),
    args: [...APPLY, 'change.plan'],
    code: 1,
    goOn: saveAgain,
  },
  {
    name: 'plan-file-with-consents-added',
    arrange: edited('"consents": []', '"consents": ["deletes:9"]'),
    args: [...APPLY, 'change.plan'],
    code: 1,
    goOn: saveAgain,
  },
  {
    name: 'plan-file-of-something-else',
    arrange: ({ write }) => write('change.plan', 'hello'),
    args: [...APPLY, 'change.plan'],
    code: 1,
    goOn: saveAgain,
  },
  {
    name: 'expect-other-fingerprint',
    arrange: async () => undefined,
    args: [...APPLY, '--expect', '0123456789abcdef'],
    code: 7,
    goOn: withFlags(APPLY),
  },
  {
    name: 'nobody-to-approve',
    arrange: async () => undefined,
    args: ['apply'],
    code: 5,
    goOn: withFlags(['apply']),
  },
  {
    name: 'other-account',
    arrange: ({ write }) => write('k.yaml', lakehouse.replace(account, 'ffffffffffffffffffffffffffffffff')),
    args: APPLY,
    code: 5,
    async goOn({ run, write }, printed) {
      await write('k.yaml', lakehouse.replace(/^account: .*$/m, yamlIn(printed)));
      return await run(...APPLY);
    },
  },
  {
    name: 'adopt-unmarked',
    arrange: unmarked,
    args: APPLY,
    code: 5,
    goOn: withFlags(APPLY),
  },
  {
    name: 'foreign-mark',
    async arrange({ run, write }) {
      await write('k.yaml', vaultOf('other'));
      await run(...APPLY);
      await write('k.yaml', vaultOf('prod'));
    },
    args: APPLY,
    code: 5,
    goOn: withFlags(APPLY),
  },
  {
    name: 'restore-destroyed',
    async arrange({ run, console, emulator }) {
      emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
      await run(...APPLY);
      await console.destroyKey('dv-root');
      emulator.clock.advance(60_000);
    },
    args: APPLY,
    code: 5,
    goOn: withFlags(APPLY),
  },
  {
    name: 'too-many-deletions-once',
    async arrange({ run, write }) {
      await write('k.yaml', manyRings);
      await run(...APPLY);
      await write('k.yaml', noRings);
    },
    args: APPLY,
    code: 5,
    goOn: withFlags(APPLY),
  },
  {
    name: 'too-many-deletions-for-good',
    async arrange({ run, write }) {
      await write('k.yaml', manyRings);
      await run(...APPLY);
      await write('k.yaml', noRings);
    },
    args: APPLY,
    code: 5,
    async goOn({ run, write }, printed) {
      await write('k.yaml', `${noRings}${yamlIn(printed)}\n`);
      return await run(...APPLY);
    },
  },
  {
    name: 'empty-set',
    async arrange({ run, write }) {
      await write('k.yaml', manyRings);
      await run(...APPLY);
      await write('k.yaml', manyRings.slice(0, manyRings.indexOf('keyProtectInstances')));
    },
    args: APPLY,
    code: 5,
    async goOn({ run, write }, printed) {
      await write('k.yaml', `${manyRings}safety: { maxDeletes: 9 }\n${yamlIn(printed)}\n`);
      return await run(...APPLY);
    },
  },
  {
    name: 'would-strand',
    async arrange({ run, write, emulator, keyCrn }) {
      await write('k.yaml', bucketReads('Reader'));
      await run(...APPLY);
      emulator.services.register({ key: keyCrn('dv-root'), resource: BUCKET });
      await write('k.yaml', bucketReads('AuthorizationDelegator'));
    },
    args: APPLY,
    code: 5,
    async goOn({ run, read, write, emulator }, printed) {
      const more = `authorizations:\n${blockIn(printed, 'authorizations')}`;
      await write('k.yaml', (await read('k.yaml')).replace('authorizations:\n', more));
      // The one that takes over must be applied, and known to services, before the other may go.
      await run(...APPLY, '--wait', '0s');
      emulator.clock.advance(10 * MINUTE_MS);
      return await run(...APPLY);
    },
  },
  {
    name: 'cryptoshred-without-consent',
    async arrange({ run, write }) {
      await run(...APPLY);
      await write('k.yaml', shredding);
    },
    args: APPLY,
    code: 5,
    async goOn({ run }, printed) {
      const unbound = await run(...APPLY, ...flagsIn(printed));
      return await run(...APPLY, ...flagsIn(unbound.stderr));
    },
  },
  {
    name: 'target-mistyped',
    arrange: async () => undefined,
    args: [...APPLY, '--target', 'key.dv-rot'],
    code: 1,
    goOn: async ({ run }, printed) => await run(...APPLY, '--target', /did you mean (\S+)\?/.exec(printed)?.[1] ?? ''),
  },
];

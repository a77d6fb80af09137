import { lakehouse } from '../helpers/manifests.ts';
import { account } from '../helpers/platform.ts';
import { flagsIn, type Refusal, type Scene, withFlags } from './refusal.ts';

const APPLY = ['apply', '--auto-approve'] as const;
const stackOf = (stack: string, key: string): string =>
  `apiVersion: keystead/v1\nstack: ${stack}\naccount: ${account}\ndefaults: { region: us-south }\nkeyProtectInstances: { vault: ${stack === 'other' ? '{}' : '{ existing: true }'} }\nkeys:\n  root: { instance: vault${key} }\n`;

/** Another stack has made the key that this one declares. */
async function keyOfAnother({ run, write }: Scene): Promise<void> {
  await write('k.yaml', stackOf('other', ''));
  await run(...APPLY);
  await write('k.yaml', stackOf('prod', ''));
}

/** The key under another map key, its name as it was. */
const renamed = lakehouse.replace('  dv-root:\n', '  root:\n    name: dv-root\n').replace('key: dv-root', 'key: root');

/** Adds the `formerly` that the message names to the key `root`. */
const rename: Refusal['goOn'] = async ({ run, write }, printed) => {
  const [, former = ''] = /`(formerly: \[[^\]]+\])`/.exec(printed.replaceAll(/\s+/g, ' ')) ?? [];
  await write('k.yaml', renamed.replace('  root:\n', `  root:\n    ${former}\n`));
  return await run(...APPLY);
};

/** Whose an object is, and plans that belong elsewhere. */
export const ownership: readonly Refusal[] = [
  {
    name: 'foreign-mark-on-key',
    arrange: keyOfAnother,
    args: APPLY,
    code: 5,
    goOn: withFlags(APPLY),
  },
  {
    name: 'foreign-mark-on-key-used-as-it-is',
    arrange: keyOfAnother,
    args: APPLY,
    code: 5,
    async goOn({ run, write }, printed) {
      const [, yaml = ''] = /`(existing: true)`/.exec(printed) ?? [];
      await write('k.yaml', stackOf('prod', `, ${yaml}`));
      return await run(...APPLY);
    },
  },
  {
    name: 'foreign-mark-of-a-former-name',
    async arrange({ run, write }) {
      await run(...APPLY);
      await write('k.yaml', renamed);
    },
    args: APPLY,
    code: 5,
    goOn: rename,
  },
  {
    name: 'tombstone-of-what-stays',
    async arrange({ run, write }) {
      await run(...APPLY);
      await write('k.yaml', renamed.replace('keys:\n', 'keys:\n  dv-root: { instance: vault, state: absent }\n'));
    },
    args: APPLY,
    code: 5,
    goOn: rename,
  },
  {
    name: 'other-endpoints',
    arrange: ({ run }) => run('plan', '--emulator', '--out', 'change.plan'),
    args: [...APPLY, 'change.plan'],
    code: 5,
    async goOn({ run }, printed) {
      const flags = flagsIn(printed);
      await run('plan', ...flags);
      return await run(...APPLY, flags.at(-1) ?? '');
    },
  },
  {
    name: 'plan-over-a-manifest',
    arrange: async () => undefined,
    args: ['plan', '--out', 'k.yaml'],
    code: 1,
    goOn: withFlags(['plan']),
  },
  {
    name: 'plan-read-as-a-manifest',
    arrange: ({ run }) => run('plan', '--out', 'change.plan'),
    args: ['plan', 'change.plan'],
    code: 1,
    goOn: async ({ run }, printed) => await run(...(/`keystead ([^`]+)`/.exec(printed)?.[1] ?? '').split(' ')),
  },
  {
    name: 'manifest-shown-as-a-plan',
    arrange: async () => undefined,
    args: ['show', 'k.yaml'],
    code: 1,
    goOn: async ({ run }, printed) => await run(...(/`keystead ([^`]+)`/.exec(printed)?.[1] ?? '').split(' ')),
  },
];

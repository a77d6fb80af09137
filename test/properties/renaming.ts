import fc from 'fast-check';

const resources = ['vault', 'k0', 'k1', 'wide', 'narrow', 'd0', 'd1'] as const;
type Resource = (typeof resources)[number];

/** What everything is called, and was. */
export interface Names {
  /** Map keys of each resource, the one of now last. */
  readonly keys: Readonly<Record<Resource, readonly string[]>>;
  /** The stack's names, the one of now last. */
  readonly stacks: readonly string[];
  /** How many names were given so far. */
  readonly renamed: number;
  readonly workers: string;
}

/** What is renamed between two runs. */
export interface Rename {
  /** Each resource as often as it is listed: more than once without a run in between. */
  readonly resources: readonly Resource[];
  readonly isStack: boolean;
  /** Back to a name that it had before, where there is one. */
  readonly isBack: boolean;
  /** A field changes as well. */
  readonly workers: string;
  /** Whether `formerly` and `formerStack` are taken out right after the run. */
  readonly isTidied: boolean;
}

export const renames: fc.Arbitrary<Rename> = fc.record({
  resources: fc.array(fc.constantFrom(...resources), { maxLength: 8 }),
  isStack: fc.boolean(),
  isBack: fc.boolean(),
  workers: fc.constantFrom('3', '4'),
  isTidied: fc.boolean(),
});

export const initial: Names = {
  keys: {
    vault: ['vault'],
    k0: ['k0'],
    k1: ['k1'],
    wide: ['wide'],
    narrow: ['narrow'],
    d0: ['d0'],
    d1: ['d1'],
  },
  stacks: ['first'],
  renamed: 0,
  workers: '3',
};

/** Former names that a manifest tells: the one that is live is among them, whatever happens in one run. */
const MOST = 12;

/** @param run makes new names new */
export function rename(names: Names, { resources: renamed, isStack, isBack, workers }: Rename, run: number): Names {
  const keys: Record<Resource, readonly string[]> = { ...names.keys };
  for (const [index, resource] of renamed.entries()) {
    const old = keys[resource];
    const [first] = old;
    const next = isBack && first !== undefined && first !== old.at(-1) ? first : `${resource}-${run}-${index}`;
    keys[resource] = [...old.filter((one) => one !== next), next].slice(-MOST);
  }
  const stacks = isStack ? [...names.stacks, isBack ? 'first' : `stack-${run}`] : names.stacks;
  const isSame = stacks.at(-1) === stacks.at(-2);
  const count = renamed.length + (isStack && !isSame ? 1 : 0);
  return { keys, stacks: isSame ? stacks.slice(0, -1) : stacks, renamed: names.renamed + count, workers };
}

/** @param memory whether former names are told */
export function toManifest({ keys, stacks, workers }: Names, memory: 'mindful' | 'forgetful'): string {
  const now = (resource: Resource): string => keys[resource].at(-1) ?? '';
  const block = (resource: Resource, text: string): string => {
    const before = keys[resource].slice(0, -1);
    const formerly = memory === 'forgetful' || before.length === 0 ? '' : `formerly: [${before.join(', ')}], `;
    return `  ${now(resource)}: { ${formerly}${text} }\n`;
  };
  const [stack, former] = [stacks.at(-1), stacks.at(-2)];
  const deployment = (key: Resource): string =>
    `service: data-virtualization, plan: enterprise, encryption: { key: ${now(key)} }, parameters: { worker_count: "${workers}" }`;
  const authorization = (target: string): string =>
    `source: data-virtualization, target: ${target}, roles: [Reader], description: ${workers} workers`;
  return [
    `apiVersion: keystead/v1\nstack: ${stack}\naccount: 0123456789abcdef0123456789abcdef\n`,
    memory === 'forgetful' || former === undefined ? '' : `formerStack: ${former}\n`,
    'defaults: { region: us-south }\n',
    `keyProtectInstances:\n${block('vault', 'plan: tiered-pricing')}`,
    `keys:\n${block('k0', `instance: ${now('vault')}`)}${block('k1', `instance: ${now('vault')}`)}`,
    `authorizations:\n${block('wide', authorization(now('vault')))}`,
    block('narrow', authorization(`{ key: ${now('k0')} }`)),
    `deployments:\n${block('d0', deployment('k0'))}${block('d1', deployment('k1'))}`,
  ].join('');
}

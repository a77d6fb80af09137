import fc from 'fast-check';

/** A declared state, or no block at all. */
export type Wish = 'present' | 'absent' | 'missing';

export const names = ['k0', 'k1', 'wide', 'narrow', 'd0', 'd1'] as const;
export type Name = (typeof names)[number];

/**
 * The smallest world in which endings meet: one vault, two keys, a deployment on each, one authorization for the whole
 * vault and one for the first key alone, so that the first deployment may be served twice and the second only once.
 */
export type Wishes = Readonly<Record<Name, Wish>> & { readonly workers: string };

export const everything: Wishes = {
  k0: 'present',
  k1: 'present',
  wide: 'present',
  narrow: 'present',
  d0: 'present',
  d1: 'present',
  workers: '3',
};

export const addressOf: Readonly<Record<Name, string>> = {
  k0: 'key.k0',
  k1: 'key.k1',
  wide: 'authorization.wide',
  narrow: 'authorization.narrow',
  d0: 'deployment.d0',
  d1: 'deployment.d1',
};

const keyOf = { d0: 'k0', d1: 'k1' } as const;

/** Raised until `validate` takes it: nothing refers to what is not there, and every deployment is authorized. */
export function valid(wishes: Wishes): Wishes {
  const next: Record<Name, Wish> = { ...wishes };
  for (const deployment of ['d0', 'd1'] as const) {
    const key = keyOf[deployment];
    if (next[deployment] === 'present') {
      next[key] = 'present';
      if (deployment === 'd1' || next.narrow !== 'present') next.wide = 'present';
    } else if (next[deployment] === 'absent' && next[key] === 'missing') next[key] = 'present';
  }
  if (next.narrow === 'present') next.k0 = 'present';
  if (next.narrow === 'absent' && next.k0 === 'missing') next.k0 = 'present';
  return { ...next, workers: wishes.workers };
}

/** As a manifest. */
export function manifestOf(wishes: Wishes): string {
  const block = (title: string, items: Readonly<Partial<Record<Name, string>>>): string => {
    const lines = Object.entries(items).flatMap(([name, text]) => {
      const wish = wishes[name as Name];
      if (wish === 'missing') return [];
      return [`  ${name}: { ${wish === 'absent' ? 'state: absent, ' : ''}${text} }\n`];
    });
    return lines.length === 0 ? '' : `${title}:\n${lines.join('')}`;
  };
  const deployment = (key: string): string =>
    `service: data-virtualization, plan: enterprise, encryption: { key: ${key} }, parameters: { worker_count: "${wishes.workers}" }`;
  return [
    'apiVersion: keystead/v1\nstack: small\naccount: 0123456789abcdef0123456789abcdef\ndefaults: { region: us-south }\n',
    'keyProtectInstances:\n  vault: {}\n',
    block('keys', { k0: 'instance: vault', k1: 'instance: vault' }),
    block('authorizations', {
      wide: 'source: data-virtualization, target: vault, roles: [Reader]',
      narrow: 'source: data-virtualization, target: { key: k0 }, roles: [Reader]',
    }),
    block('deployments', { d0: deployment('k0'), d1: deployment('k1') }),
  ].join('');
}

/** What happens between two runs. */
export type Poke =
  | { readonly is: 'declare'; readonly wishes: Wishes }
  | { readonly is: 'wait'; readonly days: number }
  | { readonly is: 'destroy' | 'disable' | 'unmark'; readonly key: 'k0' | 'k1' }
  | { readonly is: 'delete' | 'untag' | 'workers'; readonly deployment: 'd0' | 'd1' }
  | { readonly is: 'deauthorize' };

/** How often each of them is to be met. */
export const pokes: Readonly<Record<Poke['is'], 'often' | 'seldom'>> = {
  declare: 'often',
  wait: 'often',
  destroy: 'often',
  disable: 'often',
  unmark: 'seldom',
  delete: 'often',
  untag: 'seldom',
  workers: 'seldom',
  deauthorize: 'seldom',
};

const key = fc.constantFrom('k0' as const, 'k1' as const);
const deployment = fc.constantFrom('d0' as const, 'd1' as const);

function wishesOf(...words: readonly Wish[]): fc.Arbitrary<Wishes> {
  const wish = fc.constantFrom(...words);
  const workers = fc.constantFrom('3', '4');
  return fc.record({ k0: wish, k1: wish, wide: wish, narrow: wish, d0: wish, d1: wish, workers }).map(valid);
}

const poke: fc.Arbitrary<Poke> = fc.oneof(
  {
    weight: 4,
    arbitrary: wishesOf('present', 'absent', 'absent', 'missing').map((wishes) => ({ is: 'declare' as const, wishes })),
  },
  { weight: 3, arbitrary: fc.constantFrom(1, 2, 4, 9, 13, 40).map((days) => ({ is: 'wait' as const, days })) },
  {
    weight: 3,
    arbitrary: fc.record({
      is: fc.constantFrom('destroy' as const, 'destroy' as const, 'disable' as const, 'unmark' as const),
      key,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ is: fc.constantFrom('delete' as const, 'workers' as const, 'untag' as const), deployment }),
  },
  { weight: 1, arbitrary: fc.constant({ is: 'deauthorize' as const }) },
);

/** Runs of `apply`, each after so many pokes; the last word is a manifest that leaves no block out. */
export const history: fc.Arbitrary<{ readonly steps: readonly (readonly Poke[])[]; readonly last: Wishes }> = fc.record(
  {
    steps: fc.array(fc.array(poke, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
    last: wishesOf('present', 'absent', 'absent'),
  },
);

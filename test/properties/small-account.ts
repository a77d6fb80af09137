import fc from 'fast-check';
import { stackOf } from '../helpers/stacks.ts';

/** A declared state, or no block at all. */
export type Wish = 'present' | 'absent' | 'forgotten' | 'missing';

export const stacks = ['one', 'two', 'three'] as const;
export type Stack = (typeof stacks)[number];

const ROLES = ['Reader', 'Writer', 'Manager'] as const;

/** What each stack has alone is of another service, so that nothing but `shared` is one policy for all. */
const SERVICES: Readonly<Record<Stack, string>> = {
  one: 'speech-to-text',
  two: 'text-to-speech',
  three: 'language-translator',
};

/** Services that stacks share an authorization for. */
export const sources = ['data-virtualization', 'discovery'] as const;
export type Source = (typeof sources)[number];

/** One run of one stack. */
export interface Run {
  readonly stack: Stack;
  readonly key: Wish;
  /** The authorization that all stacks declare, under map keys of their own, for one of two services. */
  readonly shared: Wish;
  readonly source: Source;
  readonly roles: readonly string[];
  /** The authorization that no other stack declares. */
  readonly alone: Wish;
  readonly prune: boolean;
}

const block = (wish: Wish, name: string, text: string): string => {
  if (wish === 'missing') return '';
  return `  ${name}: { ${wish === 'present' ? '' : `state: ${wish}, `}${text} }\n`;
};

/** @param vault the CRN of the instance that all stacks use and none owns */
export function manifestOf({ stack, key, shared, source, roles, alone }: Run, vault: string): string {
  const target = `target: { instance: "${vault}" }`;
  const keys = block(key, 'own', `instance: "${vault}", name: ${stack}-key`);
  const authorizations =
    block(shared, `shared-${stack}`, `source: ${source}, ${target}, roles: [${roles.join(', ')}]`) +
    block(alone, 'alone', `source: ${SERVICES[stack]}, ${target}, roles: [Reader]`);
  // A ring that is only looked up keeps the set from being empty, which is refused.
  const anchor = `keyRings:\n  default: { instance: "${vault}", existing: true }\n`;
  return stackOf(
    stack,
    anchor +
      (keys === '' ? '' : `keys:\n${keys}`) +
      (authorizations === '' ? '' : `authorizations:\n${authorizations}`),
  );
}

const wish = fc.constantFrom<Wish>('present', 'present', 'present', 'present', 'absent', 'forgotten', 'missing');
const run: fc.Arbitrary<Run> = fc.record({
  stack: fc.constantFrom(...stacks),
  key: fc.constantFrom<Wish>('present', 'present', 'absent', 'missing'),
  shared: wish,
  source: fc.constantFrom(...sources, 'data-virtualization' as const),
  roles: fc.subarray([...ROLES], { minLength: 1 }),
  alone: fc.constantFrom<Wish>('present', 'present', 'absent', 'missing'),
  prune: fc.boolean(),
});

export const history: fc.Arbitrary<readonly Run[]> = fc.array(run, { minLength: 2, maxLength: 6 });

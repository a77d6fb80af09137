import { KeysteadError } from './errors.ts';
import { nearest } from './nearest.ts';

interface Instance {
  readonly crn: string;
  readonly name: string;
  readonly state: string;
}

export function isStanding({ state }: Pick<Instance, 'state'>): boolean {
  return state === 'active' || state === 'provisioning';
}

/**
 * The instance that a flag names, by CRN or name; of several of a name those that stand count first.
 *
 * @throws KeysteadError `NO_SUCH_INSTANCE`, `AMBIGUOUS_INSTANCE`
 */
export function instanceCalled<One extends Instance>(word: string, instances: readonly One[]): One {
  const found = instances.filter(({ crn, name }) => crn === word || name === word);
  const standing = found.filter(isStanding);
  const [only, ...others] = standing.length > 0 ? standing : found;
  if (only === undefined) {
    const names = instances.map(({ name }) => name);
    const close = nearest(word, names);
    throw new KeysteadError('NO_SUCH_INSTANCE', `no instance "${word}" is live, or none that this login may see`, {
      remedy: close === undefined ? 'give its name or its full CRN' : `did you mean "${close}"?`,
    });
  }
  if (others.length === 0) return only;
  const crns = [only, ...others].map(({ crn }) => crn).sort();
  throw new KeysteadError('AMBIGUOUS_INSTANCE', `${crns.length} instances are called "${word}": ${crns.join(', ')}`, {
    remedy: `say which one: --instance ${crns[0]}`,
  });
}

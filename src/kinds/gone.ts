import { isRefused } from '../model/errors.ts';
import type { Desired } from '../model/resource.ts';

/**
 * What is read of an instance. One that only a CRN names may be gone, and answers 404: it holds nothing then, and what was
 * to go with it is gone.
 *
 * @param declared what is declared in it: if any of that is to stay, the instance is needed
 */
export async function unlessGone<T>(declared: readonly Desired[], read: Promise<T>, none: T): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (isRefused(error, 404) && declared.every(({ spec }) => spec.state === 'absent')) return none;
    throw error;
  }
}

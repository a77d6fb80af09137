import { CloudRefused } from '../../model/errors.ts';

/** Whether an error is Key Protect's refusal of this code. */
export function isCode(error: unknown, code: string): error is CloudRefused {
  return error instanceof CloudRefused && error.facts.apiCode === code;
}

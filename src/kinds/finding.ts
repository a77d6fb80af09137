import type { ProblemCode } from '../model/errors.ts';
import { given } from '../model/json.ts';

/** A fault in one resource by itself. */
export interface Finding {
  readonly pointer: string;
  readonly code: ProblemCode;
  /** Default: error. */
  readonly severity?: 'warning';
  readonly message: string;
  readonly remedy?: string;
}

/** @param pointer where in the resource; '' is all of it */
export function finding(pointer: string, code: ProblemCode, message: string, remedy?: string): Finding {
  return { pointer, code, message, ...given({ remedy }) };
}

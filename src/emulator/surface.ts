import { operations as iam } from './iam/operations.ts';
import type { Operation, Timers } from './world.ts';

/** Every operation that is emulated, in the order in which they are matched. One line for each API folder. */
export const operations: readonly Operation[] = [...iam];

/** Every kind of timer. Kinds are unique across folders, so they carry the folder's name: `key-protect/expire`. */
export const timers: Timers = {};

import type { Operation } from '../world.ts';

export { timers } from './release.ts';

/** The services have no API of their own here: they act as brokers of Resource Controller, and by timers. */
export const operations: readonly Operation[] = [];

import type { Operation, Timers } from '../core/world.ts';
import { timers as delegationTimers } from './delegate.ts';
import { timers as keyTimers } from './react.ts';
import { timers as releaseTimers } from './release.ts';

/** The services have no API of their own here: they act as brokers of Resource Controller, and by timers. */
export const operations: readonly Operation[] = [];

/** What services do later. */
export const timers: Timers = { ...keyTimers, ...releaseTimers, ...delegationTimers };

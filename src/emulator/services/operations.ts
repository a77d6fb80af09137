import type { Reactions, Timers } from '../core/world.ts';
import { timers as delegationTimers, goneTimer } from './delegate.ts';
import {
  arrivedTimer,
  instanceDeleted,
  instanceFailed,
  instanceRemoved,
  instanceRestored,
  keyEventTimer,
  timers as keyTimers,
  releaseTimers,
} from './react.ts';

/** How soon they notice that one of their own policies is gone. Source: deployments reference, "Emulator checklist" (a deleted one is back within a minute). */
const noticeMs = 60_000;

/** The services have no API of their own here: they act as brokers of Resource Controller, and on what happens. */
export const reactions: Reactions = {
  'instance.deleted': (world, { guid }) => instanceDeleted(world, guid),
  'instance.restored': (world, { guid }) => instanceRestored(world, guid),
  'instance.failed': (world, { guid }) => instanceFailed(world, guid),
  'instance.removed': (world, { guid }) => instanceRemoved(world, guid),
  'key.changed': (world, payload) => {
    const dueAt = new Date(world.now().getTime() + world.settings.serviceReactionMs);
    world.schedule(dueAt, { kind: keyEventTimer, payload });
  },
  'policy.arrived': (world, { id }) => world.schedule(world.now(), { kind: arrivedTimer, payload: id }),
  'policy.ended': (world, { id, createdBy }) => {
    if (!createdBy.startsWith('crn:')) return;
    world.schedule(new Date(world.now().getTime() + noticeMs), { kind: goneTimer, payload: id });
  },
};

/** What services do later. */
export const timers: Timers = { ...keyTimers, ...releaseTimers, ...delegationTimers };

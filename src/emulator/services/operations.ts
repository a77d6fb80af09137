import type { Reactions, Timers } from '../core/world.ts';
import * as delegation from './delegate.ts';
import * as uses from './react.ts';
import { deploymentScaled } from './volumes.ts';

/** How soon they notice that one of their own policies is gone. Source: deployments reference, "Emulator checklist" (a deleted one is back within a minute). */
const noticeMs = 60_000;

/** The services have no API of their own here: they act as brokers of Resource Controller, and on what happens. */
export const reactions: Reactions = {
  'instance.deleted': (world, { guid }) => uses.instanceDeleted(world, guid),
  'instance.restored': (world, { guid }) => uses.instanceRestored(world, guid),
  'instance.failed': (world, { guid }) => uses.instanceFailed(world, guid),
  'instance.removed': (world, { guid }) => uses.instanceRemoved(world, guid),
  'deployment.scaled': (world, { guid }) => deploymentScaled(world, guid),
  'key.changed': (world, payload) => {
    world.scheduleIn(world.settings.serviceReactionMs, { kind: uses.keyEventTimer, payload });
  },
  'policy.arrived': (world, { id }) => world.schedule(world.now(), { kind: uses.arrivedTimer, payload: id }),
  'policy.ended': (world, { id, createdBy }) => {
    if (!createdBy.startsWith('crn-crn:')) return;
    world.scheduleIn(noticeMs, { kind: delegation.goneTimer, payload: id });
  },
};

/** What services do later. */
export const timers: Timers = { ...uses.timers, ...uses.releaseTimers, ...delegation.timers };

import { clock } from './clock.ts';
import { consent } from './consent.ts';
import { delegation } from './delegation.ts';
import { empty } from './empty.ts';
import { evidence } from './evidence.ts';
import type { Guard } from './guard.ts';
import { inUse, stuck } from './in-use.ts';
import { propagation } from './propagation.ts';
import { readable } from './readable.ts';
import { redeclared } from './redeclared.ts';
import { retention } from './retention.ts';
import { stranding } from './stranding.ts';
import { understood } from './understood.ts';
import { usable } from './usable.ts';

/**
 * Asked in this order; the first that objects sets the status, so a change shows one reason at a time. Other refusals stand
 * elsewhere: of a run in max-deletes.ts and observe/refuse.ts, of one resource (owner, state, name) in decide/, of what waits
 * for a held change in link.ts, and just before a write in apply/step.ts.
 */
export const guards: readonly Guard[] = [
  usable,
  understood,
  redeclared,
  retention,
  empty,
  readable,
  consent,
  stuck,
  evidence,
  delegation,
  stranding,
  inUse,
  propagation,
  clock,
];

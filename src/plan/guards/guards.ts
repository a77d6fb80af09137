import { clock } from './clock.ts';
import { consent } from './consent.ts';
import { empty } from './empty.ts';
import type { Guard } from './guard.ts';
import { inUse } from './in-use.ts';
import { propagation } from './propagation.ts';
import { readable } from './readable.ts';
import { redeclared } from './redeclared.ts';
import { retention } from './retention.ts';
import { stranding } from './stranding.ts';
import { usable } from './usable.ts';

/** Asked in this order; the first that has something to say is heard. What blocks comes before what waits. */
export const guards: readonly Guard[] = [
  usable,
  redeclared,
  retention,
  empty,
  readable,
  consent,
  stranding,
  inUse,
  propagation,
  clock,
];

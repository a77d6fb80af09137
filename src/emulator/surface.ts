import { operations as catalog } from './catalog/operations.ts';
import { operations as databases, timers as databasesTimers } from './databases/operations.ts';
import { operations as iam } from './iam/operations.ts';
import { operations as keyProtect, timers as keyProtectTimers } from './key-protect/operations.ts';
import { operations as policy, timers as policyTimers } from './policy/operations.ts';
import {
  operations as resourceController,
  timers as resourceControllerTimers,
} from './resource-controller/operations.ts';
import { operations as resourceManager } from './resource-manager/operations.ts';
import { operations as search, timers as searchTimers } from './search/operations.ts';
import { operations as services, timers as servicesTimers } from './services/operations.ts';
import { operations as tagging } from './tagging/operations.ts';
import type { Operation, Timers } from './world.ts';

/** Every operation that is emulated, in the order in which they are matched. One line for each API folder. */
export const operations: readonly Operation[] = [
  ...iam,
  ...keyProtect,
  ...policy,
  ...resourceManager,
  ...resourceController,
  ...catalog,
  ...tagging,
  ...search,
  ...services,
  ...databases,
];

/** Every kind of timer. Kinds are unique across folders, so they carry the folder's name: `key-protect/expire`. */
export const timers: Timers = {
  ...keyProtectTimers,
  ...policyTimers,
  ...resourceControllerTimers,
  ...searchTimers,
  ...servicesTimers,
  ...databasesTimers,
};

import type { Probe } from '../probe.ts';
import type { Bench } from './bench.ts';
import { deletionToReclamation, instanceWithKeys } from './deletion.ts';
import { aliasOfDestroyedKey, createAnswer, destroyedKeyReads, ringAfterKey } from './keys.ts';
import { policyAfterCreate, policyAfterDelete, policyConflict, policyDescription, policyIfMatch } from './policies.ts';
import { tagsAfterCreate } from './tags.ts';
import { patchEcho, patchRepeated } from './updates.ts';

/** In this order: the first looks at an instance that was just made, the last one ends it. */
export const throwawayProbes: readonly Probe<Bench>[] = [
  tagsAfterCreate,
  patchEcho,
  patchRepeated,
  policyDescription,
  policyAfterCreate,
  policyConflict,
  policyIfMatch,
  policyAfterDelete,
  createAnswer,
  aliasOfDestroyedKey,
  destroyedKeyReads,
  ringAfterKey,
  instanceWithKeys,
  deletionToReclamation,
];

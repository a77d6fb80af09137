import type { ProbeContext } from '../context.ts';
import type { Probe } from '../probe.ts';
import { aliasNotFound } from '../probes/aliases.ts';
import { endpointsOfInstance } from '../probes/endpoints-of-instance.ts';
import { keyListMembers } from '../probes/key-list.ts';
import type { Bench } from './bench.ts';
import { deletionToReclamation, instanceWithKeys } from './deletion.ts';
import { aliasOfDestroyedKey, createAnswer, destroyedKeyReads, ringAfterKey } from './keys.ts';
import { policyAfterCreate, policyAfterDelete, policyConflict, policyDescription, policyIfMatch } from './policies.ts';
import { tagsAfterCreate } from './tags.ts';
import { patchEcho, patchRepeated } from './updates.ts';

/** A question that any instance answers, of the one that was made: the login may see no other. */
function here({ look, ...question }: Probe<ProbeContext>): Probe<Bench> {
  return {
    ...question,
    look: ({ vault, cloud, raw, clock, subjects }) =>
      look({ reader: cloud(), raw, clock, limits: new Map(), subjects: { ...subjects, vaults: [vault] } }),
  };
}

/** In this order: the first looks at an instance that was just made, the last one ends it. */
export const throwawayProbes: readonly Probe<Bench>[] = [
  tagsAfterCreate,
  patchEcho,
  patchRepeated,
  here(endpointsOfInstance),
  policyDescription,
  policyAfterCreate,
  policyConflict,
  policyIfMatch,
  policyAfterDelete,
  createAnswer,
  here(aliasNotFound),
  aliasOfDestroyedKey,
  here(keyListMembers),
  destroyedKeyReads,
  ringAfterKey,
  instanceWithKeys,
  deletionToReclamation,
];

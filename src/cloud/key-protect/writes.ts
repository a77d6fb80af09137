import { isRefusal } from '../ask.ts';
import { type Ask, nothing } from '../call.ts';
import type { Endpoints } from '../endpoints.ts';
import type { Writer } from '../reader.ts';
import { type KeyActions, keyActions } from './actions.ts';
import { envelope, keyProtectCalls, needs } from './api.ts';
import { type ImportTokens, importTokens } from './import-token.ts';
import { type InstancePolicyWrites, instancePolicyWrites } from './instance-policies.ts';
import { type KeyPolicyWrites, keyPolicyWrites } from './policies.ts';
import type { KeyProtectReads } from './reads.ts';
import { key, onlyResource } from './shapes.ts';

export type KeyProtectWrites = Pick<
  Writer,
  | 'createKey'
  | 'moveKey'
  | 'addAlias'
  | 'removeAlias'
  | 'createRing'
  | keyof KeyActions
  | keyof ImportTokens
  | keyof KeyPolicyWrites
  | keyof InstancePolicyWrites
  | keyof Endings
>;
type Endings = Pick<Writer, 'deleteRing' | 'deleteKey' | 'shredKey' | 'restoreKey' | 'purgeKey'>;

const KEY_TYPE = 'application/vnd.ibm.kms.key+json';

/** Key Protect API reference, "Keys: CRUD", "Policies", "Aliases", "Key rings". */
export function keyProtectWrites(
  ask: Ask,
  endpoints: Endpoints,
  reads: Pick<KeyProtectReads, 'key'>,
): KeyProtectWrites {
  const at = keyProtectCalls(endpoints);
  return {
    ...endings(ask, at),
    ...keyActions(ask, at),
    ...importTokens(ask, at),
    ...keyPolicyWrites(ask, at),
    ...instancePolicyWrites(ask, at),
    createKey: async (instanceCrn, { material, ...wanted }, ring) =>
      ask(
        // No `Prefer`: SDKs and terraform-provider-ibm send none and read id and crn from the answer (UNSURE which further
        // members come without it; an answer that lacks some is a LostAnswer, and the key is read again).
        at(instanceCrn, {
          operation: material === undefined ? 'create key' : 'import key',
          method: 'POST',
          // An instance's policy may stamp what this key is declared not to have ("Create with overrides").
          path: wanted.dualAuthDelete === undefined ? '/keys' : '/keys_with_policy_overrides',
          headers: { 'content-type': KEY_TYPE, ...(ring === undefined ? {} : { 'X-Kms-Key-Ring': ring }) },
          body: envelope('key', { type: KEY_TYPE, ...wanted, ...material }),
          needs: wanted.dualAuthDelete === undefined ? needs.write : needs.manage,
        }),
        ({ body }) => onlyResource(key)(body, ''),
      ),
    moveKey: async (instanceCrn, keyId, ring) =>
      ask(
        at(instanceCrn, {
          operation: 'move key to another ring',
          method: 'PATCH',
          path: `/keys/${encodeURIComponent(keyId)}`,
          headers: { 'content-type': KEY_TYPE, 'X-Kms-Key-Ring': ring.from },
          body: { keyRingID: ring.to },
          needs: 'the service role Manager on the key and on both key rings',
        }),
        ({ body }) => onlyResource(key)(body, ''),
      ),
    addAlias: (instanceCrn, keyId, alias) => addAlias(ask, at, reads, { instanceCrn, keyId, alias }),
    removeAlias: async (instanceCrn, keyId, alias) => {
      await ask(
        at(instanceCrn, {
          operation: 'remove alias',
          method: 'DELETE',
          path: aliasPath(keyId, alias),
          idempotent: true,
          needs: needs.write,
        }),
        nothing,
      ).catch((error: unknown) => {
        // Gone already. UNSURE which code an unknown alias has, so the status decides.
        if (!isRefusal(error, 404)) throw error;
      });
    },
    createRing: async (instanceCrn, ring) =>
      ask(
        at(instanceCrn, {
          operation: 'create key ring',
          method: 'POST',
          path: `/key_rings/${encodeURIComponent(ring)}`,
          needs: needs.write,
        }),
        nothing,
      ),
  };
}

/** Key Protect API reference, "Delete", "Restore", "Key rings"; "Deletion semantics". */
function endings(ask: Ask, at: ReturnType<typeof keyProtectCalls>): Endings {
  const deletion = async (instanceCrn: string, keyId: string, force: boolean): Promise<void> => {
    const call = at(instanceCrn, {
      operation: force ? 'destroy key by force' : 'delete key',
      method: 'DELETE',
      path: `/keys/${encodeURIComponent(keyId)}`,
      ...(force ? { query: { force: 'true' } } : {}),
      idempotent: true,
      needs: needs.manage,
    });
    await ask(call, nothing).catch((error: unknown) => {
      // Destroyed or purged already: also what a repetition after a lost answer meets.
      if (!isRefusal(error, 404, 410)) throw error;
    });
  };
  return {
    deleteKey: (instanceCrn, keyId) => deletion(instanceCrn, keyId, false),
    shredKey: (instanceCrn, keyId) => deletion(instanceCrn, keyId, true),
    restoreKey: async (instanceCrn, keyId) =>
      ask(
        at(instanceCrn, {
          operation: 'restore key',
          method: 'POST',
          path: `/keys/${encodeURIComponent(keyId)}/restore`,
          needs: needs.manage,
        }),
        nothing,
      ),
    purgeKey: async (instanceCrn, keyId) => {
      const call = at(instanceCrn, {
        operation: 'purge key',
        method: 'DELETE',
        path: `/keys/${encodeURIComponent(keyId)}/purge`,
        idempotent: true,
        needs: needs.purge,
      });
      await ask(call, nothing).catch((error: unknown) => {
        if (!isRefusal(error, 404)) throw error;
      });
    },
    deleteRing: async (instanceCrn, ring) => {
      const call = at(instanceCrn, {
        operation: 'delete key ring',
        method: 'DELETE',
        path: `/key_rings/${encodeURIComponent(ring)}`,
        // Moves destroyed keys to `default`; a live one is refused all the same ("Key rings").
        query: { force: 'true' },
        idempotent: true,
        needs: needs.manage,
      });
      await ask(call, nothing).catch((error: unknown) => {
        if (!isRefusal(error, 404)) throw error;
      });
    },
  };
}

/** Sent again after a lost answer, it meets its own alias: then the alias leads to this very key. */
async function addAlias(
  ask: Ask,
  at: ReturnType<typeof keyProtectCalls>,
  reads: Pick<KeyProtectReads, 'key'>,
  { instanceCrn, keyId, alias }: { instanceCrn: string; keyId: string; alias: string },
): Promise<void> {
  try {
    await ask(
      at(instanceCrn, {
        operation: 'add alias',
        method: 'POST',
        path: aliasPath(keyId, alias),
        idempotent: true,
        needs: needs.write,
      }),
      nothing,
    );
  } catch (error) {
    if (!isRefusal(error, 409) || (await reads.key(instanceCrn, alias))?.id !== keyId) throw error;
  }
}

function aliasPath(keyId: string, alias: string): string {
  return `/keys/${encodeURIComponent(keyId)}/aliases/${encodeURIComponent(alias)}`;
}

import { parseCrn } from '../../model/crn.ts';
import { type Api, type Call, nothing, path, type Wire } from '../api.ts';
import { isRefusal, orAbsent, orGone } from '../ask.ts';
import { gathered } from '../gathered.ts';
import { once } from '../once.ts';
import { allPages } from '../pages.ts';
import type { Read } from '../shape.ts';
import { remedies } from './remedies.ts';
import {
  importToken,
  instancePolicy,
  type KpImportToken,
  type KpInstancePolicy,
  type KpKey,
  type KpKeyCreate,
  type KpMaterial,
  type KpRegistration,
  type KpRing,
  type KpRotation,
  key,
  keyPolicy,
  onlyResource,
  registration,
  resources,
  ring,
} from './shapes.ts';

const api: Api = {
  name: 'Key Protect',
  idHeader: 'Correlation-Id',
  // An instance answers only on its own region's host, a Dedicated one only on its own: see own-endpoints.ts.
  host: {
    variable: 'IBMCLOUD_KP_API_ENDPOINT',
    public: '{region}.kms',
    private: 'private.{region}.kms',
    tail: /\/api\/v2(\/keys)?$/,
    perInstance: true,
  },
  remedies,
  // Seen in terraform-provider-ibm issue 5154.
  unauthorized:
    'an instance whose `allowed_network` is private-only answers so on the public host: use IC_VISIBILITY=private inside IBM Cloud',
};

/** Key Protect API reference, "Limits": the largest page of every list. */
const LARGEST_PAGE = 5000;
/** Every state there is: without `state`, destroyed keys are left out, and a destroyed key keeps its alias. */
const EVERY_STATE = '0,1,2,3,5';
/** "Reason codes". Another 404 is not the key's absence, but perhaps the instance's or a wrong URL's. */
const isKeyAbsent = (code: string): boolean => /NOT_FOUND/.test(code) && !isHolderAbsent(code);
const isHolderAbsent = (code: string): boolean => /INSTANCE|RING/.test(code);
const KEY_TYPE = 'application/vnd.ibm.kms.key+json';
const POLICY_TYPE = 'application/vnd.ibm.kms.policy+json';
/** Seconds; the least there is. An import follows at once. */
const IMPORT_TOKEN_LIFETIME_S = 300;

/** Key Protect API reference, "IAM": which role an operation needs, as a 401's remedy says it. */
const READER = 'the service role Reader (or more) on the Key Protect instance';
const WRITER = 'the service role Writer or Manager on the Key Protect instance';
const MANAGER = 'the service role Manager on the Key Protect instance';
const PURGER = 'the service role KeyPurge on the Key Protect instance, which Manager does not imply';

/** Key Protect API reference. Every call names its instance, by the CRN of the instance or of anything in it. */
export const keyProtect = { api, reads, writes };

function reads({ ask, pageSize = LARGEST_PAGE }: Wire) {
  const list = <T>(instanceCrn: string, call: Call, item: Read<T>, idOf: (item: T) => string) =>
    allPages({ api: api.name, operation: call.operation }, 0, idOf, (offset: number) => {
      const query = { ...call.query, limit: pageSize, offset };
      return ask(at(instanceCrn, { ...call, query, needs: READER }), ({ body }) => {
        const items = resources(item)(body);
        return { items, next: items.length < pageSize ? undefined : offset + items.length };
      });
    });
  const listKeys = (instanceCrn: string): Promise<readonly KpKey[]> => {
    const call = { operation: 'list keys', path: '/keys', query: { state: EVERY_STATE } };
    return list(instanceCrn, call, key, ({ id }) => id);
  };
  const listRings = (instanceCrn: string): Promise<readonly KpRing[]> =>
    list(instanceCrn, { operation: 'list key rings', path: '/key_rings' }, ring, ({ id }) => id);
  /** Lists of one instance that settle doubts: who asks while one is under way shares the next. */
  const doubts = new Map<string, (word: string) => Promise<readonly KpKey[]>>();
  const listedKey = async (instanceCrn: string, idOrAlias: string): Promise<KpKey | undefined> => {
    const asks = doubts.get(instanceCrn) ?? gathered(() => listKeys(instanceCrn));
    doubts.set(instanceCrn, asks);
    return (await asks(idOrAlias)).find(({ id, aliases = [] }) => id === idOrAlias || aliases.includes(idOrAlias));
  };
  return {
    /** Keys of one instance in states 0, 1, 2, 3 and 5: a destroyed key keeps its alias. */
    keys: once(listKeys),
    /**
     * By id or alias, in whatever state. The metadata only: they never hold the payload of a standard key.
     *
     * Which code a 404 for an unknown alias has is not published: one about the instance or the ring is an error, any other
     * `NOT_FOUND` is the key's absence, and where the code says nothing one list of keys decides.
     */
    key: async (instanceCrn: string, idOrAlias: string): Promise<KpKey | undefined> => {
      const call = { operation: 'read key', path: path`/keys/${idOrAlias}/metadata`, needs: READER };
      try {
        return await orAbsent(ask(at(instanceCrn, call), onlyKey), isKeyAbsent);
      } catch (error) {
        if (!isRefusal(error, 404) || isHolderAbsent(error.facts.apiCode ?? '')) throw error;
        return await listedKey(instanceCrn, idOrAlias);
      }
    },
    /** A key's rotation policy; `undefined` when none was ever set. */
    rotationPolicy: async (instanceCrn: string, keyId: string): Promise<KpRotation | undefined> => {
      const operation = 'read rotation policy';
      const call = { operation, path: path`/keys/${keyId}/policies`, query: { policy: 'rotation' }, needs: MANAGER };
      const policies = await orAbsent(
        ask(at(instanceCrn, call), ({ body }) => resources(keyPolicy)(body)),
        isKeyAbsent,
      );
      return policies?.find(({ rotation }) => rotation !== undefined)?.rotation;
    },
    /** Policies of a whole instance that were ever set; needs Manager. */
    instancePolicies: async (instanceCrn: string): Promise<readonly KpInstancePolicy[]> =>
      ask(
        at(instanceCrn, { operation: 'read instance policies', path: '/instance/policies', needs: MANAGER }),
        ({ body }) => resources(instancePolicy)(body),
      ),
    keyRings: once(listRings),
    /** Whether an instance has this ring; asked anew on each call. */
    hasKeyRing: async (instanceCrn: string, ringId: string): Promise<boolean> =>
      (await listRings(instanceCrn)).some(({ id }) => id === ringId),
    /** Registrations on every key of one instance. */
    registrations: once((instanceCrn: string): Promise<readonly KpRegistration[]> => {
      const call = { operation: 'list registrations', path: '/keys/registrations' };
      return list(instanceCrn, call, registration, registrationId);
    }),
    /** Registrations on one key, asked of the key itself. */
    registrationsOf: (instanceCrn: string, keyId: string): Promise<readonly KpRegistration[]> => {
      const call = { operation: 'list registrations of a key', path: path`/keys/${keyId}/registrations` };
      return list(instanceCrn, call, registration, registrationId);
    },
  };
}

function writes(wire: Wire) {
  const { ask } = wire;
  const send = (instanceCrn: string, call: Call): Promise<void> => ask(at(instanceCrn, call), nothing);
  /** Never sent again after a lost answer. */
  const post =
    (operation: string, pathOf: (id: string) => string, needs: string) => (instanceCrn: string, id: string) =>
      send(instanceCrn, { operation, method: 'POST', path: pathOf(id), needs });
  /** May be repeated at will, and succeeds when it is gone already: also what a repetition meets. */
  const remove = (instanceCrn: string, call: Call, ...goneStatuses: readonly number[]): Promise<void> =>
    orGone(send(instanceCrn, { ...call, method: 'DELETE', idempotent: true }), ...goneStatuses);
  /**
   * "Actions". A second rotation would be another rotation, and the others are refused in the state that the first one led
   * to.
   */
  const act = (operation: string, action: string, needs: string) =>
    post(operation, (keyId) => path`/keys/${keyId}/actions/${action}`, needs);
  /** "Policies": a key's own. Setting one again is harmless. */
  const setPolicy = (instanceCrn: string, keyId: string, operation: string, policy: string, value: object) =>
    send(instanceCrn, {
      operation,
      method: 'PUT',
      path: path`/keys/${keyId}/policies`,
      query: { policy },
      body: envelope('policy', { type: POLICY_TYPE, [policy]: value }),
      idempotent: true,
      needs: MANAGER,
    });
  return {
    createKey: async (
      instanceCrn: string,
      { material, ...wanted }: KpKeyCreate,
      ringId: string | undefined,
    ): Promise<KpKey> => {
      // An instance's policy may stamp what this key is declared not to have ("Create with overrides").
      const overrides = wanted.dualAuthDelete !== undefined;
      // No `Prefer`: SDKs and terraform-provider-ibm send none and read id and crn from the answer (UNSURE which further
      // members come without it; an answer that lacks some is a LostAnswer, and the key is read again).
      const call: Call = {
        operation: material === undefined ? 'create key' : 'import key',
        method: 'POST',
        path: overrides ? '/keys_with_policy_overrides' : '/keys',
        headers: { 'content-type': KEY_TYPE, ...(ringId === undefined ? {} : { 'X-Kms-Key-Ring': ringId }) },
        body: envelope('key', { type: KEY_TYPE, ...wanted, ...material }),
        needs: overrides ? MANAGER : WRITER,
      };
      return ask(at(instanceCrn, call), onlyKey);
    },
    moveKey: async (instanceCrn: string, keyId: string, rings: { from: string; to: string }): Promise<KpKey> => {
      const call: Call = {
        operation: 'move key to another ring',
        method: 'PATCH',
        path: path`/keys/${keyId}`,
        headers: { 'content-type': KEY_TYPE, 'X-Kms-Key-Ring': rings.from },
        body: { keyRingID: rings.to },
        needs: 'the service role Manager on the key and on both key rings',
      };
      return ask(at(instanceCrn, call), onlyKey);
    },
    addAlias: async (instanceCrn: string, keyId: string, alias: string): Promise<void> => {
      const aliasPath = path`/keys/${keyId}/aliases/${alias}`;
      const call: Call = { operation: 'add alias', method: 'POST', path: aliasPath, idempotent: true, needs: WRITER };
      await send(instanceCrn, call).catch(async (error: unknown) => {
        // Sent again after a lost answer, it meets its own alias: then the alias leads to this very key.
        const isOwn = isRefusal(error, 409) && (await reads(wire).key(instanceCrn, alias))?.id === keyId;
        if (!isOwn) throw error;
      });
    },
    /** Succeeds when it is gone already. UNSURE which code an unknown alias has, so the status decides. */
    removeAlias: (instanceCrn: string, keyId: string, alias: string) =>
      remove(instanceCrn, { operation: 'remove alias', path: path`/keys/${keyId}/aliases/${alias}`, needs: WRITER }),
    setRotationPolicy: (instanceCrn: string, keyId: string, rotation: KpRotation) =>
      setPolicy(instanceCrn, keyId, 'set rotation policy', 'rotation', rotation),
    /** From then on two identities must agree to this key's deletion. It cannot be taken back. */
    requireDualAuthorization: (instanceCrn: string, keyId: string) =>
      setPolicy(instanceCrn, keyId, 'require dual authorization', 'dualAuthDelete', { enabled: true }),
    enableKey: act('enable key', 'enable', MANAGER),
    disableKey: act('disable key', 'disable', MANAGER),
    /** The first of two authorizations; it counts for seven days. */
    setKeyForDeletion: act('set key for deletion', 'setKeyForDeletion', WRITER),
    unsetKeyForDeletion: act('cancel deletion of key', 'unsetKeyForDeletion', WRITER),
    /** A new version; what the old ones encrypted can still be decrypted. Once an hour at most. An imported key takes new material. */
    rotateKey: (instanceCrn: string, keyId: string, material?: KpMaterial) => {
      const call = { operation: 'rotate key', path: path`/keys/${keyId}/actions/rotate`, body: material };
      return send(instanceCrn, { ...call, method: 'POST', needs: WRITER });
    },
    /**
     * "Import tokens": an instance has one, so making it replaces the one before. It can be retrieved once, so that no other
     * client imports with it.
     */
    importToken: async (instanceCrn: string): Promise<KpImportToken> => {
      const call = { path: '/import_token', needs: WRITER };
      const body = { expiration: IMPORT_TOKEN_LIFETIME_S, maxAllowedRetrievals: 1 };
      await send(instanceCrn, { operation: 'create import token', method: 'POST', body, idempotent: true, ...call });
      return ask(at(instanceCrn, { operation: 'read import token', ...call }), (answer) => importToken(answer.body));
    },
    /** Each whole; those that are not among them stay as they are. */
    setInstancePolicies: (instanceCrn: string, policies: readonly KpInstancePolicy[]) =>
      send(instanceCrn, {
        operation: 'set instance policies',
        method: 'PUT',
        path: '/instance/policies',
        body: envelope('policy', ...policies),
        idempotent: true,
        needs: MANAGER,
      }),
    createRing: post('create key ring', (ringId) => path`/key_rings/${ringId}`, WRITER),
    /** Its destroyed keys move to the ring `default`; a live one is refused all the same. Succeeds when it is gone already. */
    deleteRing: (instanceCrn: string, ringId: string) => {
      const call = { operation: 'delete key ring', path: path`/key_rings/${ringId}`, query: { force: 'true' } };
      return remove(instanceCrn, { ...call, needs: MANAGER });
    },
    /** Refused while anybody is registered on the key. Succeeds when it is destroyed or purged already. */
    deleteKey: (instanceCrn: string, keyId: string) =>
      remove(instanceCrn, { operation: 'delete key', path: path`/keys/${keyId}`, needs: MANAGER }, 404, 410),
    /** Destroys a key in use: cryptoshredding. The one request that ever forces a key's deletion. */
    shredKey: (instanceCrn: string, keyId: string) => {
      const call = { operation: 'destroy key by force', path: path`/keys/${keyId}`, query: { force: 'true' } };
      return remove(instanceCrn, { ...call, needs: MANAGER }, 404, 410);
    },
    /** Erases a destroyed key. Succeeds when it is gone already. */
    purgeKey: (instanceCrn: string, keyId: string) =>
      remove(instanceCrn, { operation: 'purge key', path: path`/keys/${keyId}/purge`, needs: PURGER }),
    restoreKey: post('restore key', (keyId) => path`/keys/${keyId}/restore`, MANAGER),
  };
}

/** "Request headers": the header that names the instance; which host it is at is told elsewhere. */
function at(instanceCrn: string, call: Call): Call {
  const crn = parseCrn(instanceCrn);
  if (crn === undefined) throw new TypeError(`not the CRN of a Key Protect instance: ${instanceCrn}`);
  return {
    ...call,
    instance: instanceCrn,
    path: `/api/v2${call.path}`,
    headers: { ...call.headers, 'Bluemix-Instance': crn.instance },
  };
}

/** "Envelope". */
function envelope(type: string, ...items: readonly object[]): object {
  const collectionType = `application/vnd.ibm.kms.${type}+json`;
  return { metadata: { collectionType, collectionTotal: items.length }, resources: items };
}

function onlyKey({ body }: { readonly body: unknown }): KpKey {
  return onlyResource(key)(body);
}

function registrationId({ keyId, resourceCrn }: KpRegistration): string {
  return `${keyId} ${resourceCrn}`;
}

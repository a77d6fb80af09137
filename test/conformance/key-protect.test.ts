import { randomBytes } from 'node:crypto';
import KeyProtect from '@ibm-cloud/ibm-key-protect/ibm-key-protect-api/v2.js';
import { expect } from '@jest/globals';
import { createVault, text } from '../helpers/platform.ts';
import { seal } from '../helpers/secure-import.ts';
import { enveloped } from '../helpers/vault.ts';
import { conformance, type Response, type Row, type Scene } from './conformance.ts';

type Sdk = KeyProtect;
type Given = Scene<Sdk>;

/** A Key Protect instance with a root key, and what its client is asked with. */
interface Vault {
  readonly given: Given;
  readonly bluemixInstance: string;
  /** The instance and the key. */
  readonly root: { readonly bluemixInstance: string; readonly id: string };
  /** Makes another key. @returns instance and key */
  make(more?: object, ring?: string): Promise<Vault['root']>;
}

const unknown = '00000000-0000-4000-8000-000000000000';
const bucket = 'crn:v1:bluemix:public:cloud-object-storage:global:a/0:1:bucket:b';
const keyType = 'application/vnd.ibm.kms.key+json';
const policyType = 'application/vnd.ibm.kms.policy+json';
const buffer = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const key = (more: object = {}): Buffer =>
  buffer(enveloped('key', { type: keyType, name: 'root', extractable: false, ...more }));
const one = (shape: object): object => ({ metadata: { collectionTotal: 1 }, resources: [shape] });

/** A row in a vault of its own. The last argument is the code of the refusal, or what must be in the answer. */
function row(
  status: number,
  situation: string,
  call: (sdk: Sdk, vault: Vault) => Promise<Response>,
  expected?: string | object,
): Row<Sdk> {
  const refusal = { resources: [{ reasons: [{ code: expected, status }] }] };
  const body = typeof expected === 'string' ? refusal : expected;
  return [status, situation, async (sdk, given) => call(sdk, await openVault(given)), body];
}

async function openVault(given: Given): Promise<Vault> {
  const { guid: bluemixInstance } = await createVault(given.api);
  const make: Vault['make'] = async (more, xKmsKeyRing) => {
    const ring = xKmsKeyRing === undefined ? {} : { xKmsKeyRing };
    const { result } = await given.sdk.createKey({ bluemixInstance, body: key(more), ...ring });
    return { bluemixInstance, id: text(result, 'resources', 0, 'id') };
  };
  return { given, bluemixInstance, root: await make(), make };
}

const suspended = async ({ given, root }: Vault): Promise<Vault['root']> => {
  await given.sdk.disableKey(root);
  return root;
};

const destroyed = async ({ given, root }: Vault): Promise<Vault['root']> => {
  await given.sdk.deleteKey(root);
  return root;
};

const used = async ({ given, root }: Vault, preventKeyDeletion = false): Promise<Vault['root']> => {
  const { result } = await given.sdk.getKeyMetadata(root);
  given.emulator.services.register({ key: text(result, 'resources', 0, 'crn'), resource: bucket, preventKeyDeletion });
  return root;
};

/** With dual authorization, which may not be met. */
const guarded = async ({ given, root }: Vault): Promise<Vault['root']> => {
  const resource = { type: policyType, dualAuthDelete: { enabled: true } };
  await given.sdk.putPolicy({ ...root, setKeyPoliciesOneOf: Object(enveloped('policy', resource)) });
  return root;
};

const wrapped = async ({ given, root }: Vault, more: object = {}): Promise<Buffer> => {
  const { result } = await given.sdk.wrapKey({ ...root, keyActionWrapBody: buffer({ plaintext: 'YWJj' }) });
  return buffer({ ciphertext: text(result, 'ciphertext'), ...more });
};

const policies = (...resources: readonly object[]) => ({
  setKeyPoliciesOneOf: Object(enveloped('policy', ...resources)),
});
const rotation = { type: policyType, rotation: { interval_month: 3 } };
const instancePolicies = (...resources: readonly object[]) => ({
  setInstancePoliciesOneOf: Object(enveloped('policy', ...resources)),
});
const dualAuthDelete = { policy_type: 'dualAuthDelete', policy_data: { enabled: true } };
const notFound = 'KEY_NOT_FOUND_ERR';
const invalidState = 'KEY_ACTION_INVALID_STATE_ERR';
const gone = 'KEY_DELETED_ERR';
const early = 'REQ_TOO_EARLY_ERR';

conformance<Sdk>({
  name: 'Key Protect',
  prototype: KeyProtect.prototype,
  open: (options) => new KeyProtect(options),
  // Key Protect answers 400 to what is no token, and 401 to one that has ended or may not.
  malformedToken: 400,
  rows: {
    createKey: [
      row(
        201,
        'a root key',
        (sdk, { bluemixInstance }) => sdk.createKey({ bluemixInstance, body: key() }),
        one({
          state: 1,
          extractable: false,
          imported: false,
          keyRingID: 'default',
        }),
      ),
      row(
        201,
        'a standard key with its payload',
        (sdk, { bluemixInstance }) =>
          sdk.createKey({ bluemixInstance, body: key({ extractable: true }), prefer: 'return=representation' }),
        one({ extractable: true, payload: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) }),
      ),
      row(
        201,
        'a root key by secure import',
        async (sdk, { given, bluemixInstance }) => {
          await given.sdk.postImportToken({ bluemixInstance, expiration: 300, maxAllowedRetrievals: 1 });
          const token = (await given.sdk.getImportToken({ bluemixInstance })).result;
          return await sdk.createKey({ bluemixInstance, body: key(seal(token, randomBytes(32))) });
        },
        one({ imported: true, algorithmBitSize: 256 }),
      ),
      row(
        400,
        'an unknown member',
        (sdk, { bluemixInstance }) => sdk.createKey({ bluemixInstance, body: key({ colour: 'red' }) }),
        'BAD_BODY_ERR',
      ),
      row(
        400,
        'material of another length',
        (sdk, { bluemixInstance }) => sdk.createKey({ bluemixInstance, body: key({ payload: 'YWJj' }) }),
        'INVALID_FIELD_ERR',
      ),
      row(
        404,
        'a ring that is not there',
        (sdk, { bluemixInstance }) => sdk.createKey({ bluemixInstance, body: key(), xKmsKeyRing: 'none' }),
        'KEY_RING_NOT_FOUND_ERR',
      ),
      row(
        409,
        'an alias that is taken',
        async (sdk, { bluemixInstance, make }) => {
          await make({ aliases: ['mine'] });
          return await sdk.createKey({ bluemixInstance, body: key({ aliases: ['mine'] }) });
        },
        'KEY_ALIAS_NOT_UNIQUE_ERR',
      ),
      row(
        409,
        'a kind that the instance does not allow',
        async (sdk, { given, bluemixInstance }) => {
          const attributes = { create_root_key: false };
          const policy = { policy_type: 'keyCreateImportAccess', policy_data: { enabled: true, attributes } };
          await given.sdk.putInstancePolicy({ bluemixInstance, ...instancePolicies(policy) });
          return await sdk.createKey({ bluemixInstance, body: key() });
        },
        'KEY_CREATE_IMPORT_ACCESS_ERR',
      ),
      row(
        409,
        'an import token that has expired',
        async (sdk, { given, bluemixInstance }) => {
          await given.sdk.postImportToken({ bluemixInstance });
          const token = (await given.sdk.getImportToken({ bluemixInstance })).result;
          given.emulator.clock.advance(601_000);
          return await sdk.createKey({ bluemixInstance, body: key(seal(token, randomBytes(32))) });
        },
        'IMPORT_TOKEN_EXPIRED_ERR',
      ),
    ],
    getKeys: [
      row(
        200,
        'by states, comma-joined, and pages',
        async (sdk, vault) => {
          await destroyed(vault);
          const { bluemixInstance } = vault;
          return await sdk.getKeys({ bluemixInstance, state: [1, 5], limit: 10, offset: 0, extractable: false });
        },
        one({ state: 5 }),
      ),
      row(
        400,
        'a limit that is too large',
        (sdk, { bluemixInstance }) => sdk.getKeys({ bluemixInstance, limit: 5001 }),
        'INVALID_QUERY_PARAM_ERR',
      ),
    ],
    getKeyCollectionMetadata: [
      row(200, 'the count', (sdk, { bluemixInstance }) => sdk.getKeyCollectionMetadata({ bluemixInstance })),
      row(400, 'a state that is none', (sdk, { bluemixInstance }) =>
        sdk.getKeyCollectionMetadata({ bluemixInstance, state: [7] }),
      ),
    ],
    getKey: [
      row(200, 'a root key', (sdk, { root }) => sdk.getKey(root), one({ state: 1 })),
      row(
        200,
        'a destroyed one',
        async (sdk, vault) => sdk.getKey(await destroyed(vault)),
        one({ state: 5, deleted: true, restoreAllowed: true }),
      ),
      row(404, 'an unknown one', (sdk, { root }) => sdk.getKey({ ...root, id: unknown }), notFound),
    ],
    getKeyMetadata: [
      row(200, 'a root key', (sdk, { root }) => sdk.getKeyMetadata(root), one({ keyVersion: expect.any(Object) })),
      row(404, 'an unknown one', (sdk, { root }) => sdk.getKeyMetadata({ ...root, id: unknown }), notFound),
    ],
    getKeyVersions: [
      row(
        200,
        'newest first',
        async (sdk, { given, root }) => {
          await given.sdk.rotateKey(root);
          return await sdk.getKeyVersions({ ...root, limit: 1 });
        },
        one({ id: expect.any(String), creationDate: expect.any(String) }),
      ),
      row(
        400,
        'a standard key',
        async (sdk, { make }) => sdk.getKeyVersions(await make({ extractable: true })),
        'KEY_ROOT_REQ_ERR',
      ),
      row(409, 'a suspended key', async (sdk, vault) => sdk.getKeyVersions(await suspended(vault)), invalidState),
    ],
    deleteKey: [
      row(
        200,
        'and what it was',
        (sdk, { root }) => sdk.deleteKey({ ...root, prefer: 'return=representation' }),
        one({ state: 5, deletedBy: expect.any(String) }),
      ),
      row(204, 'without a word', (sdk, { root }) => sdk.deleteKey(root)),
      row(204, 'in use, by force', async (sdk, vault) => sdk.deleteKey({ ...(await used(vault)), force: true })),
      row(404, 'an unknown one', (sdk, { root }) => sdk.deleteKey({ ...root, id: unknown }), notFound),
      row(409, 'in use', async (sdk, vault) => sdk.deleteKey(await used(vault)), 'PROTECTED_RESOURCE_ERR'),
      row(
        409,
        'in use by what must be kept, by force',
        async (sdk, vault) => sdk.deleteKey({ ...(await used(vault, true)), force: true }),
        'PREV_KEY_DEL_ERR',
      ),
      row(
        409,
        'without a first authorization',
        async (sdk, vault) => sdk.deleteKey(await guarded(vault)),
        'AUTHORIZATIONS_NOT_MET',
      ),
      row(410, 'a second time', async (sdk, vault) => sdk.deleteKey(await destroyed(vault)), gone),
    ],
    restoreKey: [
      row(201, 'after thirty seconds', async (sdk, vault) => {
        const id = await destroyed(vault);
        vault.given.emulator.clock.advance(31_000);
        return await sdk.restoreKey(id);
      }),
      row(400, 'past its expiration', async (sdk, { given, make }) => {
        const expirationDate = new Date(given.emulator.clock.now().getTime() + 600_000).toISOString();
        const expiring = await make({ expirationDate });
        await given.sdk.deleteKey(expiring);
        given.emulator.clock.advance(601_000);
        return await sdk.restoreKey(expiring);
      }),
      row(409, 'at once', async (sdk, vault) => sdk.restoreKey(await destroyed(vault))),
      row(409, 'a key that is there', (sdk, { root }) => sdk.restoreKey(root)),
    ],
    wrapKey: [
      row(200, 'a data key of its own making', (sdk, { root }) => sdk.wrapKey(root), {
        plaintext: expect.any(String),
        ciphertext: expect.any(String),
        keyVersion: { id: expect.any(String) },
      }),
      row(
        400,
        'what is no base64',
        (sdk, { root }) => sdk.wrapKey({ ...root, keyActionWrapBody: buffer({ plaintext: '#' }) }),
        'INVALID_FIELD_ERR',
      ),
      row(
        400,
        'a standard key',
        async (sdk, { make }) => sdk.wrapKey(await make({ extractable: true })),
        'KEY_ROOT_REQ_ERR',
      ),
      row(409, 'a suspended key', async (sdk, vault) => sdk.wrapKey(await suspended(vault)), invalidState),
      row(410, 'a destroyed key', async (sdk, vault) => sdk.wrapKey(await destroyed(vault)), gone),
    ],
    unwrapKey: [
      row(
        200,
        'what an older version wrapped, rewrapped',
        async (sdk, vault) => {
          const keyActionUnwrapBody = await wrapped(vault);
          await vault.given.sdk.rotateKey(vault.root);
          return await sdk.unwrapKey({ ...vault.root, keyActionUnwrapBody });
        },
        { plaintext: 'YWJj', rewrappedKeyVersion: { id: expect.any(String) } },
      ),
      row(
        400,
        'no body',
        (sdk, { root }) => sdk.unwrapKey({ ...root, keyActionUnwrapBody: buffer({}) }),
        'NO_BODY_ERR',
      ),
      row(
        422,
        'with other additional data',
        async (sdk, vault) =>
          sdk.unwrapKey({ ...vault.root, keyActionUnwrapBody: await wrapped(vault, { aad: ['x'] }) }),
        'UNPROCESSABLE_CIPHERTEXT_ERR',
      ),
    ],
    rewrapKey: [
      row(
        200,
        'by the newest version',
        async (sdk, vault) => {
          const keyActionRewrapBody = await wrapped(vault);
          await vault.given.sdk.rotateKey(vault.root);
          return await sdk.rewrapKey({ ...vault.root, keyActionRewrapBody });
        },
        { ciphertext: expect.any(String), rewrappedKeyVersion: { id: expect.any(String) } },
      ),
      row(
        422,
        'with other additional data',
        async (sdk, vault) =>
          sdk.rewrapKey({ ...vault.root, keyActionRewrapBody: await wrapped(vault, { aad: ['x'] }) }),
        'UNPROCESSABLE_CIPHERTEXT_ERR',
      ),
    ],
    rotateKey: [
      row(204, 'a generated key', (sdk, { root }) => sdk.rotateKey(root)),
      row(204, 'an imported key with new material', async (sdk, { make }) => {
        const imported = await make({ payload: randomBytes(32).toString('base64') });
        const payload = randomBytes(32).toString('base64');
        return await sdk.rotateKey({ ...imported, keyActionRotateBody: buffer({ payload }) });
      }),
      row(
        400,
        'an imported key without',
        async (sdk, { make }) => sdk.rotateKey(await make({ payload: randomBytes(32).toString('base64') })),
        'KEY_PAYLOAD_REQ_ERR',
      ),
      row(
        400,
        'a generated key with material',
        (sdk, { root }) => sdk.rotateKey({ ...root, keyActionRotateBody: buffer({ payload: 'YWJj' }) }),
        'INVALID_QUERY_PARAM_ERR',
      ),
      row(
        409,
        'twice in an hour',
        async (sdk, { given, root }) => {
          await given.sdk.rotateKey(root);
          return await sdk.rotateKey(root);
        },
        'KEY_ROTATION_NOT_PERMITTED',
      ),
    ],
    disableKey: [
      row(204, 'an active key', (sdk, { root }) => sdk.disableKey(root)),
      row(409, 'a suspended key', async (sdk, vault) => sdk.disableKey(await suspended(vault)), invalidState),
    ],
    enableKey: [
      row(204, 'after thirty seconds', async (sdk, vault) => {
        const id = await suspended(vault);
        vault.given.emulator.clock.advance(31_000);
        return await sdk.enableKey(id);
      }),
      row(409, 'at once', async (sdk, vault) => sdk.enableKey(await suspended(vault)), early),
      row(409, 'an active key', (sdk, { root }) => sdk.enableKey(root), invalidState),
    ],
    setKeyForDeletion: [
      row(204, 'with dual authorization', async (sdk, vault) => sdk.setKeyForDeletion(await guarded(vault))),
      row(409, 'without', (sdk, { root }) => sdk.setKeyForDeletion(root), 'NOT_DUAL_AUTH_ERR'),
    ],
    unsetKeyForDeletion: [
      row(204, 'with dual authorization', async (sdk, vault) => sdk.unsetKeyForDeletion(await guarded(vault))),
      row(409, 'without', (sdk, { root }) => sdk.unsetKeyForDeletion(root), 'NOT_DUAL_AUTH_ERR'),
    ],
    syncAssociatedResources: [
      row(204, 'a key of which nothing was told', (sdk, { root }) => sdk.syncAssociatedResources(root)),
      row(
        409,
        'within an hour of an event',
        async (sdk, vault) => sdk.syncAssociatedResources(await suspended(vault)),
        early,
      ),
    ],
    createKeyAlias: [
      row(
        201,
        'a free name',
        (sdk, { root }) => sdk.createKeyAlias({ ...root, alias: 'mine' }),
        one({ alias: 'mine', keyId: expect.any(String), createdBy: expect.any(String) }),
      ),
      row(
        400,
        'a reserved word',
        (sdk, { root }) => sdk.createKeyAlias({ ...root, alias: 'policies' }),
        'INVALID_FIELD_ERR',
      ),
      row(
        404,
        'an unknown key',
        (sdk, { root }) => sdk.createKeyAlias({ ...root, id: unknown, alias: 'mine' }),
        notFound,
      ),
      row(
        409,
        'a name that is taken',
        async (sdk, { root, make }) => {
          await make({ aliases: ['mine'] });
          return await sdk.createKeyAlias({ ...root, alias: 'mine' });
        },
        'KEY_ALIAS_NOT_UNIQUE_ERR',
      ),
      row(
        409,
        'a sixth',
        async (sdk, { make }) =>
          sdk.createKeyAlias({ ...(await make({ aliases: ['a1', 'a2', 'a3', 'a4', 'a5'] })), alias: 'a6' }),
        'KEY_ALIAS_QUOTA_ERR',
      ),
    ],
    deleteKeyAlias: [
      row(204, 'of the key', async (sdk, { make }) =>
        sdk.deleteKeyAlias({ ...(await make({ aliases: ['mine'] })), alias: 'mine' }),
      ),
      row(404, 'of nobody', (sdk, { root }) => sdk.deleteKeyAlias({ ...root, alias: 'mine' })),
    ],
    postImportToken: [
      row(
        200,
        'for five minutes and two retrievals',
        (sdk, { bluemixInstance }) =>
          sdk.postImportToken({ bluemixInstance, expiration: 300, maxAllowedRetrievals: 2 }),
        { maxAllowedRetrievals: 2, remainingRetrievals: 2, expirationDate: expect.any(String) },
      ),
      row(
        400,
        'for too short',
        (sdk, { bluemixInstance }) => sdk.postImportToken({ bluemixInstance, expiration: 299 }),
        'INVALID_FIELD_ERR',
      ),
    ],
    getImportToken: [
      row(
        200,
        'the first time',
        async (sdk, { given, bluemixInstance }) => {
          await given.sdk.postImportToken({ bluemixInstance });
          return await sdk.getImportToken({ bluemixInstance });
        },
        { remainingRetrievals: 0, payload: expect.any(String), nonce: expect.any(String) },
      ),
      row(404, 'before there is one', (sdk, { bluemixInstance }) => sdk.getImportToken({ bluemixInstance })),
      row(
        409,
        'once too often',
        async (sdk, { given, bluemixInstance }) => {
          await given.sdk.postImportToken({ bluemixInstance });
          await given.sdk.getImportToken({ bluemixInstance });
          return await sdk.getImportToken({ bluemixInstance });
        },
        'IMPORT_TOKEN_EXPIRED_ERR',
      ),
    ],
    listKeyRings: [
      row(
        200,
        'the default one',
        (sdk, { bluemixInstance }) => sdk.listKeyRings({ bluemixInstance }),
        one({ id: 'default' }),
      ),
    ],
    createKeyRing: [
      row(201, 'a new one', (sdk, { bluemixInstance }) => sdk.createKeyRing({ bluemixInstance, keyRingId: 'lake' })),
      row(
        400,
        'a bad id',
        (sdk, { bluemixInstance }) => sdk.createKeyRing({ bluemixInstance, keyRingId: 'a_b' }),
        'INVALID_FIELD_ERR',
      ),
      row(409, 'the default one', (sdk, { bluemixInstance }) =>
        sdk.createKeyRing({ bluemixInstance, keyRingId: 'default' }),
      ),
    ],
    deleteKeyRing: [
      row(204, 'an empty one', async (sdk, { given, bluemixInstance }) => {
        await given.sdk.createKeyRing({ bluemixInstance, keyRingId: 'lake' });
        return await sdk.deleteKeyRing({ bluemixInstance, keyRingId: 'lake' });
      }),
      row(
        404,
        'an unknown one',
        (sdk, { bluemixInstance }) => sdk.deleteKeyRing({ bluemixInstance, keyRingId: 'lake' }),
        'KEY_RING_NOT_FOUND_ERR',
      ),
      row(
        409,
        'one with a key in it',
        async (sdk, { given, bluemixInstance, make }) => {
          await given.sdk.createKeyRing({ bluemixInstance, keyRingId: 'lake' });
          await make({}, 'lake');
          return await sdk.deleteKeyRing({ bluemixInstance, keyRingId: 'lake' });
        },
        'KEY_RING_NOT_EMPTY_ERR',
      ),
    ],
    putPolicy: [
      row(
        200,
        'rotation',
        (sdk, { root }) => sdk.putPolicy({ ...root, policy: 'rotation', ...policies(rotation) }),
        one({ crn: expect.stringContaining(':policy:'), rotation: { enabled: true, interval_month: 3 } }),
      ),
      row(
        400,
        'another than the query names',
        (sdk, { root }) => sdk.putPolicy({ ...root, policy: 'dualAuthDelete', ...policies(rotation) }),
        'BODY_QUERY_PARAM_MISMATCH_ERR',
      ),
      row(
        400,
        'thirteen months',
        (sdk, { root }) => sdk.putPolicy({ ...root, ...policies({ ...rotation, rotation: { interval_month: 13 } }) }),
        'INVALID_FIELD_ERR',
      ),
      row(
        409,
        'dual authorization turned off',
        async (sdk, vault) => {
          const off = { type: policyType, dualAuthDelete: { enabled: false } };
          return await sdk.putPolicy({ ...(await guarded(vault)), ...policies(off) });
        },
        invalidState,
      ),
    ],
    getPolicy: [
      row(
        200,
        'dual authorization',
        async (sdk, vault) => sdk.getPolicy({ ...(await guarded(vault)), policy: 'dualAuthDelete' }),
        one({ dualAuthDelete: { enabled: true }, lastUpdateDate: expect.any(String) }),
      ),
      row(200, 'none', (sdk, { root }) => sdk.getPolicy(root), { metadata: { collectionTotal: 0 } }),
      row(404, 'of an unknown key', (sdk, { root }) => sdk.getPolicy({ ...root, id: unknown }), notFound),
    ],
    putInstancePolicy: [
      row(204, 'dual authorization', (sdk, { bluemixInstance }) =>
        sdk.putInstancePolicy({ bluemixInstance, policy: 'dualAuthDelete', ...instancePolicies(dualAuthDelete) }),
      ),
      row(
        400,
        'the same twice',
        (sdk, { bluemixInstance }) =>
          sdk.putInstancePolicy({ bluemixInstance, ...instancePolicies(dualAuthDelete, dualAuthDelete) }),
        'NUM_COLLECTION_RESOURCE_ERR',
      ),
      row(
        400,
        'another than the query names',
        (sdk, { bluemixInstance }) =>
          sdk.putInstancePolicy({ bluemixInstance, policy: 'metrics', ...instancePolicies(dualAuthDelete) }),
        'BODY_QUERY_PARAM_MISMATCH_ERR',
      ),
    ],
    getInstancePolicy: [
      row(
        200,
        'what was set',
        async (sdk, { given, bluemixInstance }) => {
          await given.sdk.putInstancePolicy({ bluemixInstance, ...instancePolicies(dualAuthDelete) });
          return await sdk.getInstancePolicy({ bluemixInstance });
        },
        one({ ...dualAuthDelete, lastUpdated: expect.any(String) }),
      ),
      row(
        400,
        'an unknown one',
        (sdk, { bluemixInstance }) => sdk.getInstancePolicy({ bluemixInstance, policy: 'size' }),
        'INVALID_QUERY_PARAM_ERR',
      ),
    ],
    getAllowedIpPort: [
      row(200, 'none', (sdk, { bluemixInstance }) => sdk.getAllowedIpPort({ bluemixInstance }), {
        metadata: { collectionTotal: 0 },
      }),
    ],
    getRegistrations: [
      row(
        200,
        'of a key in use',
        async (sdk, vault) => sdk.getRegistrations({ ...(await used(vault)), totalCount: true }),
        { metadata: { totalCount: 1 }, resources: [{ resourceCrn: bucket, preventKeyDeletion: false }] },
      ),
      row(404, 'of an unknown key', (sdk, { root }) => sdk.getRegistrations({ ...root, id: unknown }), notFound),
    ],
    getRegistrationsAllKeys: [
      row(
        200,
        'by a pattern',
        async (sdk, vault) => {
          const { bluemixInstance } = await used(vault);
          const urlEncodedResourceCrnQuery = `${bucket.split(':').slice(0, 8).join(':')}:*:*`;
          return await sdk.getRegistrationsAllKeys({ bluemixInstance, urlEncodedResourceCrnQuery });
        },
        one({ resourceCrn: bucket }),
      ),
      row(
        400,
        'a pattern that is too wide',
        (sdk, { bluemixInstance }) =>
          sdk.getRegistrationsAllKeys({ bluemixInstance, urlEncodedResourceCrnQuery: 'crn:*:*:*:*:*:*:*:*:*' }),
        'INVALID_QUERY_PARAM_ERR',
      ),
    ],
  },
});

import { secretPrefix } from '../tables.ts';
import type { Identity, Store, Table, World } from '../world.ts';

/** What an identity may do in Key Protect, and where; what is left out is not narrowed. */
export interface Access {
  /** GUID or name of a Key Protect instance. */
  readonly instance?: string;
  readonly ring?: string;
  /** Id of a key. */
  readonly key?: string;
  /** `Reader`, `ReaderPlus`, `Writer`, `Manager`, `KeyPurge`. */
  readonly roles: readonly string[];
}

/** Someone with an API key. */
export interface IdentityRecord {
  readonly iamId: string;
  readonly kind: 'user' | 'serviceId';
  /** Unique; what it is known by here. */
  readonly name: string;
  /** `all`: everything, also what no role contains. */
  readonly access: readonly Access[] | 'all';
}

/** An API key and whom it stands for. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly identity: Identity;
}

interface ApiKeyRecord {
  readonly id: string;
  readonly iamId: string;
  readonly secret: string;
}

/** The key that the emulator's environment names. */
export const apiKeySecret = 'keystead-emulator';

/** Whoever uses the emulator: always there, may do everything, and stored nowhere. */
export const developer: IdentityRecord = {
  iamId: 'IBMid-3100000001',
  kind: 'user',
  name: 'Keystead Developer',
  access: 'all',
};

const developerKey: ApiKeyRecord = {
  id: 'ApiKey-00000000-0000-4000-8000-000000000001',
  iamId: developer.iamId,
  secret: apiKeySecret,
};

/** The API key of that secret. */
export function findApiKey(world: World, secret: string): ApiKey | undefined {
  const all = [developerKey, ...apiKeys(world.store).all()];
  const key = all.find((one) => one.secret === secret);
  const record = key === undefined ? undefined : findIdentity(world.store, key.iamId);
  if (key === undefined || record === undefined) return undefined;
  const { iamId, kind, name } = record;
  const keyName = record === developer ? 'keystead' : name;
  return { id: key.id, name: keyName, identity: { iamId, accountId: world.account, kind, name } };
}

/** The identity of that IAM id. */
export function findIdentity(store: Store, iamId: string): IdentityRecord | undefined {
  return iamId === developer.iamId ? developer : identities(store).get(iamId);
}

/** Identities that were added, by IAM id. */
export function identities(store: Store): Table<IdentityRecord> {
  return store.table('iam/identities');
}

/** Their API keys, by IAM id: each has one. */
export function apiKeys(store: Store): Table<ApiKeyRecord> {
  return store.table(`${secretPrefix}iam-api-keys`);
}

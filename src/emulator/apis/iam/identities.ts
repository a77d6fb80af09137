import { secretPrefix } from '../../core/tables.ts';
import type { Identity, Store, Table, World } from '../../core/world.ts';
import { aboutOf } from './about.ts';
import type { PlatformAccess } from './platform.ts';

/** What an identity may do in Key Protect, and where; what is left out is not narrowed. */
export interface Access {
  /** GUID or name of a Key Protect instance. */
  readonly instance?: string;
  readonly ring?: string;
  /** Id of a key. */
  readonly key?: string;
  /** `Reader`, `ReaderPlus`, `Writer`, `Manager`, `KeyPurge`. */
  readonly roles: readonly string[];
  /** What custom roles let it do besides, such as `kms.secrets.list`. */
  readonly actions?: readonly string[];
}

/** Someone who can log in: with an API key, or, as a trusted profile, by being trusted. */
export interface IdentityRecord {
  readonly iamId: string;
  readonly kind: 'user' | 'serviceId' | 'profile';
  /** What it is known by here; unique among those that the start or a control call gave. */
  readonly name: string;
  /** `all`: everything, also what no role contains. */
  readonly access: readonly Access[] | 'all';
  /** What it may do with instances as a whole; absent: everything. */
  readonly platform?: readonly PlatformAccess[];
}

/** An API key and whom it stands for. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly identity: Identity;
}

/** An API key as it is kept. What else is known of it lies elsewhere, since this is never shown. */
export interface ApiKeyRecord {
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

/** The key that it logs in with. */
export const developerKey: ApiKeyRecord = {
  id: 'ApiKey-00000000-0000-4000-8000-000000000001',
  iamId: developer.iamId,
  secret: apiKeySecret,
};

/** The API key of that secret, if it may be used. */
export function findApiKey(world: World, secret: string): ApiKey | undefined {
  const key = keyOfSecret(world.store, secret);
  const record = key === undefined ? undefined : findIdentity(world.store, key.iamId);
  if (key === undefined || record === undefined) return undefined;
  const about = aboutOf(world.store, key.id);
  if (about.disabled || (about.expiresAt !== undefined && Date.parse(about.expiresAt) <= world.now().getTime())) {
    return undefined;
  }
  const name = about.name ?? (record === developer ? 'keystead' : record.name);
  return { id: key.id, name, identity: identityOf(world, record) };
}

/** Whose secret it is, whether or not it may be used. */
export function keyOfSecret(store: Store, secret: string): ApiKeyRecord | undefined {
  return secret === developerKey.secret ? developerKey : apiKeys(store).by('secret', secret)[0];
}

/** Every API key, the default identity's first. */
export function allApiKeys(store: Store): readonly ApiKeyRecord[] {
  return [developerKey, ...apiKeys(store).all()];
}

/** Whom a token of that identity names. */
export function identityOf(world: World, { iamId, kind, name }: IdentityRecord): Identity {
  return { iamId, accountId: world.account, kind, name };
}

/** The identity of that IAM id. */
export function findIdentity(store: Store, iamId: string): IdentityRecord | undefined {
  return iamId === developer.iamId ? developer : identities(store).get(iamId);
}

/** Identities that were added, by IAM id. */
export function identities(store: Store): Table<IdentityRecord, 'name'> {
  return store.table('iam/identities', { name: ({ name }: IdentityRecord) => name });
}

/** Their API keys, by id. */
export function apiKeys(store: Store): Table<ApiKeyRecord, 'secret' | 'identity'> {
  return store.table(`${secretPrefix}iam-api-keys`, {
    secret: ({ secret }: ApiKeyRecord) => secret,
    identity: ({ iamId }: ApiKeyRecord) => iamId,
  });
}

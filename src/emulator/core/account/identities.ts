import type { Store, Table } from '../store.ts';
import { secretPrefix } from '../tables.ts';

/** Whom a bearer token names. */
export interface Identity {
  /** `IBMid-…`, `iam-ServiceId-…` or `iam-Profile-…`. */
  readonly iamId: string;
  /** The 32 hexadecimal digits of the account; empty for a call without a token. */
  readonly accountId: string;
  readonly kind: 'user' | 'serviceId' | 'profile' | 'anonymous';
  readonly name: string;
}

/** Each contains the ones before it. Source: platform reference, "Roles" (the names); what each lets do is judged. */
export const platformRoles = ['Viewer', 'Operator', 'Editor', 'Administrator'] as const;

export type PlatformRole = (typeof platformRoles)[number];

/** What an identity may do on the platform; what is left out is not narrowed. */
export interface PlatformAccess {
  /** Catalog name, such as `kms`; `resource-controller` for resource groups, `iam-identity` for service IDs and profiles. */
  readonly service?: string;
  /** GUID or name of an instance; id or name of a resource group, service ID or profile. */
  readonly instance?: string;
  readonly roles: readonly PlatformRole[];
}

/** What it is done with: an instance, something else that a service keeps, or all of a service. */
export interface PlatformTarget {
  readonly serviceName: string;
  /** Of an instance its GUID; of anything else its id. */
  readonly guid?: string;
  readonly name?: string;
  readonly resourceGroupId?: string;
  /** One of the account management services, which policies for all services leave out. */
  readonly isAccountManagement?: true;
  /** What of the service it is, where that is no instance; as policies say it in `resourceType` and `resource`. */
  readonly resource?: { readonly type: string; readonly id?: string };
}

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

/** Whose secret it is, whether or not it may be used. */
export function keyOfSecret(store: Store, secret: string): ApiKeyRecord | undefined {
  return secret === developerKey.secret ? developerKey : apiKeys(store).by('secret', secret)[0];
}

/** Every API key, the default identity's first. */
export function allApiKeys(store: Store): readonly ApiKeyRecord[] {
  return [developerKey, ...apiKeys(store).all()];
}

/** Whom a token of that identity names. */
export function identityOf({ account }: { readonly account: string }, record: IdentityRecord): Identity {
  const { iamId, kind, name } = record;
  return { iamId, accountId: account, kind, name };
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

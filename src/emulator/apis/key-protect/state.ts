import type { Store } from '../../core/store.ts';
import { secretPrefix } from '../../core/tables.ts';
import type { Table, World } from '../../core/world.ts';

/** One generation of a key's material. */
export interface KeyVersion {
  readonly id: string;
  readonly creationDate: string;
}

/** A key policy; a key has one of a type at most. */
export interface Policy<Value> {
  readonly id: string;
  readonly createdBy: string;
  readonly creationDate: string;
  readonly updatedBy: string;
  readonly lastUpdateDate: string;
  readonly value: Value;
}

/** How often a key is to be rotated; months of 30 days. */
export interface RotationPolicy {
  readonly enabled: boolean;
  readonly interval_month: number;
}

/** A key, whatever its state. Dates are as the API shows them: whole seconds, `Z`. */
export interface Key {
  readonly id: string;
  readonly instanceGuid: string;
  readonly crn: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly tags: readonly string[];
  readonly aliases: readonly string[];
  /** 0 pre-activation (from a seed only), 1 active, 2 suspended, 3 deactivated, 5 destroyed. */
  readonly state: 0 | 1 | 2 | 3 | 5;
  /** `false` is a root key. */
  readonly extractable: boolean;
  /** Whether the caller brought the material. */
  readonly imported: boolean;
  /** Of the newest version; absent where it is 256. */
  readonly bitSize?: 128 | 192;
  readonly keyRingId: string;
  readonly expirationDate: string | undefined;
  readonly creationDate: string;
  readonly createdBy: string;
  readonly lastUpdateDate: string;
  readonly lastRotateDate: string | undefined;
  /** Newest first; never empty. The material of each lies in `materials`. */
  readonly versions: readonly [KeyVersion, ...KeyVersion[]];
  readonly rotation: Policy<RotationPolicy> | undefined;
  readonly dualAuthDelete: Policy<{ readonly enabled: boolean }> | undefined;
  /** ISO 8601 with milliseconds: what the 30 second rule counts from. */
  readonly stateChangedAt: string;
  readonly deletionDate: string | undefined;
  readonly deletedBy: string | undefined;
  /** The first of two authorizations to delete it: whose, and until when. */
  readonly setForDeletion: { readonly by: string; readonly until: string } | undefined;
  /** What services were told last, and when (ISO 8601 with milliseconds). */
  readonly notified: { readonly event: KeyEvent; readonly at: string } | undefined;
}

/** What services are told of. Source: Key Protect reference, "Lifecycle events to services". */
export type KeyEvent = 'delete' | 'restore' | 'enable' | 'disable' | 'rotate';

/** A resource of a service that a root key protects. */
export interface Registration {
  readonly keyId: string;
  readonly instanceGuid: string;
  readonly resourceCrn: string;
  readonly serviceName: string;
  readonly description: string;
  readonly preventKeyDeletion: boolean;
  /** The key's newest version when it was registered. */
  readonly keyVersion: KeyVersion;
  readonly createdBy: string;
  readonly creationDate: string;
  readonly updatedBy: string;
  readonly lastUpdated: string;
}

/** An alias; unique in its instance, also while its key is destroyed. */
export interface Alias {
  readonly alias: string;
  readonly instanceGuid: string;
  readonly keyId: string;
  readonly createdBy: string;
  readonly creationDate: string;
}

/** A key ring. `default` is in every instance and not stored. */
export interface Ring {
  readonly id: string;
  readonly instanceGuid: string;
  readonly createdBy: string;
  readonly creationDate: string;
}

/** All keys of all instances, by key id. */
export function keys(store: Store): Table<Key, 'instance' | 'ring'> {
  return store.table('key-protect/keys', {
    instance: (key: Key) => key.instanceGuid,
    ring: (key: Key) => `${key.instanceGuid}/${key.keyRingId}`,
  });
}

/** All registrations, by `registrationId`. */
export function registrations(store: Store): Table<Registration, 'key' | 'instance'> {
  return store.table('key-protect/registrations', {
    key: (registration: Registration) => registration.keyId,
    instance: (registration: Registration) => registration.instanceGuid,
  });
}

/** Until when (ISO 8601) a destroyed key counts as one that its ring and its instance hold, by key id. */
export function leavingKeys(store: Store): Table<{ readonly until: string }> {
  return store.table('key-protect/leaving');
}

/** Whether a key stands in the way of its ring's and its instance's deletion: also for a while after its own. */
export function isHeld({ store, now }: World, { id, state }: Key): boolean {
  const until = leavingKeys(store).get(id)?.until;
  return state !== 5 || (until !== undefined && now() < new Date(until));
}

/** The registrations on one key. */
export function registrationsOn(store: Store, keyId: string): readonly Registration[] {
  return registrations(store).by('key', keyId);
}

/** All aliases, by `<instance GUID>/<alias>`. */
export function aliases(store: Store): Table<Alias> {
  return store.table('key-protect/aliases');
}

/** When the name of a deleted alias can be used again, by `<instance GUID>/<alias>`; long past ones too. */
export function formerAliases(store: Store): Table<{ readonly freeFrom: string }> {
  return store.table('key-protect/former-aliases');
}

/** All rings but `default`, by `<instance GUID>/<ring>`. */
export function rings(store: Store): Table<Ring, 'instance'> {
  return store.table('key-protect/rings', { instance: (ring: Ring) => ring.instanceGuid });
}

/** Key material, base64, by the id of its version. Not shown by the control API. */
export function materials(store: Store): Table<{ readonly base64: string }> {
  return store.table(`${secretPrefix}key-protect-material`);
}

/** The key of that full CRN, in whatever state. */
export function findKeyByCrn(world: World, crn: string): Key | undefined {
  const key = keys(world.store).get(crn.split(':').at(-1) ?? '');
  return key?.crn === crn ? key : undefined;
}

/**
 * Tells every service that is registered on the key what happened to it; they act `serviceReactionMs` later.
 * Source: Key Protect reference, "Lifecycle events to services". That an expiration is none follows from its list.
 * @returns the key, which remembers when its services were told; the caller saves it
 */
export function notifyServices(world: World, key: Key, event: KeyEvent): Key {
  if (registrationsOn(world.store, key.id).length > 0) world.emit('key.changed', { keyId: key.id, event });
  return { ...key, notified: { event, at: world.now().toISOString() } };
}

/** A moment as Key Protect writes it. Source: Key Protect reference, "Quirks an emulator must absorb": whole seconds, `Z`. */
export function dateOf(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`;
}

/** Milliseconds in a second, an hour and a day. */
export const secondMs = 1000;
export const hourMs = 3600 * secondMs;
export const dayMs = 24 * hourMs;

/** The moment so many milliseconds after a date of the API. */
export function after(date: string, ms: number): Date {
  return new Date(Date.parse(date) + ms);
}

/** Tells the activity log what happened to a key without anybody asking for it at that moment. */
export function recordByItself(
  world: World,
  { id, crn, instanceGuid }: Key,
  verb: 'rotate' | 'expire' | 'purge',
  severity: 'normal' | 'warning',
  more: Readonly<Record<string, string | number>> = {},
): void {
  const data = { keyId: id, instanceID: instanceGuid, ...more };
  world.record({ action: `kms.secrets.${verb}`, target: crn, initiator: 'kms', severity, data });
}

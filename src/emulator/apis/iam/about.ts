import { developer, findIdentity, identityOf, keyOfSecret } from '../../core/account/identities.ts';
import type { Store, Table } from '../../core/store.ts';
import type { Call, Identity, World } from '../../core/world.ts';

/** What the identity API keeps of a service ID, an API key or a profile beside who it is. */
export interface About {
  /** Of an API key; undefined: its identity's. */
  readonly name: string | undefined;
  readonly description: string;
  readonly locked: boolean;
  readonly disabled: boolean;
  readonly expiresAt: string | undefined;
  readonly supportSessions: boolean;
  readonly actionWhenLeaked: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly modifiedAt: string;
  /** Raised with every write: the first part of the entity tag. */
  readonly version: number;
}

/** Of what was there before anybody asked: the default identity and those of the start. */
const unsaid: About = {
  name: undefined,
  description: '',
  locked: false,
  disabled: false,
  expiresAt: undefined,
  supportSessions: false,
  actionWhenLeaked: 'none',
  createdAt: '2026-01-02T03:04:00.000Z',
  createdBy: 'IBMid-3100000001',
  modifiedAt: '2026-01-02T03:04:00.000Z',
  version: 1,
};

/** By the id of the API key, service ID or profile. */
export function abouts(store: Store): Table<About> {
  return store.table<About>('iam/about');
}

/** What is known of it; what nobody said otherwise. */
export function aboutOf(store: Store, id: string): About {
  return abouts(store).get(id) ?? unsaid;
}

/** Writes something new. */
export function describe(world: World, call: Call, id: string, given: Partial<About>): void {
  const at = world.now().toISOString();
  abouts(world.store).put(id, { ...unsaid, ...given, createdAt: at, modifiedAt: at, createdBy: call.identity.iamId });
}

/** Changes what is known, with another entity tag. */
export function change(world: World, id: string, given: Partial<About>): void {
  const before = aboutOf(world.store, id);
  const modifiedAt = world.now().toISOString();
  abouts(world.store).put(id, { ...before, ...given, modifiedAt, version: before.version + 1 });
}

/** As IBM writes them: the version and a part that differs from thing to thing. */
export function entityTag(id: string, version: number): string {
  return `${version}-${Buffer.from(id).toString('hex').slice(-32)}`;
}

/** `2026-01-02T03:04+0000`: minutes, and no colon in the zone. Source: platform reference, "Identity API used for bootstrap". */
export function identityTime(iso: string): string {
  return `${iso.slice(0, 16)}+0000`;
}

/** The API key of that secret, if it may be used. */
export function findApiKey(
  world: World,
  secret: string,
): { readonly id: string; readonly name: string; readonly identity: Identity } | undefined {
  const key = keyOfSecret(world.store, secret);
  const record = key === undefined ? undefined : findIdentity(world.store, key.iamId);
  if (key === undefined || record === undefined) return undefined;
  const about = aboutOf(world.store, key.id);
  if (about.disabled || (about.expiresAt !== undefined && Date.parse(about.expiresAt) <= world.now().getTime())) {
    return undefined;
  }
  const name = about.name ?? (record.iamId === developer.iamId ? 'keystead' : record.name);
  return { id: key.id, name, identity: identityOf(world, record) };
}

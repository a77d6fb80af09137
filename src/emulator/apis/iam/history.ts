import type { Members } from '../../core/json.ts';
import type { Store, Table } from '../../core/store.ts';
import type { Call, World } from '../../core/world.ts';
import { aboutOf, identityTime } from './access.ts';

/** How often somebody logged in with an API key, or as a service ID or profile. */
interface Logins {
  readonly count: number;
  readonly last: string;
}

/** By the id of the API key, service ID or profile. */
function logins(store: Store): Table<Logins> {
  return store.table<Logins>('iam/logins');
}

/** One more login with it. */
export function countLogin({ store, now }: World, id: string): void {
  logins(store).put(id, { count: (logins(store).get(id)?.count ?? 0) + 1, last: now().toISOString() });
}

/** Nothing is known any more of a deleted one. */
export function forgetLogins(store: Store, id: string): void {
  logins(store).delete(id);
}

/**
 * What `include_history` and `include_activity` add to an API key, a service ID or a profile.
 * Source: platform-services-go-sdk, models EnityHistoryRecord and Activity, and its integration tests, which find one entry
 * right after the create; the words of the entries are judged.
 */
export function pastOf(world: World, call: Call, id: string): Members {
  const { count = 0, last } = logins(world.store).get(id) ?? {};
  const activity = { authn_count: count, ...(last === undefined ? {} : { last_authn: identityTime(last) }) };
  return {
    ...(call.query.get('include_history') === 'true' ? { history: historyOf(world, id) } : {}),
    ...(call.query.get('include_activity') === 'true' ? { activity } : {}),
  };
}

/** Who made and changed it, the oldest first. */
export function historyOf(world: World, id: string): readonly Members[] {
  const { createdAt, createdBy, changes } = aboutOf(world.store, id);
  return [{ at: createdAt, by: createdBy, action: 'CREATE' }, ...changes].map(({ at, by, action }) => ({
    timestamp: identityTime(at),
    iam_id: by,
    iam_id_account: world.account,
    action,
    params: [],
    message: `${action} by ${by}`,
  }));
}

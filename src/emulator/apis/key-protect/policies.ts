import type { Members } from '../../core/json.ts';
import type { Reply } from '../../core/world.ts';
import { type Desk, openKey, recordAction } from './desk.ts';
import {
  assertNamed,
  badBody,
  badField,
  badQuery,
  envelope,
  isMonths,
  mediaType,
  readMembers,
  readResources,
} from './envelope.ts';
import { scheduleRotation } from './rotate.ts';
import { dateOf, type Key, keys, type Policy, type RotationPolicy } from './state.ts';

/** The policies that a key can have. */
export type PolicyType = 'rotation' | 'dualAuthDelete';

/** `GET /keys/{id}/policies`: one resource for each policy that was ever set. */
export function getPolicies(desk: Desk): Reply {
  const key = openKey(desk, 'kms.policies.read');
  return envelope(200, 'policy', viewPolicies(desk, key, readType(desk)));
}

/** `PUT /keys/{id}/policies`: one of each type, or the one that `?policy=` names. */
export function putPolicies(desk: Desk): Reply {
  const { world } = desk;
  const before = openKey(desk, 'kms.policies.write');
  const only = readType(desk);
  let key = before;
  const seen: PolicyType[] = [];
  // What a client read before, it may send back: those members are known, and ignored.
  const known = ['type', 'id', 'crn', 'createdBy', 'creationDate', 'updatedBy', 'lastUpdateDate'];
  const resources = readResources(desk, [...known, 'rotation', 'dualAuthDelete']);
  for (const resource of resources) {
    const type = typeOf(desk, resource);
    assertNamed(desk, only, resources.length, type);
    if (seen.includes(type)) throw badBody(desk, `the policy ${type} is there twice`);
    seen.push(type);
    key = { ...withPolicy(desk, key, type, resource[type]), lastUpdateDate: dateOf(world.now()) };
  }
  keys(world.store).put(key.id, key);
  if (seen.includes('rotation')) scheduleRotation(world, key);
  recordAction(desk, 'kms.policies.write', key.crn, { keyId: key.id, policies: seen.join(',') });
  return envelope(200, 'policy', viewPolicies(desk, key, only));
}

function readType(desk: Desk): PolicyType | undefined {
  const text = desk.call.query.get('policy');
  if (text === null || text === '') return undefined;
  if (text !== 'rotation' && text !== 'dualAuthDelete') throw badQuery(desk, 'policy', 'rotation or dualAuthDelete');
  return text;
}

function typeOf(desk: Desk, resource: Members): PolicyType {
  if (resource['type'] !== mediaType('policy')) throw badField(desk, 'type', mediaType('policy'));
  const types = (['rotation', 'dualAuthDelete'] as const).filter((type) => resource[type] !== undefined);
  const [type, ...more] = types;
  if (type === undefined || more.length > 0) throw badBody(desk, 'a policy has one of rotation and dualAuthDelete');
  return type;
}

/** A key with the policy that a request gives it. @throws ApiError 400 or 409 where it does not fit the key */
export function withPolicy(desk: Desk, key: Key, type: PolicyType, value: unknown): Key {
  if (type === 'rotation') return { ...key, rotation: stampPolicy(desk, key.rotation, readRotation(desk, key, value)) };
  const { enabled } = readMembers(desk, value, ['enabled']);
  if (typeof enabled !== 'boolean') throw badField(desk, 'enabled', 'true or false');
  if (key.dualAuthDelete?.value.enabled === true && !enabled) {
    // UNSURE in the reference: the code; that it is refused is documented.
    throw desk.refuse(409, 'KEY_ACTION_INVALID_STATE_ERR', 'A dual authorization policy of a key cannot be disabled');
  }
  return { ...key, dualAuthDelete: stampPolicy(desk, key.dualAuthDelete, { enabled }) };
}

function readRotation(desk: Desk, key: Key, value: unknown): RotationPolicy {
  if (key.extractable || key.imported) throw badField(desk, 'rotation', 'set on a root key that was generated');
  const given = readMembers(desk, value, ['enabled', 'interval_month']);
  const enabled = given['enabled'] ?? true;
  if (typeof enabled !== 'boolean') throw badField(desk, 'enabled', 'true or false');
  const months = given['interval_month'] ?? key.rotation?.value.interval_month;
  if (!isMonths(months)) throw badField(desk, 'interval_month', 'an integer between 1 and 12 (inclusive)');
  return { enabled, interval_month: months };
}

/** A policy as it is after a write. */
export function stampPolicy<Value>(
  { world, call }: Desk,
  before: Policy<Value> | undefined,
  value: Value,
): Policy<Value> {
  const date = dateOf(world.now());
  const by = call.identity.iamId;
  const made = { id: world.newId(), createdBy: by, creationDate: date };
  return { ...made, ...before, updatedBy: by, lastUpdateDate: date, value };
}

function viewPolicies(desk: Desk, key: Key, only: PolicyType | undefined): readonly object[] {
  return (['rotation', 'dualAuthDelete'] as const).flatMap((type) => {
    const policy = key[type];
    if (policy === undefined || (only !== undefined && only !== type)) return [];
    const { value, ...stamps } = policy;
    // UNSURE in the reference: `policy:` and not `key:` in the CRN.
    const crn = `${desk.instance.crn.split(':').slice(0, 8).join(':')}:policy:${policy.id}`;
    return [{ ...stamps, crn, type: mediaType('policy'), [type]: value }];
  });
}

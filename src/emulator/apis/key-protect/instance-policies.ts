import { isIP } from 'node:net';
import type { Members } from '../../core/json.ts';
import type { Json, Reply, Store, Table } from '../../core/world.ts';
import { assertAllowed, type Desk, recordAction } from './desk.ts';
import { badField, badQuery, envelope, readMembers, readResources } from './envelope.ts';
import type { Material } from './import-token.ts';
import { dateOf } from './state.ts';

/** `GET /instance/policies`: those that were ever set. Source: Key Protect reference, "Instance policies". */
export function getInstancePolicies(desk: Desk): Reply {
  assertAllowed(desk, 'kms.instancepolicies.read');
  const only = readType(desk);
  const shown = instancePolicyTypes.flatMap((type) => {
    const policy = instancePolicies(desk.world.store).get(`${desk.instance.guid}/${type}`);
    return policy === undefined || (only !== undefined && only !== type) ? [] : [view(policy)];
  });
  return envelope(200, 'policy', shown);
}

/** `PUT /instance/policies`: 204. What was not given stays as it is. */
export function putInstancePolicies(desk: Desk): Reply {
  assertAllowed(desk, 'kms.instancepolicies.write');
  const wanted = readInstancePolicies(desk, readType(desk));
  for (const policy of wanted) write(desk, policy);
  const policies = wanted.map(({ type }) => type).join(',');
  recordAction(desk, 'kms.instance-policies.write', desk.instance.crn, { policies });
  return { status: 204 };
}

/** `GET /instance/allowed_ip_port`: the port for private callers, while their addresses are checked (number judged). */
export function getAllowedIpPort(desk: Desk): Reply {
  assertAllowed(desk, 'kms.instanceallowedipport.read');
  const { world, instance } = desk;
  const isChecked = attributesInForce(world.store, instance.guid, 'allowedIP') !== undefined;
  return envelope(200, 'allowed_ip_metadata', isChecked ? [{ private_endpoint_port: 15_288 }] : []);
}

function readType(desk: Desk): InstancePolicyType | undefined {
  const text = desk.call.query.get('policy') ?? '';
  if (text === '') return undefined;
  const type = instancePolicyTypes.find((name) => name === text);
  if (type === undefined) throw badQuery(desk, 'policy', `one of ${instancePolicyTypes.join(', ')}`);
  return type;
}

function write({ world, call, instance }: Desk, wanted: WantedPolicy): void {
  const id = `${instance.guid}/${wanted.type}`;
  const before = instancePolicies(world.store).get(id);
  const date = dateOf(world.now());
  const by = call.identity.iamId;
  instancePolicies(world.store).put(id, {
    ...wanted,
    instanceGuid: instance.guid,
    createdBy: before?.createdBy ?? by,
    creationDate: before?.creationDate ?? date,
    updatedBy: by,
    lastUpdated: date,
  });
}

/** Terraform reads the switches of a disabled `keyCreateImportAccess` too, and panics where there are none. */
function view({ type, enabled, attributes, createdBy, creationDate, updatedBy, lastUpdated }: InstancePolicy): object {
  const all = type === 'keyCreateImportAccess' ? { ...openAccess, ...attributes } : attributes;
  const data = Object.keys(all).length === 0 ? { enabled } : { enabled, attributes: all };
  return { policy_type: type, policy_data: data, createdBy, creationDate, updatedBy, lastUpdated };
}

/** Source: Key Protect reference, "Instance policies". */
export const instancePolicyTypes = [
  'allowedNetwork',
  'dualAuthDelete',
  'allowedIP',
  'keyCreateImportAccess',
  'metrics',
  'rotation',
] as const;

export type InstancePolicyType = (typeof instancePolicyTypes)[number];

/** What an instance prescribes; one of a type at most. */
export interface InstancePolicy {
  readonly instanceGuid: string;
  readonly type: InstancePolicyType;
  readonly enabled: boolean;
  /** Empty where the type has none, and while it is disabled. */
  readonly attributes: Readonly<Record<string, Json>>;
  readonly createdBy: string;
  readonly creationDate: string;
  readonly updatedBy: string;
  readonly lastUpdated: string;
}

/** Which keys may be made how, unless a policy says otherwise: all, in any way. */
const openAccess = {
  create_root_key: true,
  create_standard_key: true,
  import_root_key: true,
  import_standard_key: true,
  enforce_token: false,
} as const;

/** All instance policies, by `<instance GUID>/<type>`. */
function instancePolicies(store: Store): Table<InstancePolicy> {
  return store.table('key-protect/instance-policies');
}

/** The attributes of a policy that is in force; undefined without one. */
export function attributesInForce(
  store: Store,
  instanceGuid: string,
  type: InstancePolicyType,
): Readonly<Record<string, Json>> | undefined {
  const policy = instancePolicies(store).get(`${instanceGuid}/${type}`);
  return policy?.enabled === true ? policy.attributes : undefined;
}

/** What goes with an instance. */
export function eraseInstancePolicies(store: Store, instanceGuid: string): void {
  for (const type of instancePolicyTypes) instancePolicies(store).delete(`${instanceGuid}/${type}`);
}

/** One policy as a request asks for it. */
export interface WantedPolicy {
  readonly type: InstancePolicyType;
  readonly enabled: boolean;
  readonly attributes: Readonly<Record<string, Json>>;
}

type Attributes = WantedPolicy['attributes'];

/**
 * The policies of a request: one of a type at most, and the one that `?policy=` names if it names one.
 *
 * @throws ApiError 400 in the order in which the reference lists the codes
 * Source: Key Protect reference, "Instance policies".
 */
function readInstancePolicies(desk: Desk, only: InstancePolicyType | undefined): readonly WantedPolicy[] {
  const resources = readResources(desk, ['policy_type', 'policy_data']);
  assertTotal(desk, resources.length);
  const policies = resources.map((resource) => readPolicy(desk, resource));
  if (new Set(policies.map(({ type }) => type)).size < policies.length) {
    throw refuseNumber(desk, 'An instance policy is given twice');
  }
  if (only === undefined) return policies;
  const [first, ...more] = policies;
  if (more.length > 0) throw refuseNumber(desk, 'With the query parameter "policy" exactly one policy is expected');
  if (first?.type === only) return policies;
  const message = `The policy is of type ${first?.type}, and the query parameter says ${only}`;
  throw desk.refuse(400, 'BODY_QUERY_PARAM_MISMATCH_ERR', message);
}

function assertTotal(desk: Desk, count: number): void {
  const { metadata } = readMembers(desk, desk.call.body, ['metadata', 'resources']);
  const { collectionTotal = count } = readMembers(desk, metadata, ['collectionType', 'collectionTotal']);
  if (collectionTotal === count) return;
  const message = `The collection total is ${String(collectionTotal)}, and there are ${count} resources`;
  throw desk.refuse(400, 'COLLECTION_TOTAL_MISMATCH_ERR', message);
}

function refuseNumber(desk: Desk, message: string): Error {
  return desk.refuse(400, 'NUM_COLLECTION_RESOURCE_ERR', message);
}

function readPolicy(desk: Desk, resource: Members): WantedPolicy {
  const type = instancePolicyTypes.find((name) => name === resource['policy_type']);
  if (type === undefined) throw badField(desk, 'policy_type', `one of ${instancePolicyTypes.join(', ')}`);
  const hasAttributes = attributeReaders[type] !== undefined;
  const data = readMembers(desk, resource['policy_data'], hasAttributes ? ['enabled', 'attributes'] : ['enabled']);
  const { enabled } = data;
  if (typeof enabled !== 'boolean') throw badField(desk, 'enabled', 'true or false');
  return { type, enabled, attributes: readAttributes(desk, type, enabled, data['attributes']) };
}

function readAttributes(desk: Desk, type: InstancePolicyType, enabled: boolean, value: unknown): Attributes {
  const read = attributeReaders[type];
  if (read === undefined) return {};
  if (enabled) return read(desk, value ?? {});
  // The Go client, and Terraform with it, sends the attributes of others with a disabled policy too: they are ignored.
  if (value !== undefined && type === 'rotation') {
    throw badField(desk, 'attributes', 'provided only if the policy is enabled');
  }
  return {};
}

const attributeReaders: Readonly<Record<InstancePolicyType, ((desk: Desk, value: unknown) => Attributes) | undefined>> =
  {
    dualAuthDelete: undefined,
    metrics: undefined,
    rotation: readInterval,
    allowedNetwork: readNetwork,
    allowedIP: readAddresses,
    keyCreateImportAccess: readAccess,
  };

function readInterval(desk: Desk, value: unknown): Attributes {
  const { interval_month: months } = readMembers(desk, value, ['interval_month']);
  if (typeof months !== 'number' || !Number.isInteger(months) || months < 1 || months > 12) {
    throw badField(desk, 'interval_month', 'an integer between 1 and 12 (inclusive)');
  }
  return { interval_month: months };
}

function readNetwork(desk: Desk, value: unknown): Attributes {
  const { allowed_network: network } = readMembers(desk, value, ['allowed_network']);
  if (network !== 'public-and-private' && network !== 'private-only') {
    throw badField(desk, 'allowed_network', 'public-and-private or private-only');
  }
  return { allowed_network: network };
}

function readAddresses(desk: Desk, value: unknown): Attributes {
  const { allowed_ip: ranges } = readMembers(desk, value, ['allowed_ip']);
  const isRanges = Array.isArray(ranges) && ranges.length > 0 && ranges.every(isRange);
  if (!isRanges) throw badField(desk, 'allowed_ip', 'one or more IP ranges in CIDR notation');
  return { allowed_ip: ranges };
}

function isRange(value: unknown): value is string {
  const [address = '', bits = '', ...rest] = typeof value === 'string' ? value.split('/') : [];
  const version = isIP(address);
  return version !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}

function readAccess(desk: Desk, value: unknown): Attributes {
  const switches: Record<string, boolean> = { ...openAccess };
  for (const [name, member] of Object.entries(readMembers(desk, value, Object.keys(openAccess)))) {
    if (typeof member !== 'boolean') throw badField(desk, name, 'true or false');
    switches[name] = member;
  }
  return switches;
}

/**
 * Refuses a kind of key, or a way of making one, that the instance does not allow.
 *
 * @param imported undefined for a key that makes its own material
 * @throws ApiError 409 `KEY_CREATE_IMPORT_ACCESS_ERR`
 * Source: Key Protect reference, "Instance policies" (`keyCreateImportAccess`).
 */
export function assertMayMake(desk: Desk, extractable: boolean, imported: Material | undefined): void {
  const access = attributesInForce(desk.world.store, desk.instance.guid, 'keyCreateImportAccess');
  if (access === undefined) return;
  const way = imported === undefined ? 'create' : 'import';
  const kind = extractable ? 'standard' : 'root';
  if (access[`${way}_${kind}_key`] === false) throw forbidden(desk, `to ${way} ${kind} keys`);
  assertTokenUsed(desk, imported);
}

/** The same policy also governs what material rotation and restore bring; what brings none is let through (judged). */
export function assertTokenUsed(desk: Desk, imported: Material | undefined): void {
  const access = attributesInForce(desk.world.store, desk.instance.guid, 'keyCreateImportAccess');
  if (access?.['enforce_token'] !== true || imported === undefined || imported.secure) return;
  throw forbidden(desk, 'to import key material without an import token');
}

function forbidden(desk: Desk, what: string): Error {
  return desk.refuse(409, 'KEY_CREATE_IMPORT_ACCESS_ERR', `The policy of the instance does not allow ${what}`);
}

import { isIP } from 'node:net';
import { instances } from '../../core/account/instances.ts';
import type { Members } from '../../core/json.ts';
import type { Json, Reply, Store, Table, World } from '../../core/world.ts';
import { assertAllowed, type Desk, recordAction } from './desk.ts';
import { assertNamed, badField, badQuery, envelope, isMonths, readMembers, readResources } from './envelope.ts';
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
  if (!isType(text)) throw badQuery(desk, 'policy', `one of ${instancePolicyTypes.join(', ')}`);
  return text;
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

/**
 * The network that an instance was made for (`allowed_network` among its parameters) is its policy from then on, until it is
 * set over the API.
 * Source: terraform-ibm-modules/terraform-ibm-key-protect (the parameter); that the policy shows it is judged.
 */
export function adoptNetwork(world: World, guid: string): void {
  const instance = instances(world.store).get(guid);
  const id = `${guid}/allowedNetwork`;
  if (instance?.serviceName !== 'kms' || instance.state !== 'active') return;
  if (instancePolicies(world.store).get(id) !== undefined) return;
  const { allowed_network: network } = instance.parameters;
  if (network !== 'public-and-private' && network !== 'private-only') return;
  const by = { createdBy: instance.createdBy, updatedBy: instance.createdBy };
  const date = dateOf(world.now());
  instancePolicies(world.store).put(id, {
    ...{ type: 'allowedNetwork', enabled: true, attributes: { allowed_network: network }, instanceGuid: guid },
    ...{ ...by, creationDate: date, lastUpdated: date },
  });
}

/** Terraform reads the switches of a disabled `keyCreateImportAccess` too, and panics where there are none. */
function view({ type, enabled, attributes, createdBy, creationDate, updatedBy, lastUpdated }: InstancePolicy): object {
  const unset = Object.entries<Attribute>(attributesOf[type]).flatMap(([name, { otherwise }]) =>
    otherwise === undefined ? [] : [[name, otherwise]],
  );
  const all = { ...Object.fromEntries(unset), ...attributes };
  const data = Object.keys(all).length === 0 ? { enabled } : { enabled, attributes: all };
  return { policy_type: type, policy_data: data, createdBy, creationDate, updatedBy, lastUpdated };
}

/** What an attribute of a policy must be; one that can be left out has a value of its own then. */
interface Attribute {
  readonly must: string;
  readonly otherwise?: boolean;
  is(value: unknown): boolean;
}

const open: Attribute = { must: 'true or false', otherwise: true, is: (value) => typeof value === 'boolean' };

/** The types of policies, each with its attributes. Source: Key Protect reference, "Instance policies". */
const attributesOf = {
  allowedNetwork: {
    allowed_network: {
      must: 'public-and-private or private-only',
      is: (value) => value === 'public-and-private' || value === 'private-only',
    },
  },
  dualAuthDelete: {},
  allowedIP: {
    allowed_ip: {
      must: 'one or more IP ranges in CIDR notation',
      is: (value) => Array.isArray(value) && value.length > 0 && value.every(isRange),
    },
  },
  // Which keys may be made how, unless it says otherwise: all, in any way.
  keyCreateImportAccess: {
    create_root_key: open,
    create_standard_key: open,
    import_root_key: open,
    import_standard_key: open,
    enforce_token: { ...open, otherwise: false },
  },
  metrics: {},
  rotation: { interval_month: { must: 'an integer between 1 and 12 (inclusive)', is: isMonths } },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Attribute>>>>;

export type InstancePolicyType = keyof typeof attributesOf;

const instancePolicyTypes = Object.keys(attributesOf).filter(isType);

function isType(text: unknown): text is InstancePolicyType {
  return typeof text === 'string' && Object.hasOwn(attributesOf, text);
}

type Attributes = Readonly<Record<string, Json>>;

/** One policy as a request asks for it. */
interface WantedPolicy {
  readonly type: InstancePolicyType;
  readonly enabled: boolean;
  /** Empty where the type has none, and while it is disabled. */
  readonly attributes: Attributes;
}

/** What an instance prescribes; one of a type at most. */
interface InstancePolicy extends WantedPolicy {
  readonly instanceGuid: string;
  readonly createdBy: string;
  readonly creationDate: string;
  readonly updatedBy: string;
  readonly lastUpdated: string;
}

/** All instance policies, by `<instance GUID>/<type>`. */
function instancePolicies(store: Store): Table<InstancePolicy> {
  return store.table('key-protect/instance-policies');
}

/** The attributes of a policy that is in force; undefined without one. */
export function attributesInForce(
  store: Store,
  instanceGuid: string,
  type: InstancePolicyType,
): Attributes | undefined {
  const policy = instancePolicies(store).get(`${instanceGuid}/${type}`);
  return policy?.enabled === true ? policy.attributes : undefined;
}

/** What goes with an instance. */
export function eraseInstancePolicies(store: Store, instanceGuid: string): void {
  for (const type of instancePolicyTypes) instancePolicies(store).delete(`${instanceGuid}/${type}`);
}

/**
 * The policies of a request: one of a type at most, and the one that `?policy=` names if it names one.
 * @throws ApiError 400 in the order in which the reference lists the codes
 * Source: Key Protect reference, "Instance policies".
 */
function readInstancePolicies(desk: Desk, only: InstancePolicyType | undefined): readonly WantedPolicy[] {
  const resources = readResources(desk, ['policy_type', 'policy_data']);
  assertTotal(desk, resources.length);
  const policies = resources.map((resource) => readPolicy(desk, resource));
  if (new Set(policies.map(({ type }) => type)).size < policies.length) {
    throw desk.refuse(400, 'NUM_COLLECTION_RESOURCE_ERR', 'An instance policy is given twice');
  }
  assertNamed(desk, only, policies.length, policies[0]?.type);
  return policies;
}

function assertTotal(desk: Desk, count: number): void {
  const { metadata } = readMembers(desk, desk.call.body, ['metadata', 'resources']);
  const { collectionTotal = count } = readMembers(desk, metadata, ['collectionType', 'collectionTotal']);
  if (collectionTotal === count) return;
  const message = `The collection total is ${String(collectionTotal)}, and there are ${count} resources`;
  throw desk.refuse(400, 'COLLECTION_TOTAL_MISMATCH_ERR', message);
}

function readPolicy(desk: Desk, resource: Members): WantedPolicy {
  const type = resource['policy_type'];
  if (!isType(type)) throw badField(desk, 'policy_type', `one of ${instancePolicyTypes.join(', ')}`);
  const known = Object.keys(attributesOf[type]).length > 0 ? ['enabled', 'attributes'] : ['enabled'];
  const { enabled, attributes } = readMembers(desk, resource['policy_data'], known);
  if (typeof enabled !== 'boolean') throw badField(desk, 'enabled', 'true or false');
  if (enabled) return { type, enabled, attributes: readAttributes(desk, type, attributes ?? {}) };
  // The Go client, and Terraform with it, sends the attributes of others with a disabled policy too: they are ignored.
  if (attributes !== undefined && type === 'rotation') {
    throw badField(desk, 'attributes', 'provided only if the policy is enabled');
  }
  return { type, enabled, attributes: {} };
}

function readAttributes(desk: Desk, type: InstancePolicyType, value: unknown): Attributes {
  const wanted: readonly (readonly [string, Attribute])[] = Object.entries(attributesOf[type]);
  if (wanted.length === 0) return {};
  const given = readMembers(desk, value, Object.keys(attributesOf[type]));
  return Object.fromEntries(
    wanted.map(([name, { must, otherwise, is }]) => {
      const attribute = given[name] ?? otherwise;
      if (!is(attribute)) throw badField(desk, name, must);
      // It is what a parsed body has there.
      return [name, attribute as Json];
    }),
  );
}

function isRange(value: unknown): value is string {
  const [address = '', bits = '', ...rest] = typeof value === 'string' ? value.split('/') : [];
  const version = isIP(address);
  return version !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}

/**
 * Refuses a kind of key, or a way of making one, that the instance does not allow.
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

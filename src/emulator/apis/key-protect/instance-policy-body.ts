import { isIP } from 'node:net';
import type { Json } from '../../core/world.ts';
import type { Desk } from './desk.ts';
import { badField, type Members, readMembers, readResources } from './envelope.ts';
import { type InstancePolicyType, instancePolicyTypes, openAccess } from './instance-policy.ts';

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
export function readInstancePolicies(desk: Desk, only: InstancePolicyType | undefined): readonly WantedPolicy[] {
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
  throw desk.refuse({ status: 400, code: 'BODY_QUERY_PARAM_MISMATCH_ERR', message });
}

function assertTotal(desk: Desk, count: number): void {
  const { metadata } = readMembers(desk, desk.call.body, ['metadata', 'resources']);
  const { collectionTotal = count } = readMembers(desk, metadata, ['collectionType', 'collectionTotal']);
  if (collectionTotal === count) return;
  const message = `The collection total is ${String(collectionTotal)}, and there are ${count} resources`;
  throw desk.refuse({ status: 400, code: 'COLLECTION_TOTAL_MISMATCH_ERR', message });
}

function refuseNumber(desk: Desk, message: string): Error {
  return desk.refuse({ status: 400, code: 'NUM_COLLECTION_RESOURCE_ERR', message });
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

import type { Reply } from '../../core/world.ts';
import { dateOf } from './dates.ts';
import { assertAllowed, type Desk, recordAction } from './desk.ts';
import { badQuery, envelope } from './envelope.ts';
import {
  attributesInForce,
  type InstancePolicy,
  type InstancePolicyType,
  instancePolicies,
  instancePolicyTypes,
  openAccess,
} from './instance-policy.ts';
import { readInstancePolicies, type WantedPolicy } from './instance-policy-body.ts';

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

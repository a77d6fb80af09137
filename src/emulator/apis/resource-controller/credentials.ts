import { randomBytes } from 'node:crypto';
import { type Access, apiKeys, identities } from '../../core/account/identities.ts';
import type { Instance } from '../../core/account/instances.ts';
import { rolesOn } from '../../core/account/roles.ts';
import { isObject, type Members } from '../../core/json.ts';
import { readText, refuse } from '../../core/words/resources.ts';
import type { Call, World } from '../../core/world.ts';
import type { Child, Credentials } from './children-view.ts';

/**
 * An API key of a service ID that has the role on the instance: of one made for it, or of the one that is given; and what
 * the service adds.
 * @throws ApiError 400 for a role that the service does not have, for `parameters` that are no object, and for a service
 * ID that is not there (all judged)
 */
export function makeCredentials(
  world: World,
  call: Call,
  child: Child,
  instance: Instance,
  body: Members,
): { readonly shown: Credentials; readonly made: Pick<Child, 'apiKeyId' | 'serviceIamId'> } {
  const parameters = body['parameters'] ?? {};
  if (!isObject(parameters)) throw refuse(call, 400, 'parameters must be an object.');
  const role = readRole(world, call, instance, body);
  const given = parameters['serviceid_crn'];
  const iamId = given === undefined ? `iam-ServiceId-${world.newId()}` : `iam-${String(given).split(':').at(-1)}`;
  if (given === undefined) {
    const access = role === undefined ? [] : [{ instance: instance.guid, ...role.access }];
    const name = `auto-generated-serviceId-${child.guid}`;
    identities(world.store).put(iamId, { iamId, kind: 'serviceId', name, access, platform: [] });
  } else if (identities(world.store).get(iamId) === undefined) {
    throw refuse(call, 400, `The service ID '${String(given)}' was not found.`);
  }
  const key = { id: `ApiKey-${world.newId()}`, iamId, secret: randomBytes(33).toString('base64url') };
  apiKeys(world.store).put(key.id, key);
  const account = `crn:v1:bluemix:public:iam-identity::a/${child.accountId}`;
  return {
    shown: {
      apikey: key.secret,
      iam_apikey_description: `Auto-generated for key ${child.crn}`,
      iam_apikey_id: key.id,
      iam_apikey_name: child.name,
      ...(role === undefined ? {} : { iam_role_crn: role.crn }),
      iam_serviceid_crn: `${account}::serviceid:${iamId.replace(/^iam-/, '')}`,
      ...storageCredentials(child, instance, parameters),
      ...world.ports.databaseCredentials(call.origin, instance, child.guid),
    },
    made: { apiKeyId: key.id, serviceIamId: given === undefined ? iamId : '' },
  };
}

/** A role of the service, of the platform, or of the account, with what it lets do; undefined for `NONE`. */
function readRole(
  { store, ports }: World,
  call: Call,
  { serviceName }: Instance,
  body: Members,
): { readonly crn: string; readonly access: Pick<Access, 'roles' | 'actions'> } | undefined {
  // Without a role: the highest of the usual three (judged).
  const word = body['role'] === undefined ? 'Manager' : readText(call, body, 'role');
  // Source: terraform-provider-ibm, acceptance test of ibm_resource_key with the role NONE.
  if (word === 'NONE') return undefined;
  const { service, system } = rolesOn(serviceName);
  const found = [...service, ...system].find(({ crn, display_name: name }) => crn === word || name === word);
  if (found !== undefined) return { crn: found.crn, access: { roles: [found.display_name] } };
  // Source: the same, with a custom role.
  const own = ports.customRole(store, serviceName, word);
  if (own === undefined) throw refuse(call, 400, `The role '${word}' is not a role of ${serviceName}.`);
  return { crn: own.crn, access: { roles: [], actions: own.actions } };
}

/**
 * What Object Storage adds; keys for its S3 API where `HMAC` asks for them. Nothing is listed at the endpoints' address: there
 * are no buckets here, and nobody is sent to the real ones.
 * Source: terraform-provider-ibm, acceptance tests of ibm_resource_key (eight members, `HMAC`), and published credentials.
 */
function storageCredentials({ guid }: Child, { serviceName, crn }: Instance, { HMAC: hmac }: Members): Members {
  if (serviceName !== 'cloud-object-storage') return {};
  const keys = { access_key_id: guid.replaceAll('-', ''), secret_access_key: randomBytes(24).toString('hex') };
  return {
    endpoints: 'https://control.cloud-object-storage.invalid/v2/endpoints',
    resource_instance_id: crn,
    ...(hmac === true || hmac === 'true' ? { cos_hmac_keys: keys } : {}),
  };
}

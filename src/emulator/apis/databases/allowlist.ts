import { createHash } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { isObject } from '../../core/json.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { notFound, preconditionFailed, unprocessable } from './errors.ts';
import { type Address, addressed, objectIn } from './state.ts';
import { start } from './tasks.ts';

/** Source: deployments reference, "Endpoints". */
const most = 100;

/** `GET /deployments/{id}/allowlists/ip_addresses`, with an ETag. */
export function getAllowlist(world: World, call: Call): Reply {
  const { allowlist } = addressed(world, call).database;
  return { status: 200, body: { ip_addresses: allowlist }, headers: { ETag: etagOf(allowlist) } };
}

/** `PUT …`: replaces all; `If-Match` is optional. @throws ApiError 412, 422 */
export function setAllowlist(world: World, call: Call): Reply {
  const deployment = addressed(world, call);
  const { allowlist } = deployment.database;
  const match = call.header('If-Match');
  if (match !== undefined && match !== etagOf(allowlist)) throw preconditionFailed();
  const given: unknown = isObject(call.body) ? call.body['ip_addresses'] : undefined;
  if (!Array.isArray(given)) throw unprocessable('ip_addresses', 'must be a list');
  const wanted = given.map((item: unknown) => read(isObject(item) ? item : {}));
  return start(world, deployment, 'ip', 'Setting the allowlist', { allowlist: limited(wanted) });
}

/** `POST …`: adds one, or changes its description. */
export function addAddress(world: World, call: Call): Reply {
  const deployment = addressed(world, call);
  const added = read(objectIn(call, 'ip_address') ?? {});
  const others = deployment.database.allowlist.filter(({ address }) => address !== added.address);
  return start(world, deployment, 'ip', 'Adding to the allowlist', { allowlist: limited([...others, added]) });
}

/** `DELETE …/{ip}`. @throws ApiError 404 for an address that is not in it (judged) */
export function removeAddress(world: World, call: Call): Reply {
  const deployment = addressed(world, call);
  const { allowlist } = deployment.database;
  const left = allowlist.filter(({ address }) => address !== call.params['ip']);
  if (left.length === allowlist.length) throw notFound();
  return start(world, deployment, 'ip', 'Removing from the allowlist', { allowlist: left });
}

function read(item: Readonly<Record<string, unknown>>): Address {
  const { address, description = '' } = item;
  const [ip = '', bits] = typeof address === 'string' ? address.split('/') : [];
  const isRange = bits === undefined || (/^\d{1,2}$/.test(bits) && Number(bits) <= 32);
  if (typeof address !== 'string' || !isIPv4(ip) || !isRange) {
    throw unprocessable('address', 'must be an IPv4 address or a CIDR range');
  }
  return { address, description: String(description) };
}

function limited(allowlist: readonly Address[]): readonly Address[] {
  if (allowlist.length > most) throw unprocessable('ip_addresses', `must not hold more than ${most}`);
  return allowlist;
}

function etagOf(allowlist: readonly Address[]): string {
  return `"${createHash('sha256').update(JSON.stringify(allowlist)).digest('hex').slice(0, 16)}"`;
}

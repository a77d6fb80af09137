import { orAbsent } from '../ask.ts';
import type { Ask } from '../call.ts';
import type { Endpoints } from '../endpoints.ts';
import { allPages } from '../pages.ts';
import type { Reader } from '../reader.ts';
import type { Read } from '../shape.ts';
import { type KeyProtectCall, keyProtectCalls, needs } from './api.ts';
import { type InstancePolicyReads, instancePolicyReads } from './instance-policies.ts';
import { key, keyPolicy, onlyResource, registration, resources, ring } from './shapes.ts';

export type KeyProtectReads = Pick<
  Reader,
  'keys' | 'key' | 'rotationPolicy' | 'keyRings' | 'registrations' | 'registrationsOf' | keyof InstancePolicyReads
>;

/** Key Protect API reference, "Limits": the largest page of every list. */
const LARGEST_PAGE = 5000;
/** Every state there is: without `state`, destroyed keys are left out, and a destroyed key keeps its alias. */
const EVERY_STATE = '0,1,2,3,5';
/** "Reason codes". Another 404 is not the key's absence, but perhaps the instance's or a wrong URL's. */
const NO_SUCH_KEY = ['KEY_NOT_FOUND_ERR'];

/** Key Protect API reference, "Keys: CRUD", "Policies", "Key rings", "Registrations". */
export function keyProtectReads(ask: Ask, endpoints: Endpoints, pageSize: number = LARGEST_PAGE): KeyProtectReads {
  const at = keyProtectCalls(endpoints);
  const list = <T>(what: Omit<Listing<T>, 'ask' | 'at' | 'pageSize'>) => listed({ ...what, ask, at, pageSize });
  return {
    ...instancePolicyReads(ask, at),
    keys: (instanceCrn) =>
      list({
        instanceCrn,
        operation: 'list keys',
        path: '/keys',
        query: { state: EVERY_STATE },
        item: key,
        idOf: ({ id }) => id,
      }),
    key: async (instanceCrn, idOrAlias) =>
      orAbsent(
        ask(
          // The metadata only: a Reader may read it, and it never holds the payload of a standard key.
          at(instanceCrn, {
            operation: 'read key',
            method: 'GET',
            path: `/keys/${encodeURIComponent(idOrAlias)}/metadata`,
            needs: needs.read,
          }),
          ({ body }) => onlyResource(key)(body, ''),
        ),
        NO_SUCH_KEY,
      ),
    rotationPolicy: async (instanceCrn, keyId) =>
      orAbsent(
        ask(
          at(instanceCrn, {
            operation: 'read rotation policy',
            method: 'GET',
            path: `/keys/${encodeURIComponent(keyId)}/policies`,
            query: { policy: 'rotation' },
            needs: needs.manage,
          }),
          ({ body }) => resources(keyPolicy)(body, '').find(({ rotation }) => rotation !== undefined)?.rotation,
        ),
        NO_SUCH_KEY,
      ),
    keyRings: (instanceCrn) =>
      list({ instanceCrn, operation: 'list key rings', path: '/key_rings', item: ring, idOf: ({ id }) => id }),
    registrations: (instanceCrn) =>
      list({
        instanceCrn,
        operation: 'list registrations',
        path: '/keys/registrations',
        item: registration,
        idOf: ({ keyId, resourceCrn }) => `${keyId} ${resourceCrn}`,
      }),
    registrationsOf: (instanceCrn, keyId) =>
      list({
        instanceCrn,
        operation: 'list registrations of a key',
        path: `/keys/${encodeURIComponent(keyId)}/registrations`,
        item: registration,
        idOf: ({ keyId, resourceCrn }) => `${keyId} ${resourceCrn}`,
      }),
  };
}

interface Listing<T> {
  readonly ask: Ask;
  readonly at: KeyProtectCall;
  readonly pageSize: number;
  readonly instanceCrn: string;
  readonly operation: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly item: Read<T>;
  idOf(item: T): string;
}

function listed<T>({ ask, at, pageSize, instanceCrn, operation, path, query, item, idOf }: Listing<T>) {
  return allPages(0, idOf, (offset: number) =>
    ask(
      at(instanceCrn, {
        operation,
        method: 'GET',
        path,
        query: { ...query, limit: pageSize, offset },
        needs: needs.read,
      }),
      ({ body }) => {
        const items = resources(item)(body, '');
        return { items, next: items.length < pageSize ? undefined : offset + items.length };
      },
    ),
  );
}

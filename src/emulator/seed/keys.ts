import { type Key, keys } from '../apis/key-protect/state.ts';
import type { Engine } from '../core/engine.ts';
import { isObject } from '../core/json.ts';
import type { Caller } from './caller.ts';
import type { SeedKey } from './seed.ts';

/** Makes a key of a seed, in its state. @returns its CRN */
export function sowKey(
  engine: Engine,
  call: Caller,
  given: SeedKey,
  { headers, vault }: { readonly headers: Readonly<Record<string, string>>; readonly vault: string },
): string {
  const { state = 'active', ring, type = 'root', policies = {}, ...members } = given;
  const what = `key ${given.name} of ${vault}`;
  const resource = {
    type: 'application/vnd.ibm.kms.key+json',
    extractable: type === 'standard',
    ...members,
    ...policies,
  };
  const made = call(what, 'POST', '/api/v2/keys_with_policy_overrides', {
    headers: { ...headers, ...(ring === undefined ? {} : { 'x-kms-key-ring': ring }) },
    body: {
      metadata: { collectionType: 'application/vnd.ibm.kms.key+json', collectionTotal: 1 },
      resources: [resource],
    },
  });
  const list: unknown = isObject(made) ? made['resources'] : undefined;
  const shown: unknown = Array.isArray(list) ? list[0] : undefined;
  const [id, crn] = isObject(shown) ? [String(shown['id']), String(shown['crn'])] : ['', ''];
  switch (state) {
    case 'active':
      break;
    case 'suspended':
      call(what, 'POST', `/api/v2/keys/${id}/actions/disable`, { headers });
      break;
    case 'destroyed':
      call(what, 'DELETE', `/api/v2/keys/${id}`, { headers });
      break;
    case 'pre-activation':
      put(engine, id, 0);
      break;
    case 'deactivated':
      put(engine, id, 3);
      break;
  }
  return crn;
}

/** States to which no call leads: one is of keys that an older API made, the other takes time. */
function put(engine: Engine, id: string, state: Key['state']): void {
  engine.transact(({ store }) => {
    const key = keys(store).get(id);
    if (key !== undefined) keys(store).put(id, { ...key, state });
  });
}

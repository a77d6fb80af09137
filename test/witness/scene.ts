import type { Emulator } from '../../src/emulator/start.ts';
import { type Api, openApiOf } from '../helpers/emulator.ts';
import { at, list, text } from '../helpers/platform.ts';
import type { Scene } from './witness.ts';

/** One of everything that the witnesses speak of. */
export const seed = {
  keyProtectInstances: [
    {
      name: 'vault',
      tags: ['team:nobody'],
      rings: ['ring'],
      policies: [{ policy_type: 'dualAuthDelete', policy_data: { enabled: false } }],
      keys: [
        {
          name: 'root',
          description: 'a key',
          aliases: ['alias-1', 'alias-2'],
          policies: { rotation: { interval_month: 3 } },
        },
        { name: 'rotated', aliases: ['alias-3'], description: 'a key' },
        { name: 'dual', policies: { dualAuthDelete: { enabled: true } } },
        { name: 'asked', policies: { dualAuthDelete: { enabled: true } } },
        { name: 'retained' },
        { name: 'disabled', state: 'suspended' as const },
        { name: 'gone', state: 'destroyed' as const },
        { name: 'app', type: 'standard' as const, expirationDate: '2099-01-01T00:00:00Z' },
      ],
    },
  ],
  authorizations: [
    { source: 'databases-for-postgresql', target: 'vault', roles: ['Reader'] },
    { source: 'data-virtualization', target: 'vault', roles: ['Reader'] },
  ],
  deployments: [
    {
      name: 'lake',
      service: 'data-virtualization',
      plan: 'enterprise',
      parameters: { disk_encryption_key_crn: { key: 'vault/root' } },
    },
    { name: 'pg', service: 'databases-for-postgresql', plan: 'standard' },
  ],
};

/** Opens an emulator that was started with the seed. */
export async function openScene({ emulator, api }: { readonly emulator: Emulator; readonly api: Api }): Promise<Scene> {
  const instances = list((await api('GET', '/v2/resource_instances')).body, 'resources');
  const crnOf = (name: string) =>
    text(
      instances.find((one) => at(one, 'name') === name),
      'crn',
    );
  const vault = { crn: crnOf('vault'), guid: crnOf('vault').split(':')[7] ?? '' };
  const kp: Scene['kp'] = (method, path, resource, headers = {}) =>
    api(method, `/api/v2${path}`, {
      headers: { 'Bluemix-Instance': vault.guid, ...headers },
      ...(resource === undefined
        ? {}
        : {
            body: {
              metadata: { collectionType: 'application/vnd.ibm.kms.key+json', collectionTotal: 1 },
              resources: [resource],
            },
          }),
    });
  const all = list((await kp('GET', '/keys?state=0,1,2,3,5')).body, 'resources');
  const keys = Object.fromEntries(all.map((key) => [text(key, 'name'), text(key, 'id')]));
  emulator.services.register({
    key: `${vault.crn.slice(0, -1)}key:${keys['retained']}`,
    resource: crnOf('pg'),
    preventKeyDeletion: true,
  });
  await kp('POST', `/keys/${keys['asked']}/actions/setKeyForDeletion`);
  await kp('POST', `/keys/${keys['rotated']}/actions/rotate`);
  return {
    ...{ api, open: openApiOf(emulator.url), vault, kp },
    group: text((await api('GET', '/v2/resource_groups')).body, 'resources', 0, 'id'),
    keys,
    database: crnOf('pg'),
    deployment: crnOf('lake'),
  };
}

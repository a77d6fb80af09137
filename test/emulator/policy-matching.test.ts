import { expect, test } from '@jest/globals';
import { withEmulator } from '../helpers/emulator.ts';
import { account, authorize, createInstance, createVault, defaultGroup, equals, text } from '../helpers/platform.ts';
import { enveloped, idOf } from '../helpers/vault.ts';

const other = 'f'.repeat(32);
const crn = (service: string, tail: string, owner = account) =>
  `crn:v1:bluemix:public:${service}:us-south:a/${owner}:${tail}`;
const bucket = crn('cloud-object-storage', 'c0:bucket:lake');
const volume = crn('is', ':volume:r010-1');
const share = crn('is', ':share:r010-2');
const foreign = crn('cloud-object-storage', 'c1:bucket:theirs', other);

const exists = (key: string, value = true) => ({ key, operator: 'stringExists', value });
const like = (key: string, value: unknown, operator = 'stringMatch') => ({ key, operator, value });
const from = (service: string, ...more: readonly unknown[]) => [equals('serviceName', service), ...more];
const cos = (...more: readonly unknown[]) => from('cloud-object-storage', ...more);

type Part = readonly unknown[];
/** What is narrowed, who asks, and what the source and the target of the policy say beside the accounts. */
type Row = readonly [words: string, by: string, source: Part, target: Part, expected: boolean];

/**
 * Source: Key Protect docs, "Migrating keys" ("if the policy specifies optional attributes such as resourceGroupId,
 * serviceInstance, keyRing, or resource, those attributes must also match"; serviceName or resourceGroupId of the source
 * must match); the attributes and operators: terraform-provider-ibm docs, "ibm_iam_authorization_policy".
 */
const rows = (is: Readonly<Record<'dv' | 'group' | 'vault' | 'key', string>>): readonly Row[] => [
  ['the service', is.dv, from('data-virtualization'), [], true],
  ['another service', is.dv, from('databases-for-redis'), [], false],
  ['every service, by *', is.dv, from('*'), [], true],
  ['every service, by stringExists', is.dv, [exists('serviceName')], [], true],
  ['no service, by stringExists false', is.dv, [exists('serviceName', false)], [], false],
  ['the group alone', is.dv, [equals('resourceGroupId', is.group)], [], true],
  ['any group', is.dv, [exists('resourceGroupId')], [], true],
  ['another group alone', is.dv, [equals('resourceGroupId', 'g2')], [], false],
  ['service and group', is.dv, from('data-virtualization', equals('resourceGroupId', is.group)), [], true],
  ['the instance', bucket, cos(equals('serviceInstance', 'c0')), [], true],
  ['another instance', bucket, cos(equals('serviceInstance', 'c1')), [], false],
  ['any instance', bucket, cos(exists('serviceInstance')), [], true],
  ['the region', is.dv, from('data-virtualization', equals('region', 'us-south')), [], true],
  ['another region', is.dv, from('data-virtualization', equals('region', 'eu-de')), [], false],
  ['the type', bucket, cos(equals('resourceType', 'bucket')), [], true],
  ['the resource', bucket, cos(equals('resourceType', 'bucket'), equals('resource', 'lake')), [], true],
  ['another resource', bucket, cos(equals('resourceType', 'bucket'), equals('resource', 'sea')), [], false],
  ['a type, of what has none', is.dv, from('data-virtualization', equals('resourceType', 'bucket')), [], false],
  ['what nobody knows of a source', bucket, cos(equals('shoeSize', '42')), [], false],
  ['what nobody knows, by stringExists false', bucket, cos(exists('shoeSize', false)), [], false],
  ['a volume as server-protect', volume, from('server-protect'), [], true],
  ['a volume as is', volume, from('is', equals('resourceType', 'volume')), [], false],
  ['a share as is with its type', share, from('is', equals('resourceType', 'share')), [], true],
  ['a share as server-protect', share, from('server-protect'), [], false],
  ["another account's bucket", foreign, cos(), [], false],
  ['the target instance', bucket, cos(), [equals('serviceInstance', is.vault)], true],
  ['another target instance', bucket, cos(), [equals('serviceInstance', 'v2')], false],
  ['the ring', bucket, cos(), [equals('keyRing', 'lakehouse')], true],
  ['another ring', bucket, cos(), [equals('keyRing', 'default')], false],
  ['a ring by a pattern', bucket, cos(), [like('keyRing', 'lake*')], true],
  ['a ring by another pattern', bucket, cos(), [like('keyRing', 'sea?')], false],
  ['a ring of several', bucket, cos(), [like('keyRing', ['default', 'lakehouse'], 'stringEqualsAnyOf')], true],
  ['the key', bucket, cos(), [equals('resourceType', 'key'), equals('resource', is.key)], true],
  ['another key', bucket, cos(), [equals('resourceType', 'key'), equals('resource', 'k2')], false],
  ['keys', bucket, cos(), [equals('resourceType', 'key')], true],
  ['rings', bucket, cos(), [equals('resourceType', 'key-ring')], false],
  ["the instance's group", bucket, cos(), [equals('resourceGroupId', is.group)], true],
  ['another group of instances', bucket, cos(), [equals('resourceGroupId', 'g2')], false],
  ['the target region', bucket, cos(), [equals('region', 'us-south')], true],
  ['another target region', bucket, cos(), [equals('region', 'eu-de')], false],
  ['what nobody knows of a target', bucket, cos(), [equals('shoeSize', '42')], false],
];

test('an authorization lets in whom every attribute of both sides matches, and nobody by one that is not known', async () => {
  await withEmulator(async ({ api, emulator }) => {
    const group = await defaultGroup(api);
    const vault = await createVault(api);
    const headers = { 'Bluemix-Instance': vault.guid };
    await api('POST', '/api/v2/key_rings/lakehouse', { headers });
    const resource = { type: 'application/vnd.ibm.kms.key+json', name: 'root', extractable: false };
    const body = enveloped('key', resource);
    const made = await api('POST', '/api/v2/keys', { body, headers: { ...headers, 'x-kms-key-ring': 'lakehouse' } });
    const key = text(made.body, 'resources', 0, 'crn');
    const dv = text((await createInstance(api)).body, 'crn');
    for (const one of [dv, bucket, volume, share, foreign]) emulator.services.register({ key, resource: one });
    const isLetIn = (by: string) => emulator.services.list().find((use) => use.resource === by && use.key === key);
    const results: unknown[] = [];
    const all = rows({ dv, group, vault: vault.guid, key: idOf(made) });
    for (const [words, by, source, target] of all) {
      const id = await authorize(api, { source, target });
      results.push([words, isLetIn(by)?.authorized]);
      await api('DELETE', `/v2/policies/${id}`);
    }
    expect(results).toEqual(all.map(([words, , , , expected]) => [words, expected]));
  });
});

import * as shapes from '../../src/cloud/key-protect/shapes.ts';
import { docs, envelope, NOTES } from './key-protect-envelope.ts';
import { type Call, crn, each, guid, user } from './witness.ts';

const policyCrn = (id: string) => crn('kms', 'us-south', guid(1), `policy:${id}`);

const version = { id: guid(10), creationDate: '2020-03-30T13:43:29Z' };

const registered = (resourceCrn: string, service: string, region: string, instance: string) => ({
  keyId: guid(10),
  resourceCrn,
  createdBy: `crn-${crn(service, region, instance)}`,
  creationDate: '2020-03-30T15:44:47Z',
  lastUpdated: '2020-03-30T15:44:47Z',
  preventKeyDeletion: false,
  keyVersion: version,
});
const bucket = registered(
  crn('cloud-object-storage', 'global', guid(20), 'bucket:nobodys-bucket'),
  'cloud-object-storage',
  'global',
  guid(20),
);
const volume = (service: string, instance: string, pvc: number) =>
  registered(crn(service, 'us-south', instance, `:/agentid=pvc-${guid(pvc)}`), service, 'us-south', instance);

const policyStamps = {
  createdBy: user,
  creationDate: '2020-01-16T21:03:41Z',
  updatedBy: user,
  lastUpdateDate: '2020-01-16T21:05:09Z',
};

/** What Key Protect answers beside keys. */
export const keyProtect: readonly Call[] = [
  {
    call: 'GET /api/v2/keys/{id}/registrations',
    shape: shapes.resources(shapes.registration),
    keeps: ['resources'],
    emulated: [({ kp, keys }) => kp('GET', `/keys/${keys['root']}/registrations`)],
    known: {
      'adds resources[].keyName': 'Key Protect API reference, "List registrations"; no recording has it',
    },
    witnesses: [
      {
        source: NOTES,
        date: '2020-03-30',
        shows: 'a bucket, and one registration for each volume of a Redis; who registered is `crn-` and a CRN',
        status: 200,
        users: [`cloud-object-storage ${guid(20)}`, `databases-for-redis ${guid(21)}`],
        body: envelope('registration', [
          bucket,
          volume('databases-for-redis', guid(21), 31),
          volume('databases-for-redis', guid(21), 32),
        ]),
      },
      {
        source: NOTES,
        date: '2020-03-31',
        shows: 'three volumes of an Elasticsearch beside two of a Redis',
        status: 200,
        users: [`databases-for-elasticsearch ${guid(22)}`, `databases-for-redis ${guid(21)}`],
        body: envelope('registration', [
          volume('databases-for-elasticsearch', guid(22), 33),
          volume('databases-for-elasticsearch', guid(22), 34),
          volume('databases-for-elasticsearch', guid(22), 35),
          volume('databases-for-redis', guid(21), 31),
          volume('databases-for-redis', guid(21), 32),
        ]),
      },
      {
        source: docs('key-protect-cli-commands.md:1580 and 4575'),
        date: '2020-06-15',
        shows: 'the element as the CLI prints it: without `preventKeyDeletion`',
        status: 200,
        body: envelope('registration', [
          {
            ...{ keyId: bucket.keyId, resourceCrn: bucket.resourceCrn, createdBy: bucket.createdBy },
            ...{ creationDate: bucket.creationDate, lastUpdated: bucket.lastUpdated, keyVersion: version },
          },
        ]),
      },
      {
        source: docs('integrations/view-protected-resources.md:115'),
        date: '2026-08-12',
        shows: 'every member that there is; dates with an offset',
        status: 200,
        body: envelope('registration', [
          {
            ...{ ...bucket, createdBy: user, updatedBy: user, creationDate: '2010-01-12T05:23:19+0000' },
            ...{ lastUpdated: '2010-01-12T05:23:19+0000', description: 'a registration', preventKeyDeletion: true },
          },
        ]),
      },
    ],
  },
  {
    call: 'GET /api/v2/keys/{id}/policies',
    shape: shapes.resources(shapes.keyPolicy),
    keeps: ['resources'],
    emulated: [({ kp, keys }) => kp('GET', `/keys/${keys['dual']}/policies`)],
    known: {
      'adds resources[].type': 'Key Protect API reference, "List key policies"; no recording has it',
    },
    witnesses: [
      {
        source: NOTES,
        date: '2020-01-16',
        shows: 'a dual authorization policy has a CRN of its own',
        status: 200,
        body: envelope('policy', [
          { id: guid(50), crn: policyCrn(guid(50)), dualAuthDelete: { enabled: true }, ...policyStamps },
        ]),
      },
      {
        source: NOTES,
        date: '2020-05-01',
        shows: 'none: no `resources`',
        status: 200,
        body: envelope('policy', undefined),
      },
    ],
  },
  {
    call: 'GET /api/v2/instance/policies',
    shape: shapes.resources(shapes.instancePolicy),
    keeps: ['resources'],
    emulated: [({ kp }) => kp('GET', '/instance/policies')],
    known: {
      ...each(
        'what keyprotect-go-client reads (instances.go, 2026)',
        'adds resources[].createdBy',
        'adds resources[].creationDate',
        'adds resources[].lastUpdated',
        'adds resources[].updatedBy',
      ),
      ...each(
        'as it was in 2020; the client of today reads it in camel case',
        'lacks resources[].created_by',
        'lacks resources[].creation_date',
        'lacks resources[].last_updated',
        'lacks resources[].updated_by',
      ),
    },
    witnesses: [
      {
        source: NOTES,
        date: '2020-01-16',
        shows: 'none: an empty `resources`',
        status: 200,
        body: envelope('policy', []),
      },
      {
        source: NOTES,
        date: '2020-01-16',
        shows: 'names in snake case, unlike those of a key policy',
        status: 200,
        body: envelope('policy', [
          {
            policy_type: 'dualAuthDelete',
            policy_data: { enabled: true },
            creation_date: '2020-01-16T20:47:30Z',
            created_by: user,
            updated_by: user,
            last_updated: '2020-01-16T20:47:30Z',
          },
        ]),
      },
    ],
  },
  {
    call: 'GET /api/v2/key_rings',
    shape: shapes.resources(shapes.ring),
    keeps: ['resources'],
    emulated: [({ kp }) => kp('GET', '/key_rings')],
    witnesses: [
      {
        source: docs('key-rings.md:336'),
        date: '2026-08-12',
        shows: 'the default ring is an id and nothing else',
        status: 200,
        body: envelope('key_ring', [
          { id: 'default' },
          { id: 'Sample Key Ring 2', creationDate: '2020-03-12T11:00:06Z', createdBy: user },
        ]),
      },
      {
        source: 'IBM/keyprotect-go-client kp_test.go, TestGetKeyRings',
        date: '2020-11-27',
        shows: 'the same of an instance with two',
        status: 200,
        body: envelope('key_ring', [
          { id: 'default' },
          { id: 'one', creationDate: '2020-11-27T15:34:53Z', createdBy: user },
          { id: 'two', creationDate: '2020-11-27T17:39:02Z', createdBy: user },
        ]),
      },
    ],
  },
  {
    call: 'POST /api/v2/keys/{id}/aliases/{alias}',
    emulated: [({ kp, keys }) => kp('POST', `/keys/${keys['root']}/aliases/another`)],
    witnesses: [
      {
        source: docs('create-key-alias.md:106'),
        date: '2026-08-12',
        shows: 'the collection is one of keys, not of aliases',
        status: 201,
        body: envelope('key', [
          { keyId: guid(10), alias: 'test-alias', creationDate: '2020-03-12T03:37:32Z', createdBy: user },
        ]),
      },
    ],
  },
  {
    call: 'GET /api/v2/import_token',
    shape: shapes.importToken,
    emulated: [
      async ({ kp }) => {
        await kp('POST', '/import_token');
        return await kp('GET', '/import_token');
      },
    ],
    witnesses: [
      {
        source: docs('create-import-tokens.md:129'),
        date: '2026-08-12',
        shows: 'no envelope',
        status: 200,
        body: {
          creationDate: '2019-04-08T16:58:29Z',
          expirationDate: '2019-04-08T17:18:29Z',
          maxAllowedRetrievals: 1,
          remainingRetrievals: 0,
          payload: 'bm9ib2R5cyBwdWJsaWMga2V5',
          nonce: 'bm9uY2U=',
        },
      },
    ],
  },
];

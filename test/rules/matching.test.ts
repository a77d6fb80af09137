import { describe, expect, test } from '@jest/globals';
import { policy as readPolicy } from '../../src/cloud/iam-policies/shapes.ts';
import { toObserved } from '../../src/kinds/authorization/facts.ts';
import { unrelated } from '../../src/model/relation.ts';
import type { Observed } from '../../src/model/resource.ts';
import { isServed, liveGrants } from '../../src/rules/outlive.ts';
import { snapshotOf } from '../helpers/snapshot.ts';

/**
 * When an authorization covers what is registered on a key, as IBM publishes it: Key Protect docs, "Migration tool", matching
 * criteria of `authz-check` (2026-08-12); IBM's provider for Terraform, `iam_authorization_policy` and its acceptance tests
 * (2026-08-05); VPC docs, "Establishing service-to-service authorizations" (2026-08-21). Where these are silent the answer is no:
 * what is not understood covers nothing.
 */

const OWN = '1';
const VAULT = `crn:v1:bluemix:public:kms:us-south:a/${OWN}:vault::`;
const KEY = `crn:v1:bluemix:public:kms:us-south:a/${OWN}:vault:key:k`;
const RING = `${VAULT}#ring`;
const STORE = `crn:v1:bluemix:public:cloud-object-storage:global:a/${OWN}:store::`;
const BUCKET = STORE.replace(/::$/, ':bucket:b');
const POSTGRES = `crn:v1:bluemix:public:databases-for-postgresql:us-south:a/${OWN}:pg::`;
const VOLUME = `crn:v1:bluemix:public:is:us-south-1:a/${OWN}::volume:r006-1`;
const IMAGE = `crn:v1:bluemix:public:is:us-south:a/${OWN}::image:r006-1`;
const SHARE = `crn:v1:bluemix:public:is:us-south-1:a/${OWN}::share:r006-1`;
const elsewhere = (crn: string): string => crn.replace(`a/${OWN}`, 'a/2');

const observed = (kind: string, id: string, more: Partial<Observed>): Observed => ({
  kind,
  id,
  name: id,
  identity: id,
  marks: [],
  life: { is: 'active' },
  version: '',
  relations: unrelated,
  facts: undefined,
  ...more,
});
const objects = [
  observed('vault', VAULT, { resourceGroup: 'vaults', relations: { ...unrelated, inside: ['service:kms'] } }),
  observed('key', KEY, { relations: { ...unrelated, inside: [RING, VAULT] } }),
  observed('database', POSTGRES, { resourceGroup: 'data' }),
];
const externalUsers = new Map([
  [STORE, { name: 'store', service: 'cloud-object-storage', resourceGroup: 'data' }],
  [elsewhere(STORE), { name: 'their store', service: 'cloud-object-storage', resourceGroup: 'data' }],
]);

type Attributes = Readonly<Record<string, string | { readonly operator: string; readonly value: unknown }>>;
const written = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, value]) =>
    typeof value === 'string' ? { key, operator: 'stringEquals', value } : { key, ...value },
  );
const exists = (value: unknown) => ({ operator: 'stringExists', value });

interface Row {
  readonly source: Attributes;
  readonly target?: Attributes;
  readonly roles?: readonly string[];
  readonly by?: string;
  readonly policy?: object;
}

const own = { accountId: OWN };
const store = { serviceName: 'cloud-object-storage', ...own };
const kms = { serviceName: 'kms', ...own };
const postgres = { serviceName: 'databases-for-postgresql', ...own };

function isCovered({ source, target = kms, roles = ['Reader'], by = BUCKET, policy = {} }: Row): boolean {
  const body = {
    id: 'p',
    type: 'authorization',
    state: 'active',
    subject: { attributes: written(source) },
    resource: { attributes: written(target) },
    control: {
      grant: { roles: roles.map((role) => ({ role_id: `crn:v1:bluemix:public:iam::::serviceRole:${role}` })) },
    },
    ...policy,
  };
  const snapshot = snapshotOf([], { objects, externalUsers });
  snapshot.put(toObserved(readPolicy(body), snapshot));
  return isServed({ on: KEY, by }, liveGrants(snapshot), snapshot);
}

describe('an authorization covers a registration', () => {
  test.each<[string, Row]>([
    ['of its service', { source: store }],
    ['of whatever lies in its resource group', { source: { resourceGroupId: 'data', ...own } }],
    ['of a database in its resource group', { source: { resourceGroupId: 'data', ...own }, by: POSTGRES }],
    ['of its service in its resource group', { source: { ...store, resourceGroupId: 'data' } }],
    ['of any resource group', { source: { resourceGroupId: exists(true), ...own } }],
    ['of any resource group, as an older provider wrote it', { source: { resourceGroupId: '*', ...own } }],
    ['of its instance', { source: { ...store, serviceInstance: 'store' } }],
    ['of its service in another account', { source: { ...store, accountId: '2' }, by: elsewhere(BUCKET) }],
    ['of its region', { source: { ...postgres, region: 'us-south' }, by: POSTGRES }],
    ['of its resource', { source: { ...store, resource: 'b', resourceType: 'bucket' } }],
    ['of each volume of a database', { source: postgres, by: `${POSTGRES}/agentid=pvc-1` }],
    ['on a key in its instance', { source: store, target: { ...kms, serviceInstance: 'vault' } }],
    ['on a key in an instance of its resource group', { source: store, target: { ...kms, resourceGroupId: 'vaults' } }],
    ['on a key in an instance of its region', { source: store, target: { ...kms, region: 'us-south' } }],
    ['on a key in its ring', { source: store, target: { ...kms, serviceInstance: 'vault', keyRing: 'ring' } }],
    ['on its key', { source: store, target: { ...kms, serviceInstance: 'vault', resourceType: 'key', resource: 'k' } }],
    ['on its key, without the type', { source: store, target: { ...kms, serviceInstance: 'vault', resource: 'k' } }],
    ['on any key', { source: store, target: { ...kms, serviceInstance: 'vault', resourceType: 'key' } }],
    ['by ReaderPlus', { source: store, roles: ['ReaderPlus'] }],
    ['by Writer', { source: store, roles: ['Writer'] }],
    ['by Manager', { source: store, roles: ['Manager'] }],
    ['of a volume, as block storage', { source: { serviceName: 'server-protect', ...own }, by: VOLUME }],
    ['of an image, as block storage', { source: { serviceName: 'server-protect', ...own }, by: IMAGE }],
    ['of a share, by its type', { source: { serviceName: 'is', resourceType: 'share', ...own }, by: SHARE }],
    ['of a volume, by its type', { source: { serviceName: 'is', resourceType: 'volume', ...own }, by: VOLUME }],
  ])('%s', (_title, row) => {
    expect(isCovered(row)).toBe(true);
  });
});

describe('an authorization does not cover a registration', () => {
  test.each<[string, Row]>([
    ['by its account alone', { source: own }],
    ['of another service', { source: postgres }],
    ['of another resource group', { source: { resourceGroupId: 'other', ...own } }],
    ['of its service in another resource group', { source: { ...store, resourceGroupId: 'other' } }],
    ['of another instance', { source: { ...store, serviceInstance: 'other' } }],
    ['of its own account where the source is in another', { source: { ...store, accountId: '2' } }],
    ['of another account', { source: store, by: elsewhere(BUCKET) }],
    ["of nobody's account", { source: store, by: BUCKET.replace(`a/${OWN}`, 's/x') }],
    ['of another region', { source: { ...postgres, region: 'eu-de' }, by: POSTGRES }],
    ['of another resource', { source: { ...store, resource: 'c', resourceType: 'bucket' } }],
    ['of an instance whose resource group is not known', { source: { resourceGroupId: 'data', ...own }, by: VOLUME }],
    ['where the source names no account', { source: { serviceName: 'cloud-object-storage' } }],
    ['on a key in another instance', { source: store, target: { ...kms, serviceInstance: 'other' } }],
    [
      'on a key in an instance of another resource group',
      { source: store, target: { ...kms, resourceGroupId: 'data' } },
    ],
    ['on a key in an instance of another region', { source: store, target: { ...kms, region: 'eu-de' } }],
    ['on a key in another ring', { source: store, target: { ...kms, serviceInstance: 'vault', keyRing: 'other' } }],
    [
      'on another key',
      { source: store, target: { ...kms, serviceInstance: 'vault', resourceType: 'key', resource: 'other' } },
    ],
    ['on something that is no key', { source: store, target: { ...kms, serviceInstance: 'vault', resourceType: 'x' } }],
    ['on keys of another service', { source: store, target: { ...kms, serviceName: 'hs-crypto' } }],
    ['where the target names no service', { source: store, target: { ...own, resourceType: 'resource-group' } }],
    ['where the target names no account', { source: store, target: { serviceName: 'kms' } }],
    ['by Viewer', { source: store, roles: ['Viewer', 'Administrator', 'KeyPurge'] }],
    ['by a role that is not known', { source: store, roles: ['KeysOfMine'] }],
    ['of a share, as block storage', { source: { serviceName: 'server-protect', ...own }, by: SHARE }],
    ['of a volume, by its service without a type', { source: { serviceName: 'is', ...own }, by: VOLUME }],
    [
      'of a volume, by the type of a share',
      { source: { serviceName: 'is', resourceType: 'share', ...own }, by: VOLUME },
    ],
    [
      'of a volume, by an instance, which it has none of',
      { source: { serviceName: 'server-protect', serviceInstance: 'x', ...own }, by: VOLUME },
    ],
    ['by an operator that is not known', { source: { ...store, serviceInstance: { operator: 'x', value: 'store' } } }],
    ['by a pattern', { source: store, target: { ...kms, serviceInstance: { operator: 'stringMatch', value: 'va*' } } }],
    ['by a pattern without its operator', { source: store, target: { ...kms, serviceInstance: 'va*' } }],
    [
      'by one of several',
      { source: store, target: { ...kms, resource: { operator: 'stringEqualsAnyOf', value: ['k'] } } },
    ],
    ['where a resource group may not exist', { source: { ...store, resourceGroupId: exists(false) } }],
    ['where any instance may', { source: { ...store, serviceInstance: exists(true) } }],
    ['by an attribute that is not known', { source: store, target: { ...kms, cfgType: 'x' } }],
    ['by an attribute of the source that is not known', { source: { ...store, vpcId: 'x' } }],
    [
      'where an attribute stands twice',
      {
        source: store,
        policy: {
          resource: {
            attributes: [...written({ ...kms, serviceInstance: 'vault' }), ...written({ serviceInstance: 'v' })],
          },
        },
      },
    ],
    ['under a condition', { source: store, policy: { rule: { key: 'time', operator: 'timeLessThan', value: 'x' } } }],
    ['under a pattern of time', { source: store, policy: { pattern: 'time-based-conditions:weekly' } }],
    [
      'where its target has tags',
      { source: store, policy: { resource: { attributes: written(kms), tags: [{ key: 'env', value: 'test' }] } } },
    ],
  ])('%s', (_title, row) => {
    expect(isCovered(row)).toBe(false);
  });
});

test.each([
  [
    'an instance that no list shows, whatever is named in it',
    'guid:other',
    { serviceInstance: 'other', resource: 'k' },
  ],
  ['Key Protect as a whole, where an instance is named twice', 'service:kms', { serviceInstance: 'vault' }],
])('what an authorization reaches at most: %s', (_title, target, narrow) => {
  const twice = target === 'service:kms' ? written({ serviceInstance: 'other' }) : [];
  const body = {
    id: 'p',
    type: 'authorization',
    subject: { attributes: written(store) },
    resource: { attributes: [...written({ ...kms, ...narrow }), ...twice] },
    control: { grant: { roles: [] } },
  };
  const snapshot = snapshotOf([], { objects });
  expect(toObserved(readPolicy(body), snapshot).relations.grants).toMatchObject([{ target }]);
});

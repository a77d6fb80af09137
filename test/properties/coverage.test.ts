import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { policy as readPolicy } from '../../src/cloud/iam-policies/shapes.ts';
import type { KpKey } from '../../src/cloud/key-protect/shapes.ts';
import { toObserved as policyToObserved } from '../../src/kinds/authorization/facts.ts';
import { aliasOf, toObserved as keyToObserved } from '../../src/kinds/key/facts.ts';
import { kindsOf } from '../../src/kinds/kinds.ts';
import { kinds as all } from '../../src/kinds/registry.ts';
import type { Change } from '../../src/model/change.ts';
import { unrelated } from '../../src/model/relation.ts';
import type { Desired, Observed } from '../../src/model/resource.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { isLong } from '../helpers/property.ts';
import { snapshotOf } from '../helpers/snapshot.ts';
import { stack } from '../helpers/toy-kind.ts';

/**
 * No step that a plan calls ready leaves a use of a key without an authorization that is known to serve it, and no key goes
 * while anybody may use it, unless the step carries its consent. What serves whom is told here by a matcher of its own, over the
 * bodies of policies, after the same public rules as test/rules/matching.test.ts.
 */

const kinds = kindsOf([...all]);
const OWN = '1';
const crn = (service: string, where: string, tail: string, account = OWN): string =>
  `crn:v1:bluemix:public:${service}:${where}:a/${account}:${tail}`;
const VAULTS = ['v1', 'v2'] as const;
const vaultCrn = (vault: string): string => crn('kms', 'us-south', `${vault}::`);
const keyCrn = ({ vault, id }: Pick<Key, 'vault' | 'id'>): string => crn('kms', 'us-south', `${vault}:key:${id}`);

interface Key {
  readonly vault: string;
  readonly id: string;
  readonly ring: string;
}

/** Somebody who is registered, by what a policy can say of it. */
interface User {
  readonly by: string;
  /** Names of its source, each with the type that has to stand beside it. */
  readonly sources: readonly { readonly service: string; readonly type?: string }[];
  readonly account: string;
  readonly instance?: string;
  readonly group?: string;
  readonly region: string;
  readonly type?: string;
  readonly resource?: string;
  /** It has backups under its key. */
  readonly delegates?: true;
}

const users: Readonly<Record<string, User>> = {
  bucket: {
    by: crn('cloud-object-storage', 'global', 'store:bucket:b'),
    sources: [{ service: 'cloud-object-storage' }],
    account: OWN,
    instance: 'store',
    group: 'g1',
    region: 'global',
    type: 'bucket',
    resource: 'b',
  },
  theirs: {
    by: crn('cloud-object-storage', 'global', 'other:bucket:b', '2'),
    sources: [{ service: 'cloud-object-storage' }],
    account: '2',
    instance: 'other',
    region: 'global',
    type: 'bucket',
    resource: 'b',
  },
  database: {
    by: crn('databases-for-postgresql', 'us-south', 'pg::/agentid=pvc-1'),
    sources: [{ service: 'databases-for-postgresql' }],
    account: OWN,
    instance: 'pg',
    group: 'g2',
    region: 'us-south',
    delegates: true,
  },
  lakehouse: {
    by: crn('data-virtualization', 'us-south', 'dv::'),
    sources: [{ service: 'data-virtualization' }],
    account: OWN,
    instance: 'dv',
    group: 'g1',
    region: 'us-south',
  },
  volume: {
    by: crn('is', 'us-south-1', ':volume:r006-1'),
    sources: [{ service: 'server-protect' }, { service: 'is', type: 'volume' }],
    account: OWN,
    region: 'us-south-1',
    type: 'volume',
    resource: 'r006-1',
  },
  share: {
    by: crn('is', 'us-south-1', ':share:r006-2'),
    sources: [{ service: 'is', type: 'share' }],
    account: OWN,
    region: 'us-south-1',
    type: 'share',
    resource: 'r006-2',
  },
  stranger: {
    by: crn('weird', 'eu-de', 'w::'),
    sources: [{ service: 'weird' }],
    account: OWN,
    instance: 'w',
    region: 'eu-de',
  },
};

interface Attribute {
  readonly key: string;
  readonly operator: string;
  readonly value: unknown;
}

interface Policy {
  readonly id: string;
  readonly subject: readonly Attribute[];
  readonly resource: readonly Attribute[];
  readonly roles: readonly string[];
  readonly more: Readonly<Record<string, unknown>>;
  /** The map key whose mark it carries. */
  readonly mark?: string;
}

// ---- the matcher

const READING = ['Manager', 'Writer', 'ReaderPlus', 'Reader'];
const KNOWN_ROLES = [...READING, 'KeyPurge', 'Viewer', 'AuthorizationDelegator'];
const reads = (roles: readonly string[]): boolean => roles.some((role) => READING.includes(role));
const mayRead = (roles: readonly string[]): boolean =>
  roles.some((role) => !KNOWN_ROLES.includes(role)) || reads(roles);
const isPlain = ({ operator, value }: Attribute): boolean =>
  operator === 'stringEquals' && typeof value === 'string' && !value.includes('*');
const isAnyGroup = ({ key, operator, value }: Attribute): boolean =>
  key === 'resourceGroupId' &&
  ((operator === 'stringExists' && value === true) || (operator === 'stringEquals' && value === '*'));
const get = (side: readonly Attribute[], key: string): unknown => side.find((one) => one.key === key)?.value;

function isSource({ subject }: Policy, user: User): boolean {
  const hasName = subject.some(({ key }) => key === 'serviceName' || key === 'resourceGroupId');
  if (!hasName || get(subject, 'accountId') !== user.account) return false;
  const type = get(subject, 'resourceType');
  return user.sources.some((source) =>
    subject.every((attribute) => {
      const { key, value } = attribute;
      if (isAnyGroup(attribute)) return user.group !== undefined;
      if (!isPlain(attribute)) return false;
      if (key === 'accountId') return true;
      if (key === 'serviceName') return value === source.service && (source.type === undefined || source.type === type);
      if (key === 'resourceGroupId') return value === user.group && (source.type === undefined || source.type === type);
      if (key === 'serviceInstance') return value === user.instance;
      if (key === 'region') return value === user.region && source.service !== 'server-protect';
      if (key === 'resourceType') return value === user.type && source.service !== 'server-protect';
      if (key === 'resource') return value === user.resource && source.service !== 'server-protect';
      return false;
    }),
  );
}

function isTarget({ resource }: Policy, { vault, id, ring }: Key): boolean {
  if (get(resource, 'serviceName') !== 'kms' || get(resource, 'accountId') !== OWN) return false;
  return resource.every((attribute) => {
    const { key, value } = attribute;
    if (!isPlain(attribute)) return false;
    if (key === 'serviceName' || key === 'accountId') return true;
    if (key === 'serviceInstance') return value === vault;
    if (key === 'keyRing') return value === ring;
    if (key === 'resourceType') return value === 'key';
    if (key === 'resource') return value === id;
    if (key === 'resourceGroupId') return value === groupOf(vault);
    return key === 'region' && value === 'us-south';
  });
}

const groupOf = (vault: string): string => (vault === 'v1' ? 'g1' : 'g2');

/** Whether a policy is known to let a user use a key. */
function serves(policy: Policy, user: User, key: Key, wants: 'all' | 'reading' = 'all'): boolean {
  if (Object.keys(policy.more).length > 0 || !isSource(policy, user) || !isTarget(policy, key)) return false;
  const delegates = wants === 'reading' || !user.delegates || policy.roles.includes('AuthorizationDelegator');
  return reads(policy.roles) && delegates;
}

/** Whether a key may lie under the target of a policy, whatever is not known of it. */
function mayHold({ resource }: Policy, { vault, id, ring }: Key): boolean {
  if (!resource.some(({ key }) => key === 'serviceName')) return false;
  return resource.every((attribute) => {
    const { key, value } = attribute;
    if (!isPlain(attribute)) return true;
    if (key === 'serviceName') return value === 'kms';
    if (key === 'serviceInstance') return value === vault;
    if (key === 'keyRing') return value === ring || get(resource, 'serviceInstance') === undefined;
    if (key === 'resource') return value === id || get(resource, 'serviceInstance') === undefined;
    if (key === 'resourceGroupId') return value === groupOf(vault);
    return key !== 'region' || value === 'us-south';
  });
}

// ---- what may be

const equals = (key: string, value: string): Attribute => ({ key, operator: 'stringEquals', value });
const maybe = (key: string, ...values: readonly string[]): fc.Arbitrary<readonly Attribute[]> =>
  fc
    .option(fc.constantFrom(...values), { nil: undefined, freq: 2 })
    .map((value) => (value === undefined ? [] : [equals(key, value)]));
const seldom = (...attributes: readonly Attribute[]): fc.Arbitrary<readonly Attribute[]> =>
  fc
    .option(fc.constantFrom(...attributes), { nil: undefined, freq: 11 })
    .map((one) => (one === undefined ? [] : [one]));
/** One that is there once in twelve times. */
const odd = (side: readonly Attribute[], strange: readonly Attribute[]): readonly Attribute[] => [
  ...side.filter(({ key }) => strange.every((one) => one.key !== key)),
  ...strange,
];

const services = [
  'cloud-object-storage',
  'databases-for-postgresql',
  'data-virtualization',
  'server-protect',
  'is',
  'weird',
];
const subject = fc
  .tuple(
    fc.option(fc.constantFrom(...services), { nil: undefined, freq: 9 }),
    fc.oneof(
      { weight: 6, arbitrary: fc.constant([]) },
      { weight: 3, arbitrary: fc.constantFrom('g1', 'g2', '*').map((group) => [equals('resourceGroupId', group)]) },
      {
        weight: 1,
        arbitrary: fc.boolean().map((value) => [{ key: 'resourceGroupId', operator: 'stringExists', value }]),
      },
    ),
    fc.constantFrom('1', '1', '1', '1', '2', ''),
    fc.option(fc.constantFrom('store', 'pg', 'dv', 'x'), { nil: undefined, freq: 2 }),
    fc.option(fc.constantFrom('volume', 'share', 'bucket'), { nil: undefined, freq: 2 }),
    seldom(equals('region', 'us-south'), equals('region', 'eu-de'), equals('resource', 'b'), equals('vpcId', 'x'), {
      key: 'serviceInstance',
      operator: 'stringMatch',
      value: 'st*',
    }),
  )
  .map(([service, group, account, instance, type, strange]) =>
    odd(
      [
        ...(service === undefined ? [] : [equals('serviceName', service)]),
        ...group,
        ...(account === '' ? [] : [equals('accountId', account)]),
        ...(instance === undefined ? [] : [equals('serviceInstance', instance)]),
        ...(type === undefined ? [] : [equals('resourceType', type)]),
      ],
      strange,
    ),
  );

const resource = fc
  .tuple(
    fc.constantFrom('kms', 'kms', 'kms', 'kms', 'hs-crypto', ''),
    fc.constantFrom('1', '1', '1', '1', '1', ''),
    maybe('serviceInstance', ...VAULTS),
    fc.oneof(
      fc.constant([]),
      fc.constantFrom('default', 'r').map((ring) => [equals('keyRing', ring)]),
      fc.constantFrom('k1', 'k2').map((id) => [equals('resourceType', 'key'), equals('resource', id)]),
    ),
    maybe('resourceGroupId', 'g1', 'g2'),
    seldom(
      equals('region', 'us-south'),
      equals('region', 'eu-de'),
      equals('cfgType', 'x'),
      {
        key: 'serviceInstance',
        operator: 'stringMatch',
        value: 'v*',
      },
      { key: 'serviceName', operator: 'stringMatch', value: 'k*' },
    ),
  )
  .map(([service, account, instance, part, group, strange]) =>
    odd(
      [
        ...(service === '' ? [] : [equals('serviceName', service)]),
        ...(account === '' ? [] : [equals('accountId', account)]),
        ...instance,
        ...(instance.length === 0 ? [] : part),
        ...group,
      ],
      strange,
    ),
  );

const roles = fc.oneof(
  { weight: 4, arbitrary: fc.constant(['Reader']) },
  { weight: 2, arbitrary: fc.constant(['Reader', 'AuthorizationDelegator']) },
  { weight: 3, arbitrary: fc.subarray([...KNOWN_ROLES, 'RoleOfMine'], { minLength: 1, maxLength: 3 }) },
);
const more = fc.oneof(
  { weight: 12, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Record<string, unknown>>(
      { rule: { key: 'x', operator: 'timeLessThan', value: 'y' } },
      { pattern: 'time-based-conditions:weekly' },
    ),
  },
);

/** What a manifest says of one authorization. */
interface Written {
  readonly state: 'present' | 'absent';
  readonly source: { readonly service?: string; readonly resourceGroup?: string };
  readonly target: string;
  readonly roles: readonly string[];
}
const RING = `${vaultCrn('v1')}#r`;
const targets: Readonly<Record<string, readonly Attribute[]>> = {
  [vaultCrn('v1')]: [equals('serviceInstance', 'v1')],
  [RING]: [equals('serviceInstance', 'v1'), equals('keyRing', 'r')],
  [keyCrn({ vault: 'v1', id: 'k1' })]: [
    equals('serviceInstance', 'v1'),
    equals('resourceType', 'key'),
    equals('resource', 'k1'),
  ],
};
const written: fc.Arbitrary<Written> = fc.record({
  state: fc.constantFrom('present', 'absent', 'absent'),
  source: fc.oneof(
    fc.constantFrom(...services).map((service) => ({ service })),
    fc.constantFrom('g1', 'g2').map((resourceGroup) => ({ resourceGroup })),
  ),
  target: fc.constantFrom(...Object.keys(targets)),
  roles,
});
const bodyOf = ({ source, target }: Written): Pick<Policy, 'subject' | 'resource'> => ({
  subject: [
    ...(source.service === undefined ? [] : [equals('serviceName', source.service)]),
    equals('accountId', OWN),
    ...(source.resourceGroup === undefined ? [] : [equals('resourceGroupId', source.resourceGroup)]),
  ],
  resource: [equals('serviceName', 'kms'), equals('accountId', OWN), ...(targets[target] ?? [])],
});

const NAMES = ['a1', 'a2', 'a3'] as const;
const scene = fc.record({
  foreign: fc.array(fc.record({ subject, resource, roles, more }), { maxLength: 4 }),
  /** Live ones with our marks: as some manifest wrote them, with what somebody made of them. */
  own: fc.tuple(
    ...NAMES.map(() => fc.option(fc.record({ was: written, roles, more, odd: fc.option(subject, { freq: 8 }) }))),
  ),
  declared: fc.tuple(...NAMES.map(() => fc.option(fc.record({ one: written, isSame: fc.boolean() }), { freq: 4 }))),
  uses: fc.uniqueArray(fc.tuple(fc.constantFrom(...Object.keys(users)), fc.constantFrom('k1', 'k2', 'k3', 'hidden')), {
    maxLength: 4,
    selector: ([user, key]) => `${user} ${key}`,
  }),
  keys: fc.tuple(
    ...['k1', 'k2'].map(() =>
      fc.record({
        state: fc.constantFrom('present', 'absent'),
        was: fc.constantFrom('default', 'r'),
        ring: fc.constantFrom('default', 'r'),
      }),
    ),
  ),
  consents: fc.subarray([
    'delete:key.k1',
    'delete:key.k2',
    ...NAMES.map((name) => `narrow:authorization.${name}`),
    'adopt',
  ]),
});
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

/** What is declared of a name: often what was live, with other roles. */
function writtenAs({ declared, own }: Scene, name: string | undefined): Written | undefined {
  const index = NAMES.findIndex((one) => one === name);
  const [now, was] = [declared[index], own[index]];
  if (!now) return undefined;
  return now.isSame && was ? { ...was.was, state: now.one.state, roles: now.one.roles } : now.one;
}

// ---- the account and its plan

function observed(kind: string, id: string, more: Partial<Observed>): Observed {
  const plain = { kind, id, name: id, identity: id, marks: [], version: '', relations: unrelated, facts: undefined };
  return { ...plain, life: { is: 'active' }, ...more };
}

function desired(kind: string, name: string, spec: object, refs: Readonly<Record<string, string>>): Desired {
  const address = `${kind}.${name}`;
  const relations = kinds.of({ kind }).identity.relations({ ...spec }, refs, address);
  return { address, kind, mark: { stack, name }, spec: { ...spec }, refs, dependsOn: [], relations };
}

function worldOf(given: Scene) {
  const { foreign, own, uses, keys, consents } = given;
  const live: readonly Key[] = [
    { vault: 'v1', id: 'k1', ring: keys[0]?.was ?? 'default' },
    { vault: 'v1', id: 'k2', ring: keys[1]?.was ?? 'default' },
    { vault: 'v2', id: 'k3', ring: 'default' },
    { vault: 'v1', id: 'hidden', ring: 'default' },
  ];
  const policies: readonly Policy[] = [
    ...foreign.map((one, index) => ({ id: `f${index}`, ...one })),
    ...own.flatMap((one, index) => {
      if (one === null) return [];
      const mark = NAMES[index] ?? '';
      const body = bodyOf(one.was);
      return [
        {
          id: mark,
          mark,
          ...body,
          ...(one.odd === null ? {} : { subject: one.odd }),
          roles: one.roles,
          more: one.more,
        },
      ];
    }),
  ];
  const registrations = uses.flatMap(([user, id]) => {
    const found = live.find((key) => key.id === id);
    const by = users[user]?.by;
    return found === undefined || by === undefined ? [] : [{ on: keyCrn(found), by, preventsDeletion: false }];
  });
  const snapshot = snapshotOf(all, {
    desired: [
      ...NAMES.flatMap((name) => {
        const one = writtenAs(given, name);
        return one === undefined ? [] : [desired('authorization', name, specOf(one), refsOf(one))];
      }),
      ...keys.map(({ state, ring }, index) => {
        const spec = { state, instance: 'vault', ring, name: `k${index + 1}` };
        return desired('key', `k${index + 1}`, spec, {
          '/instance': vaultCrn('v1'),
          '/ring': `${vaultCrn('v1')}#${ring}`,
        });
      }),
    ],
    objects: VAULTS.map((vault) =>
      observed('key-protect-instance', vaultCrn(vault), {
        resourceGroup: groupOf(vault),
        relations: { ...unrelated, inside: ['service:kms'] },
      }),
    ),
    registrations,
    consents: new Set(consents),
    externalUsers: new Map(
      Object.values(users).flatMap(({ by, group }) =>
        group === undefined || by.includes('pg::')
          ? []
          : [[`${by.split(':').slice(0, 8).join(':')}::`, { name: by, service: '', resourceGroup: group }] as const],
      ),
    ),
  });
  for (const key of live.filter(({ id }) => id !== 'hidden')) {
    const { vault, id, ring } = key;
    const aliases = id === 'k3' ? [] : [aliasOf({ stack, name: id })];
    const row: KpKey = { id, name: id, state: 1, extractable: false, crn: keyCrn(key), keyRingID: ring, aliases };
    snapshot.put(keyToObserved(vaultCrn(vault), row));
  }
  // The database has backups under every key on which it is registered.
  const database = crn('databases-for-postgresql', 'us-south', 'pg::');
  const needs = uses.flatMap(([user, id]) => {
    const key = live.find((one) => one.id === id);
    if (user !== 'database' || key === undefined) return [];
    const by = { service: 'databases-for-postgresql', instance: database, resourceGroup: 'g2' };
    return [{ by, on: keyCrn(key), roles: ['Reader', 'AuthorizationDelegator'], pointer: '' }];
  });
  snapshot.put(observed('deployment', database, { resourceGroup: 'g2', relations: { ...unrelated, needs } }));
  for (const { id, subject, resource, roles, more, mark } of policies) {
    const role_ids = roles.map((role) => ({ role_id: `crn:v1:bluemix:public:iam::::serviceRole:${role}` }));
    const body = {
      ...{ id, type: 'authorization', subject: { attributes: subject }, resource: { attributes: resource }, ...more },
      control: { grant: { roles: role_ids } },
      description: mark === undefined ? '' : `[keystead:${stack}/${mark}]`,
    };
    snapshot.put(policyToObserved(readPolicy(body), snapshot));
  }
  const input = { stack, account: undefined, desired: [...snapshot.wanted.all()], maxDeletes: undefined, targets: [] };
  return { live, policies, uses, plan: makePlan(input, snapshot, kinds, 'public') };
}

const specOf = ({ state, source, roles }: Written) => ({ state, source, target: {}, roles });
const refsOf = ({ target }: Written): Readonly<Record<string, string>> => ({
  [target.includes('#') ? '/target/ring' : target.includes(':key:') ? '/target/key' : '/target/instance']: target,
});

// ---- the property

const isQuiet = (policy: Policy, isEnded: boolean): boolean =>
  Object.keys(policy.more).length === 0 &&
  policy.subject.every((one) => (isPlain(one) || isAnyGroup(one)) && one.key !== 'vpcId') &&
  policy.resource.every((one) => isPlain(one) && one.key !== 'cfgType') &&
  get(policy.subject, 'accountId') !== undefined &&
  (get(policy.subject, 'serviceName') === 'data-virtualization' || isEnded);

function check(given: Scene): readonly string[] {
  const { live, policies, uses, plan } = worldOf(given);
  const ready = plan.changes.filter(({ status }) => status.is === 'ready');
  const about = (name: string | undefined): readonly Change[] =>
    name === undefined ? [] : ready.filter(({ address }) => address === `authorization.${name}`);
  const ends = (policy: Policy): boolean =>
    about(policy.mark).some(
      ({ verb, target }) => (verb === 'delete' || verb === 'replace') && target?.id === `policy:${policy.id}`,
    );
  const rolesAfter = (policy: Policy): readonly string[] => {
    const update = about(policy.mark).find(
      ({ verb, fields }) => verb === 'update' && fields.some(({ field }) => field === 'roles'),
    );
    return update === undefined ? policy.roles : (writtenAs(given, policy.mark)?.roles ?? policy.roles);
  };
  const keyAfter = (key: Key): Key => {
    const moved = ready.find(
      ({ address, verb, fields }) =>
        address === `key.${key.id}` && verb === 'update' && fields.some(({ field }) => field === 'ring'),
    );
    return moved === undefined ? key : { ...key, ring: given.keys[Number(key.id.slice(1)) - 1]?.ring ?? key.ring };
  };
  const after: readonly Policy[] = [
    ...policies.filter((policy) => !ends(policy)).map((policy) => ({ ...policy, roles: rolesAfter(policy) })),
    ...NAMES.flatMap((name) => {
      const one = writtenAs(given, name);
      const made = about(name).some(({ verb }) => verb === 'create' || verb === 'replace');
      return one !== undefined && made ? [{ id: `new ${name}`, ...bodyOf(one), roles: one.roles, more: {} }] : [];
    }),
  ];
  const faults: string[] = [];
  for (const [name, id] of uses) {
    const user = users[name];
    const key = live.find((one) => one.id === id);
    if (user === undefined || key === undefined) continue;
    const then = keyAfter(key);
    if (after.some((policy) => serves(policy, user, then))) continue;
    const stillReads = after.some((policy) => serves(policy, user, then, 'reading'));
    for (const policy of policies) {
      if (!mayHold(policy, key)) continue;
      const isNarrowed =
        (serves(policy, user, key) && !serves({ ...policy, roles: rolesAfter(policy) }, user, key)) ||
        (mayRead(policy.roles) && !mayRead(rolesAfter(policy)));
      const consent = `narrow:authorization.${policy.mark}`;
      const isConsented = stillReads && given.consents.includes(consent);
      // What reads on lost nothing by one that never passed a key on.
      const couldDelegate = policy.roles.some(
        (role) => role === 'AuthorizationDelegator' || !KNOWN_ROLES.includes(role),
      );
      if (((ends(policy) && mayRead(policy.roles)) || isNarrowed) && !isConsented && (!stillReads || couldDelegate)) {
        faults.push(`${name} on ${id} is stranded by ${policy.id}`);
      }
    }
    if (then.ring !== key.ring) faults.push(`${name} on ${id} is stranded by a move`);
  }
  for (const { address, verb } of ready) {
    if (verb !== 'delete' || !address.startsWith('key.')) continue;
    const key = live.find(({ id }) => `key.${id}` === address);
    if (key === undefined) continue;
    if (uses.some(([, id]) => id === key.id)) faults.push(`${address} goes although it is used`);
    const loud = policies.some((policy) => {
      const isEnded = policy.mark !== undefined && writtenAs(given, policy.mark)?.state === 'absent';
      return mayRead(policy.roles) && mayHold(policy, key) && !isQuiet(policy, isEnded);
    });
    if (loud && !given.consents.includes(`delete:${address}`))
      faults.push(`${address} goes although a policy reaches it`);
  }
  return faults;
}

test('no ready step strands a use, or deletes a key that may be in use, without its consent', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(scene, (given) => {
      for (const { verb, status, address } of worldOf(given).plan.changes) {
        seen.add(`${address.split('.')[0]} ${verb} ${status.is === 'blocked' ? status.code : status.is}`);
      }
      expect(check(given)).toEqual([]);
    }),
    { numRuns: isLong ? 10_000 : 300 },
  );
  // It is no use where nothing is at stake.
  expect([...seen]).toEqual(
    expect.arrayContaining([
      'authorization delete ready',
      'authorization delete deferred',
      'authorization delete NOT_UNDERSTOOD',
      'authorization update ready',
      'authorization update WOULD_STRAND',
      'key delete ready',
      'key delete deferred',
      'key delete CONSENT_NEEDED',
      'key update ready',
      'key update WOULD_STRAND',
    ]),
  );
});

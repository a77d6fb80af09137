import { describe, expect, test } from '@jest/globals';
import { actionContext, createRun } from '../../src/apply/run.ts';
import type { ApplyContext } from '../../src/kinds/context.ts';
import { toObserved } from '../../src/kinds/deployment/facts.ts';
import { deployment } from '../../src/kinds/deployment/kind.ts';
import { dataKey, type LiveDeployment, type SeenKeys } from '../../src/kinds/deployment/live-keys.ts';
import type { DeploymentSpec } from '../../src/kinds/deployment/spec.ts';
import { kinds } from '../../src/kinds/registry.ts';
import { READY } from '../../src/model/change.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { unrelated } from '../../src/model/relation.ts';
import type { Desired } from '../../src/model/resource.ts';
import { failureOf, type Seen, withServer } from '../cloud/scripted.ts';
import { snapshotOf } from '../helpers/snapshot.ts';

const ACCOUNT = '0123456789abcdef0123456789abcdef';
const crn = `crn:v1:bluemix:public:databases-for-redis:us-south:a/${ACCOUNT}:11111111-1111-4111-8111-111111111111::`;
const vault = `crn:v1:bluemix:public:kms:us-south:a/${ACCOUNT}:22222222-2222-4222-8222-222222222222::`;
const key = (id: string) => `${vault.slice(0, -1)}key:${id}`;
const elsewhere = key('mine').replace('22222222-2222', '33333333-3333');
const [mine, old, backups] = [key('mine'), key('old'), key('backups')];

function live(parameters: JsonObject | undefined, keys: Partial<SeenKeys> = {}, more: Partial<LiveDeployment> = {}) {
  const instance = {
    id: crn,
    guid: '11111111-1111-4111-8111-111111111111',
    crn,
    name: 'cache',
    state: 'active',
    resource_id: 'redis',
    resource_plan_id: 'databases-for-redis-standard',
    resource_group_id: 'default',
    ...(parameters === undefined ? {} : { parameters }),
  };
  const seen = { registered: [], asked: [vault], ...keys };
  const offering = { service: 'databases-for-redis', plan: 'databases-for-redis-standard' };
  return toObserved({ instance, tags: [], ...offering, keys: seen, ...more });
}

function declared(spec: Partial<DeploymentSpec>, refs: Desired['refs'] = {}): Desired<DeploymentSpec> {
  return {
    address: 'deployment.cache',
    kind: 'deployment',
    mark: { stack: 'prod', name: 'cache' },
    spec: { service: 'databases-for-redis', ...spec },
    refs,
    dependsOn: [],
    relations: unrelated,
  };
}

function compared(spec: Partial<DeploymentSpec>, object: ReturnType<typeof live>, refs: Desired['refs'] = {}) {
  const { differences, unreadable } = deployment.compare(declared(spec, refs), object, snapshotOf([], {}));
  return {
    differences: differences.map(({ change: { field }, leads }) => `${field} ${leads}`),
    unreadable: unreadable.map(({ field }) => field),
  };
}

describe('what Resource Controller echoes', () => {
  const parameters = { members: 3 };

  test('a member that is missing in it is not compared: it holds the latest request alone', () => {
    expect(compared({ parameters, serviceEndpoints: 'private' }, live({ other: 1 }))).toEqual({
      differences: [],
      unreadable: ['parameters.members', 'serviceEndpoints'],
    });
    expect(compared({ parameters, serviceEndpoints: 'private' }, live(undefined))).toEqual({
      differences: [],
      unreadable: ['parameters.members', 'serviceEndpoints'],
    });
  });

  test('a member that it shows otherwise is a difference', () => {
    expect(compared({ parameters }, live({ members: 2 })).differences).toEqual(['parameters.members update']);
  });

  test.each<[want: JsonObject[string], have: JsonObject[string], equal: boolean]>([
    [2048, '2048MB', true],
    ['2048', '2048MB', true],
    ['2048 mb', '2048MB', true],
    [2048, '4096MB', false],
    ['2GB', '2MB', false],
    [0, '0 cores', true],
    [3, '0 cores', false],
    ['3', 3, true],
    [true, 'true', true],
    ['true', true, true],
    ['standard', 'premium', false],
    ['', 0, false],
    // Versions, and digits that are no amount.
    ['1.10', '1.1', false],
    ['8.0', '8', false],
    ['007', '7', false],
    ['9007199254740993', '9007199254740992', false],
    ['2048.0', '2048MB', true],
  ])('%j and %j: equal %s', (want, have, equal) => {
    expect(compared({ parameters: { size: want } }, live({ size: have })).differences).toHaveLength(equal ? 0 : 1);
  });

  test('a difference is shown in the form that is declared', () => {
    const desired = declared({ parameters: { one: 3, two: '3', three: 2048, four: true } });
    const echo = { one: '5', two: 5, three: '4096MB', four: 'false' };
    const { differences } = deployment.compare(desired, live(echo), snapshotOf([], {}));
    expect(differences.map(({ change }) => change.before)).toEqual([5, '5', '4096MB', false]);
  });
});

test('of an update that failed Resource Controller shows what was asked for: that is told', () => {
  const { facts } = live({ members: 5 });
  const last_operation = { type: 'update', state: 'failed', description: 'no room' };
  const object = toObserved({ ...facts, instance: { ...facts.instance, last_operation } });
  expect(object.lastFailure).toBe('its last update failed: no room');
  expect(deployment.advisories.posture(object, () => [], new Date())).toEqual([
    expect.stringMatching(/^its last update failed: no room; what Resource Controller shows/),
  ]);
  expect(deployment.advisories.posture(live({}), () => [], new Date())).toEqual([]);
});

describe('the key of a live deployment', () => {
  const spec = { parameters: { disk_encryption_key_crn: { key: 'mine' } } };
  const refs = { '/parameters/disk_encryption_key_crn/key': mine };
  const field = 'parameters.disk_encryption_key_crn';
  const same = { differences: [], unreadable: [] };
  const other = { differences: [`${field} refuse`], unreadable: [] };
  const unverified = { differences: [], unreadable: [field] };

  test.each<[string, JsonObject | undefined, Partial<SeenKeys>, ReturnType<typeof compared>]>([
    ['"none" is no key', { disk_encryption_key_crn: 'none', key_protect_key: 'none' }, {}, unverified],
    ['"" is no key', { disk_encryption_key_crn: '' }, {}, unverified],
    ['an echo of its key is believed', { disk_encryption_key_crn: mine }, {}, same],
    ['and so is its older name', { key_protect_key: mine }, {}, same],
    ['another key in the echo differs, and no update takes it', { disk_encryption_key_crn: old }, {}, other],
    ['a registration is the truth, not an old echo', { disk_encryption_key_crn: old }, { registered: [mine] }, same],
    ['a registration on another key differs', { disk_encryption_key_crn: mine }, { registered: [old] }, other],
    ['a registration tells where nothing is echoed', undefined, { registered: [mine] }, same],
    ['one on the declared key counts beside an old one', undefined, { registered: [old, mine] }, same],
    [
      'one on the key of its backups does not',
      { backup_encryption_key_crn: backups, disk_encryption_key_crn: old },
      { registered: [backups] },
      other,
    ],
    [
      'one on the declared key is none of its data where the service says so',
      undefined,
      { registered: [mine, old], told: { data: old, backups: mine } },
      other,
    ],
    [
      'nor where the echo shows that its backups are under the declared one',
      { backup_encryption_key_crn: mine, disk_encryption_key_crn: old },
      { registered: [mine, old] },
      other,
    ],
    [
      'one on the key of its data and its backups does',
      { backup_encryption_key_crn: mine },
      { registered: [mine] },
      same,
    ],
    ['what the service tells goes before the echo', { disk_encryption_key_crn: old }, { told: { data: mine } }, same],
    [
      "an own answer of IBM's on backups is not the echo's",
      { backup_encryption_key_crn: mine },
      { registered: [mine], told: { backups: null } },
      same,
    ],
    ["and that it is under IBM's own key", { disk_encryption_key_crn: mine }, { told: { data: null } }, other],
  ])('%s', (_title, echo, keys, result) => {
    const desired = declared(spec, refs);
    const snapshot = snapshotOf([deployment], { desired: [{ ...desired, spec: { ...desired.spec, crn } }] });
    const object = live(echo, keys);
    snapshot.put(object);
    const { differences, unreadable } = deployment.compare(desired, object, snapshot);
    expect({
      differences: differences.map((one) => `${one.change.field} ${one.leads}`),
      unreadable: unreadable.map((one) => one.field),
    }).toEqual(result);
  });

  test('is shown under the first name of its parameter where no echo shows it, and once', () => {
    const shown = (echo: JsonObject) =>
      deployment
        .describe(live(echo, { registered: [mine] }), snapshotOf([], {}))
        .find(({ field }) => field === 'parameters');
    expect(shown({ members: 3 })?.value).toEqual({ members: 3, disk_encryption_key_crn: mine });
    expect(shown({ key_protect_key: old })?.value).toEqual({ key_protect_key: mine });
  });

  test('that is echoed is needed beside a registered one, where no source says that its service always registers', () => {
    const { facts } = live({ disk_encryption_key_crn: old }, { registered: [mine] });
    const etcd = { ...facts, service: 'databases-for-etcd', plan: 'databases-for-etcd-standard' };
    expect(toObserved(etcd).relations.needs.map(({ on }) => on)).toContain(old);
  });

  // Source: Resource Controller API samples of Gen 2 databases.
  test('stands in `extensions` as it is, not as it was asked for', () => {
    const { facts } = live({});
    const dataservices = (disk: string) => ({ dataservices: { encryption: { disk } } });
    const instance = { ...facts.instance, parameters: dataservices(old), extensions: dataservices(mine) };
    const plan = 'databases-for-redis-standard-gen2';
    expect(toObserved({ ...facts, plan, instance }).relations.needs.map(({ on }) => on)).toContain(mine);
    expect(dataKey({ ...facts, plan, instance })).toBe(mine);
  });

  test.each<[string, JsonObject, Partial<SeenKeys>, readonly string[]]>([
    [
      'each that is echoed, by what it protects',
      { key_protect_key: mine, backup_encryption_key_crn: backups },
      {},
      [`${mine} Reader`, `${backups} Reader`, `${backups} AuthorizationDelegator`],
    ],
    [
      'one that a registration superseded is not needed',
      { disk_encryption_key_crn: old },
      { registered: [mine] },
      [`${mine} Reader`],
    ],
    [
      'one that is echoed and whose registrations nobody could read, beside one that it is registered on',
      { disk_encryption_key_crn: elsewhere },
      { registered: [backups] },
      [`${backups} Reader`, `${elsewhere} Reader`],
    ],
    [
      'every one that it is registered on, whatever each is for',
      {},
      { registered: [mine, backups] },
      [mine, backups].flatMap((on) => [`${on} Reader`, `${on} AuthorizationDelegator`]),
    ],
    [
      'those that its service tells apart',
      {},
      { registered: [mine, backups], told: { data: mine, backups } },
      [`${mine} Reader`, `${backups} Reader`, `${backups} AuthorizationDelegator`],
    ],
    ['one in a parameter that nobody knows is', { deep: { er: [old] } }, {}, [`${old} Reader`]],
  ])('it needs %s', (_title, echo, keys, needs) => {
    expect(live(echo, keys).relations.needs.map(({ on, roles }) => [on, ...roles].join(' '))).toEqual(needs);
  });
});

/** Makes the update that a manifest asks for, of an instance whose parameters become what `after` says of each request. */
async function updated(
  spec: Partial<DeploymentSpec>,
  echo: JsonObject,
  after: (sent: JsonObject, before: JsonObject) => JsonObject,
): Promise<{ readonly sent: readonly unknown[]; readonly failure: unknown }> {
  const sent: unknown[] = [];
  let failure: unknown;
  let object = live(echo);
  const answer = ({ method, body, path }: Seen) => {
    if (method === 'PATCH') {
      const { parameters } = JSON.parse(body);
      sent.push(parameters);
      object = live(after(parameters, echo));
    }
    return { body: path.startsWith('/v2/resource_instances/') ? object.facts.instance : { items: [] } };
  };
  await withServer(answer, async ({ connection }) => {
    let now = 0;
    const sleep = async (ms: number): Promise<void> => {
      now += ms;
    };
    const clock = { now: () => now, sleep };
    const refs = { '/parameters/disk_encryption_key_crn/key': mine };
    const desired = { ...declared({ ...spec, parameters: { ...spec.parameters, ...keyed } }, refs), formerMarks: [] };
    const snapshot = snapshotOf([deployment], { desired: [desired] });
    const context: ApplyContext = {
      kinds,
      cloud: connection.cloud,
      endpoints: 'emulator',
      clock,
      now: connection.now,
      consents: [],
      tell: () => undefined,
      parallelism: 1,
      waitMs: 0,
      signal: new AbortController().signal,
      secret: async () => new Uint8Array(),
    };
    const run = createRun(context, snapshot, 0);
    const fields = deployment.compare(desired, object, snapshot).differences.map(({ change }) => change);
    const change = {
      address: desired.address,
      verb: 'update',
      because: 'differs',
      fields,
      after: [],
      status: READY,
    } as const;
    failure = await failureOf(
      deployment.change('update', actionContext(run, change), { desired, live: object, fields }),
    );
  });
  return { sent, failure };
}

const keyed = { disk_encryption_key_crn: { key: 'mine' } };

describe('an update of parameters', () => {
  const spec: Partial<DeploymentSpec> = {
    parameters: { members: 5, size: 'small', admin_password: 's3cret' },
    serviceEndpoints: 'private',
  };
  const echo = { members: 3, disk_encryption_key_crn: mine };

  test('carries all that is declared, but for the key and for secrets that stay as they are', async () => {
    const { sent, failure } = await updated(spec, echo, (all) => all);
    expect(failure).toBeUndefined();
    expect(sent).toEqual([{ members: 5, size: 'small', 'service-endpoints': 'private' }]);
  });

  test('is done when the echo shows what was sent, or nothing of it', async () => {
    expect((await updated(spec, echo, () => ({}))).failure).toBeUndefined();
  });

  test('that changes nothing within the budget is told as ignored, with what to change by hand', async () => {
    const { failure } = await updated(spec, echo, (_, before) => before);
    expect(failure).toMatchObject({
      code: 'IGNORED_UPDATE',
      message: expect.stringContaining('members stays as it was'),
      remedy: `change it alone, by hand: ibmcloud resource service-instance-update 'cache' -p '{"members":5}'`,
    });
  });

  test('is told with a command that a shell takes as it stands, whatever is in it', async () => {
    const odd = { parameters: { members: 3, motto: "it's $(ours) `now`" } };
    const { failure } = await updated(odd, { ...echo, motto: 'x' }, (_, before) => before);
    expect(failure).toMatchObject({
      remedy: expect.stringContaining(`-p '{"motto":"it'\\''s $(ours) \`now\`"}'`),
    });
  });

  test('is done without its tags being seen, or any other field of it', async () => {
    const { failure } = await updated({ ...spec, tags: ['team:a'] }, echo, (all) => all);
    expect(failure).toBeUndefined();
  });

  test.each<[string, JsonObject[string]]>([
    ['in a pair of name and value', [{ name: 'db_password', value: 's3cret' }]],
    ['in an address of JDBC', 'jdbc:db2://db.test:50000/BLUDB:user=u;password=s3cret;'],
    ['in words of a configuration', 'org.apache.Login required username="u" password="s3cret";'],
  ])('says nothing of a secret %s', async (_, value) => {
    const { failure } = await updated(
      { parameters: { setting: value } },
      { ...echo, setting: 'old' },
      (_sent, before) => before,
    );
    expect(failure).toMatchObject({ code: 'IGNORED_UPDATE', remedy: 'change setting by hand' });
  });

  test('says of a secret nothing but its name', async () => {
    const { failure } = await updated(spec, { ...echo, members: 5, admin_password: 'old' }, (_, before) => before);
    expect(failure).toMatchObject({ code: 'IGNORED_UPDATE', remedy: 'change admin_password by hand' });
    expect(String(failure)).not.toContain('s3cret');
  });
});

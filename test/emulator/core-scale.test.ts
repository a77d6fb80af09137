import { beforeAll, describe, expect, test } from '@jest/globals';
import { Engine } from '../../src/emulator/core/engine.ts';
import { isObject } from '../../src/emulator/core/json.ts';
import { makeRoute } from '../../src/emulator/core/router.ts';
import { defaultSettings } from '../../src/emulator/core/settings.ts';
import { Tables } from '../../src/emulator/core/tables.ts';
import { callerIn } from '../../src/emulator/seed/caller.ts';
import { operations, ports, reactions, timers } from '../../src/emulator/surface.ts';

const account = '0123456789abcdef0123456789abcdef';
const plans = { kms: 'eedd3585-90c6-4c8f-be3d-062069e99fc3', lake: 'data-virtualization-enterprise' };
const group = 'd0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0';

/** Records looked at for each thing made, or shown in a list of them, by what was done. */
type Cost = Readonly<Record<string, number>>;

/** An account with so many keys, authorizations and deployments; each on its own. */
function costOf(count: number): Cost {
  const tables = new Tables();
  const none = {
    provisioningMs: 0,
    propagationMs: 0,
    searchLagMs: 0,
    policyReadAfterWriteMs: 0,
    tokenLifetimeMs: 1e10,
  };
  const settings = { ...defaultSettings, ...none };
  const engine = new Engine({ tables, log: undefined, timers, reactions, ports, settings, spared: [], account });
  const call = callerIn(engine, makeRoute(operations), 'http://127.0.0.1');
  const cost: Record<string, number> = {};
  const measure = <T>(what: string, work: () => T): T => {
    const before = tables.looked;
    const result = work();
    cost[what] = (tables.looked - before) / count;
    return result;
  };
  const each = <T>(work: (at: number) => T): readonly T[] => Array.from({ length: count }, (_, at) => work(at));
  const create = (body: object): unknown => call('instance', 'POST', '/v2/resource_instances', { body });
  const instance = { target: 'us-south', resource_group: group };

  const guid = textIn(create({ ...instance, name: 'vault', resource_plan_id: plans.kms }), 'guid');
  const headers = { 'bluemix-instance': guid };
  const resource = { type: 'application/vnd.ibm.kms.key+json', extractable: false };
  const metadata = { collectionType: resource.type, collectionTotal: 1 };
  const keys = measure('create keys', () =>
    each((at) => {
      const body = { metadata, resources: [{ ...resource, name: `key-${at}`, aliases: [`alias-${at}`] }] };
      const made = call('key', 'POST', '/api/v2/keys', { headers, body });
      return listIn(made, 'resources')[0];
    }),
  );
  const is = (key: string, value: string) => ({ key, operator: 'stringEquals', value });
  const own = is('accountId', account);
  const roles = [{ role_id: 'crn:v1:bluemix:public:iam::::serviceRole:Reader' }];
  measure('create authorizations', () =>
    each((at) => {
      const place = [is('serviceName', 'kms'), own, is('serviceInstance', guid)];
      const key = [is('resourceType', 'key'), is('resource', textIn(keys[at], 'id'))];
      const body = {
        type: 'authorization',
        subject: { attributes: [is('serviceName', 'data-virtualization'), own] },
        resource: { attributes: [...place, ...key] },
        control: { grant: { roles } },
      };
      return call('authorization', 'POST', '/v2/policies', { body });
    }),
  );
  const deployments = measure('create deployments', () =>
    each((at) => {
      const parameters = { disk_encryption_key_crn: textIn(keys[at], 'crn') };
      return create({ ...instance, name: `lake-${at}`, resource_plan_id: plans.lake, tags: ['bench'], parameters });
    }),
  );

  /** Page by page, ten of them. */
  const pages = (what: string, next: (page: number, last: unknown) => unknown, member: string): void => {
    const shown = measure(what, () => {
      let [last, sum]: [unknown, number] = [undefined, 0];
      for (let page = 0; page < 10; page += 1) {
        last = next(page, last);
        sum += listIn(last, member).length;
      }
      return sum;
    });
    expect([what, shown]).toEqual([what, count]);
  };
  const limit = Math.ceil(count / 10);
  const of = (path: string) => (page: number) =>
    call('list', 'GET', `/api/v2/keys${path}?limit=${limit}&offset=${page * limit}`, { headers });
  pages('list keys', of(''), 'resources');
  pages('list registrations', of('/registrations'), 'resources');
  const rc = `/v2/resource_instances?limit=${limit}&resource_plan_id=${plans.lake}`;
  pages('list deployments', (_, last) => call('list', 'GET', textIn(last, 'next_url') || rc), 'resources');
  pages(
    'search deployments',
    (_, last) => {
      const cursor = textIn(last, 'search_cursor');
      const body = cursor === '' ? { query: 'tags:bench', fields: ['crn'] } : { search_cursor: cursor };
      return call('search', 'POST', `/v3/resources/search?limit=${limit}`, { body });
    },
    'items',
  );
  const policies = `/v2/policies?account_id=${account}&limit=${limit}`;
  pages(
    'list authorizations',
    (_, last) => {
      const next = isObject(last) ? textIn(last['next'], 'start') : '';
      return call('list', 'GET', next === '' ? policies : `${policies}&start=${next}`);
    },
    'policies',
  );

  const by = (path: (at: number) => string) => (at: number) => call('one', 'GET', path(at), { headers });
  measure('get keys by alias', () => each(by((at) => `/api/v2/keys/alias-${at}/metadata`)));
  measure('list the registrations of each key', () =>
    each(by((at) => `/api/v2/keys/${textIn(keys[at], 'id')}/registrations`)),
  );
  measure('delete deployments', () =>
    each((at) => call('delete', 'DELETE', `/v2/resource_instances/${textIn(deployments[at], 'guid')}`)),
  );
  measure('reclaim them', () => engine.moveClock(10 * 24 * 3_600_000));
  measure('delete keys', () =>
    each((at) => call('key', 'DELETE', `/api/v2/keys/${textIn(keys[at], 'id')}`, { headers })),
  );
  return cost;
}

function textIn(value: unknown, member: string): string {
  const text = isObject(value) ? value[member] : undefined;
  return typeof text === 'string' ? text : '';
}

function listIn(value: unknown, member: string): readonly unknown[] {
  const list: unknown = isObject(value) ? value[member] : undefined;
  return Array.isArray(list) ? list : [];
}

describe('an account of ten times as much', () => {
  let [few, many]: [Cost, Cost] = [{}, {}];
  beforeAll(() => {
    few = costOf(40);
    many = costOf(400);
  });

  test('costs the same for each thing in it: a thing is found by index, never by looking through all', () => {
    const grown = Object.entries(many).filter(([what, rows]) => rows > 1.1 * (few[what] ?? 0));
    expect(Object.keys(many).length).toBeGreaterThan(10);
    expect(grown.map(([what, rows]) => `${what}: ${few[what]} → ${rows} records for each`)).toEqual([]);
  });
});

interface Thing {
  readonly name: string;
  readonly owner?: string;
  readonly tags: readonly string[];
}

describe('an index', () => {
  const indexes = { owner: ({ owner }: Thing) => owner, tag: ({ tags }: Thing) => tags };
  const tables = new Tables();
  const things = tables.table('things', indexes);
  const put = (name: string, owner: string | undefined, ...tags: string[]): void =>
    things.put(name, { name, tags, ...(owner === undefined ? {} : { owner }) });
  const names = (index: 'owner' | 'tag', value: string, table = things) =>
    table.by(index, value).map(({ name }) => name);

  beforeAll(() => {
    put('a', 'one', 'red');
    put('b', 'two', 'red', 'blue');
    put('c', 'one');
    put('d', undefined, 'blue');
    tables.commit(1000);
  });

  test('has the records of a value in the order of the table, of none where it is left out, and of several', () => {
    expect([names('owner', 'one'), names('owner', 'two'), names('owner', 'three')]).toEqual([['a', 'c'], ['b'], []]);
    expect([names('tag', 'red'), names('tag', 'blue')]).toEqual([
      ['a', 'b'],
      ['b', 'd'],
    ]);
    expect(things.first('owner')).toMatchObject({ name: 'a' });
  });

  test('follows what a transaction writes, and is as before, order too, when it is taken back', () => {
    things.delete('a');
    put('a', 'two');
    things.delete('c');
    put('e', 'one');
    expect([names('owner', 'one'), names('owner', 'two'), names('tag', 'red')]).toEqual([['e'], ['a', 'b'], ['b']]);
    expect(things.first('owner')).toMatchObject({ name: 'e' });
    tables.rollBack();
    expect([names('owner', 'one'), names('owner', 'two'), names('tag', 'red')]).toEqual([
      ['a', 'c'],
      ['b'],
      ['a', 'b'],
    ]);
    expect(things.all().map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('answers of the past as it was', () => {
    put('c', 'two');
    things.delete('a');
    put('f', 'one');
    tables.commit(2000);
    const past = tables.asOf(1500).table('things', indexes);
    expect([names('owner', 'one'), names('owner', 'two')]).toEqual([['f'], ['b', 'c']]);
    expect([names('owner', 'one', past).sort(), names('owner', 'two', past)]).toEqual([['a', 'c'], ['b']]);
  });

  test('that a record was written makes what was remembered forgotten', () => {
    let made = 0;
    const count = (): number => tables.remember('count', () => ++made);
    expect([count(), count()]).toEqual([1, 1]);
    put('g', 'one');
    expect(count()).toBe(2);
  });
});

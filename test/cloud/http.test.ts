import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { connect } from '../../src/cloud/connect.ts';
import type { Reader, Writer } from '../../src/cloud/reader.ts';
import { createLog } from '../../src/log.ts';
import { CloudRefused, CloudUnavailable, LostAnswer } from '../../src/model/errors.ts';
import {
  API_KEY,
  endpointsAt,
  failureOf,
  INSTANCE,
  keyBody,
  keys,
  refusal,
  type Scripted,
  tokenFor,
  wanted,
  withServer,
} from './scripted.ts';

describe('a request', () => {
  test('carries the token, the instance, a fresh correlation id and who sends it', async () => {
    await withServer(
      () => keys,
      async ({ connection, seen, logins }) => {
        await connection.reader().keys(INSTANCE);
        await connection.reader().keys(INSTANCE);
        const [first, second] = seen;
        expect(first).toMatchObject({ method: 'GET', path: '/api/v2/keys' });
        expect(first?.query.get('state')).toBe('0,1,2,3,5');
        expect(first?.headers).toMatchObject({
          'bluemix-instance': '11111111-2222-4333-8444-555555555555',
          'correlation-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
          'user-agent': expect.stringMatching(/^keystead\/\d+\.\d+\.\d+$/),
        });
        expect(first?.headers['authorization']).toMatch(/^Bearer eyJ/);
        expect(second?.headers['correlation-id']).not.toBe(first?.headers['correlation-id']);
        expect(logins).toHaveLength(1);
        expect(new URLSearchParams(logins[0]?.body).get('apikey')).toBe(API_KEY);
      },
    );
  });

  test('is sent once a list for each reader, however many ask', async () => {
    await withServer(
      () => keys,
      async ({ connection, seen }) => {
        const reader = connection.reader();
        await Promise.all([reader.keys(INSTANCE), reader.keys(INSTANCE)]);
        await reader.keys(INSTANCE);
        expect(seen).toHaveLength(1);
        await connection.cloud().keys(INSTANCE);
        await connection.cloud().keys(INSTANCE);
        expect(seen).toHaveLength(3);
      },
    );
  });

  test('goes to a host with three others at most, in the order of asking, whatever becomes of those before it', async () => {
    const ids = [...'abcdefgh'];
    let underWay = 0;
    let most = 0;
    let fill = () => {};
    const full = new Promise<void>((resolve) => {
      fill = resolve;
    });
    await withServer(
      async ({ path }) => {
        underWay += 1;
        most = Math.max(most, underWay);
        if (underWay === 4) fill();
        await full;
        // Time for a fifth, if there is one.
        for (let turn = 0; turn < 100; turn += 1) await setImmediate();
        underWay -= 1;
        return path.includes('/keys/b/') ? refusal(400, 'BAD', 'no') : { body: { resources: [keyBody] } };
      },
      async ({ connection, seen }) => {
        const reader = connection.reader();
        const asked = await Promise.allSettled(ids.map((id) => reader.key(INSTANCE, id)));
        expect(asked.map(({ status }) => status === 'fulfilled')).toEqual(ids.map((id) => id !== 'b'));
        expect(most).toBe(4);
        expect(
          seen
            .map(({ path }) => path.split('/').at(-2))
            .slice(0, 4)
            .sort(),
        ).toEqual(ids.slice(0, 4));
      },
    );
  });

  test('goes out from a reader that has no writing method', async () => {
    await withServer(
      () => keys,
      async ({ connection }) => {
        const writing = Object.keys(connection.cloud()).filter((name) => !(name in connection.reader()));
        expect(writing).toEqual(expect.arrayContaining(['createKey', 'createInstance', 'attachTags']));
        const verbs =
          /^(add|attach|create|delete|detach|disable|enable|end|import|move|purge|remove|replace|require|restore|rotate|set|shred|unset|update)/;
        expect(Object.keys(connection.reader()).filter((name) => verbs.test(name))).toEqual([]);
        // Holds by types as well, or this does not compile.
        const shared: [keyof Reader & keyof Writer] extends [never] ? 'nothing' : 'a call' = 'nothing';
        expect(shared).toBe('nothing');
      },
    );
  });
});

describe('failures', () => {
  test('429 with Retry-After is waited for, on a read and on a create', async () => {
    await withServer(
      (_, count) => (count % 2 === 1 ? { status: 429, headers: { 'retry-after': '7' } } : keys),
      async ({ connection, seen, waits }) => {
        await connection.reader().keys(INSTANCE);
        await expect(connection.cloud().createKey(INSTANCE, wanted, undefined)).resolves.toMatchObject({ id: 'k1' });
        expect(waits).toEqual([7000, 7000]);
        expect(seen).toHaveLength(4);
      },
    );
  });

  test.each<[string, Scripted]>([
    ['a dropped connection', { fail: 'drop' }],
    ['a body cut short', { raw: '{"resources":[', fail: 'cut' }],
    ['a body that is no JSON', { raw: '<html>', headers: { 'content-type': 'text/html' } }],
    ["a gateway's 502", { status: 502, raw: '<html>' }],
  ])('%s: a read is sent again, a create is a lost answer and is not', async (_, failure) => {
    await withServer(
      (seen, count) => (seen.method === 'POST' || count === 1 ? failure : keys),
      async ({ connection, seen, waits }) => {
        await expect(connection.reader().keys(INSTANCE)).resolves.toHaveLength(1);
        expect(waits).toEqual([500]);
        await expect(connection.cloud().createKey(INSTANCE, wanted, 'ring-1')).rejects.toThrow(LostAnswer);
        expect(seen.filter(({ method }) => method === 'POST')).toHaveLength(1);
      },
    );
  });

  test('an answer of another shape than the reference says is an error for a read, lost for a create', async () => {
    await withServer(
      () => ({ body: { resources: [{ id: 'k1' }] } }),
      async ({ connection }) => {
        await expect(connection.reader().keys(INSTANCE)).rejects.toMatchObject({
          code: 'UNEXPECTED_ANSWER',
          message: 'Key Protect, list keys: the answer cannot be read: resources[0].crn is not a string',
        });
        await expect(connection.cloud().createKey(INSTANCE, wanted, undefined)).rejects.toThrow(LostAnswer);
      },
    );
  });

  test('a refusal names API, operation, status, code, words, correlation id and the role', async () => {
    await withServer(
      (seen) =>
        seen.method === 'GET'
          ? refusal(401, 'UNAUTHORIZED_ERR', 'Not allowed.')
          : refusal(409, 'KEY_ALIAS_NOT_UNIQUE_ERR', 'Taken'),
      async ({ connection }) => {
        const denied = await failureOf(connection.reader().keys(INSTANCE));
        expect(denied).toBeInstanceOf(CloudRefused);
        expect(denied).toMatchObject({
          message: 'Key Protect, list keys: HTTP 401 UNAUTHORIZED_ERR: Not allowed (correlation id theirs-1)',
          // A private-only instance answers 401 on the public host, as if a role were missing.
          remedy: expect.stringMatching(
            /Reader \(or more\) on the Key Protect instance.*allowed_network.*private-only/,
          ),
          facts: {
            api: 'Key Protect',
            operation: 'list keys',
            status: 401,
            apiCode: 'UNAUTHORIZED_ERR',
            apiMessage: 'Not allowed.',
            correlationId: 'theirs-1',
          },
        });
        await expect(connection.cloud().createKey(INSTANCE, wanted, undefined)).rejects.toThrow(
          'Key Protect, create key: HTTP 409 KEY_ALIAS_NOT_UNIQUE_ERR: Taken (correlation id theirs-1)',
        );
      },
    );
  });

  test.each<[string, Scripted, 'absent' | 'refused' | 'asked by a list']>([
    ["the code for a key's id", refusal(404, 'KEY_NOT_FOUND_ERR', 'no'), 'absent'],
    ['another code for what is not found', refusal(404, 'KEY_ALIAS_NOT_FOUND_ERR', 'no'), 'absent'],
    ["the instance's absence", refusal(404, 'INSTANCE_NOT_FOUND_ERR', 'no'), 'refused'],
    ["the ring's absence", refusal(404, 'KEY_RING_NOT_FOUND_ERR', 'no'), 'refused'],
    ['a code that says nothing', refusal(404, 'UNKNOWN_ERR', 'no'), 'asked by a list'],
    ['no code', { status: 404, body: { resources: [{ errorMsg: 'Not Found: key' }] } }, 'asked by a list'],
    ["a proxy's page", { status: 404, raw: '<html>nginx</html>' }, 'refused'],
  ])('a 404 to the look for an alias with %s: the key is %s', async (_, answer, means) => {
    const list = { body: { resources: [{ ...keyBody, aliases: ['there'] }] } };
    await withServer(
      ({ path }) => (path.endsWith('/metadata') ? answer : list),
      async ({ connection, seen }) => {
        const look = (alias: string) => connection.reader().key(INSTANCE, alias);
        if (means === 'refused') await expect(look('x')).rejects.toThrow('Key Protect, read key: HTTP 404');
        else await expect(look('x')).resolves.toBeUndefined();
        const lists = seen.filter(({ path }) => path === '/api/v2/keys');
        expect(lists.map(({ query }) => query.get('state'))).toEqual(means === 'asked by a list' ? ['0,1,2,3,5'] : []);
        if (means === 'asked by a list') await expect(look('there')).resolves.toMatchObject({ id: keyBody.id });
      },
    );
  });

  test('where a list cannot tell either, the look for an alias is refused', async () => {
    await withServer(
      () => refusal(404, 'UNKNOWN_ERR', 'no'),
      async ({ connection }) => {
        await expect(connection.reader().key(INSTANCE, 'x')).rejects.toThrow('Key Protect, list keys: HTTP 404');
      },
    );
  });

  const row = {
    ...{ id: INSTANCE, crn: INSTANCE, guid: 'g', name: 'vault', state: 'active' },
    ...{ resource_id: 'kms', resource_plan_id: 'p', resource_group_id: 'r' },
  };

  test('an odd row spoils no list: the others are read, and it is told', async () => {
    const odd = { ...row, crn: `${INSTANCE}odd`, name: 'odd', resource_plan_id: null };
    await withServer(
      ({ query }) => ({ body: { resources: query.has('state') ? [] : [odd, row, 'nonsense'] } }),
      async ({ connection }) => {
        const reader = connection.reader();
        expect(reader.oddInstances()).toEqual([]);
        expect((await reader.instancesOf('kms')).map(({ name }) => name)).toEqual(['vault']);
        expect(await reader.standingNamed('vault')).toHaveLength(1);
        expect(reader.oddInstances()).toEqual([
          { crn: odd.crn, name: 'odd', why: 'resource_plan_id is not a string' },
          { why: 'the body is not an object' },
        ]);
      },
    );
  });

  test('tags are read as they are stored, in lower case, whoever wrote them', async () => {
    await withServer(
      ({ method }) => ({
        body: { items: method === 'GET' ? [{ name: 'Team:A' }] : [{ crn: INSTANCE, tags: ['Team:A'] }] },
      }),
      async ({ connection }) => {
        expect(await connection.reader().tagsOf(INSTANCE)).toEqual(['team:a']);
        expect(await connection.reader().indexedTags(INSTANCE)).toEqual(['team:a']);
      },
    );
  });

  test('a list whose next page is itself is an error', async () => {
    await withServer(
      () => ({ body: { resources: [row], next_url: '/v2/resource_instances?start=again' } }),
      async ({ connection, seen }) => {
        const found = connection.reader().instancesOf('kms');
        await expect(found).rejects.toMatchObject({ code: 'UNEXPECTED_ANSWER' });
        expect(seen.length).toBeLessThan(30);
      },
    );
  });

  test('an instance that is about to be provisioned is listed: another run would make a second one', async () => {
    await withServer(
      ({ query }) => ({ body: { resources: query.get('state') === 'pre_provisioning' ? [row] : [] } }),
      async ({ connection }) => {
        expect(await connection.reader().instancesOf('kms')).toHaveLength(1);
        expect(await connection.reader().instancesNamed('vault')).toHaveLength(1);
      },
    );
  });

  test("a proxy's page is no instance's absence", async () => {
    await withServer(
      () => ({ status: 404, raw: '<html>nginx</html>' }),
      async ({ connection }) => {
        await expect(connection.reader().instance('x')).rejects.toThrow('Resource Controller, read instance: HTTP 404');
      },
    );
  });

  test('a policy that was read without an ETag is not replaced: the change could undo somebody else’s', async () => {
    const attributes = { attributes: [] };
    const control = { grant: { roles: [] } };
    const body = {
      type: 'authorization',
      description: '',
      subject: attributes,
      resource: attributes,
      control,
    } as const;
    await withServer(
      () => ({ body: {} }),
      async ({ connection, seen }) => {
        for (const etag of [undefined, '']) {
          await expect(connection.cloud().replaceAuthorization('p-1', etag, body)).rejects.toMatchObject({
            code: 'NO_ETAG',
            remedy: expect.stringContaining('IC_VISIBILITY'),
          });
        }
        expect(seen).toEqual([]);
      },
    );
  });

  test('a deleted policy that a list still shows is not there', async () => {
    const policy = (id: string, state: string) => ({
      id,
      state,
      type: 'authorization',
      control: { grant: { roles: [] } },
    });
    await withServer(
      () => ({ body: { policies: [policy('p-1', 'active'), policy('p-2', 'deleted')] } }),
      async ({ connection }) => {
        expect((await connection.reader().authorizations()).map(({ id }) => id)).toEqual(['p-1']);
      },
    );
  });

  test('a refused connection names the URL and the variable that sets it, for a create too', async () => {
    let gone = '';
    await withServer(
      () => keys,
      async ({ origin }) => {
        gone = origin;
      },
    );
    const waits: number[] = [];
    const clock = { now: () => 0, sleep: async (ms: number) => void waits.push(ms) };
    const log = createLog({ level: 'silent' });
    const down = connect({
      credentials: { type: 'iam', apiKey: API_KEY },
      endpoints: endpointsAt(gone),
      log,
      clock,
      random: () => 1,
    });
    const failed = await failureOf(down.cloud().createRing(INSTANCE, 'r'));
    expect(failed).toBeInstanceOf(CloudUnavailable);
    expect(failed).toMatchObject({
      message: `IAM, log in: ${gone} could not be reached (ECONNREFUSED), after 4 tries`,
      remedy: expect.stringContaining('IBMCLOUD_IAM_API_ENDPOINT'),
    });
    expect(waits).toEqual([500, 1000, 2000]);
  });

  test('an alias that the lost answer had set is found, one that leads elsewhere is refused', async () => {
    await withServer(
      (seen) => {
        if (seen.method === 'GET') return { body: { resources: [keyBody] } };
        return refusal(409, 'KEY_ALIAS_NOT_UNIQUE_ERR', 'Taken');
      },
      async ({ connection }) => {
        await expect(connection.cloud().addAlias(INSTANCE, 'k1', 'a')).resolves.toBeUndefined();
        await expect(connection.cloud().addAlias(INSTANCE, 'k2', 'a')).rejects.toThrow('KEY_ALIAS_NOT_UNIQUE_ERR');
      },
    );
  });

  test('a tag that was not attached is an error, though the status is 200', async () => {
    await withServer(
      () => ({ body: { results: [{ resource_id: INSTANCE, is_error: true, message: 'not allowed' }] } }),
      async ({ connection }) => {
        await expect(connection.cloud().attachTags(INSTANCE, ['a:b'])).rejects.toThrow(
          `Global Tagging, attach tags: refused for ${INSTANCE}: not allowed`,
        );
      },
    );
  });

  test('the policy that stands in the way of another comes with the refusal', async () => {
    const conflict = {
      errors: [
        {
          code: 'policy_conflict_error',
          message: 'm',
          details: { conflicts_with: { etag: '1-a', policy: { id: 'p1' } } },
        },
      ],
    };
    await withServer(
      () => ({ status: 409, body: conflict }),
      async ({ connection }) => {
        const none = { attributes: [] };
        const body = {
          type: 'authorization',
          description: 'd',
          subject: none,
          resource: none,
          control: { grant: { roles: [] } },
        } as const;
        const failed = await failureOf(connection.cloud().createAuthorization(body));
        expect(failed).toBeInstanceOf(CloudRefused);
        expect(failed).toMatchObject({ details: conflict, facts: { apiCode: 'policy_conflict_error' } });
      },
    );
  });
});

test('neither key nor token nor headers reach the log or an error, whatever happens', async () => {
  const errors: unknown[] = [];
  let answer: Scripted = keys;
  const answers: Scripted[] = [
    keys,
    { status: 429, headers: { 'retry-after': '1' } },
    { fail: 'drop' },
    { raw: 'not json' },
    { body: { resources: [{ ...keyBody, payload: 'canary-material' }] } },
    // An API that repeats what it was sent.
    { status: 400, body: { message: `bad key ${API_KEY}`, apikey: API_KEY } },
    { status: 403, raw: `denied for Bearer ${tokenFor('t', 1)}` },
  ];
  await withServer(
    () => answer,
    async ({ connection, lines, seen }) => {
      for (const each of answers) {
        answer = each;
        const cloud = connection.cloud();
        errors.push(await failureOf(cloud.keys(INSTANCE)), await failureOf(cloud.createKey(INSTANCE, wanted, 'r')));
        errors.push(await failureOf(cloud.instance('x')), await failureOf(cloud.deleteInstance('x')));
      }
      const token = String(seen[0]?.headers['authorization']).slice('Bearer '.length);
      const shown = [...lines, ...errors.map((error) => inspect(error, { depth: 9, showHidden: true }))].join('\n');
      expect(lines.length).toBeGreaterThan(20);
      expect(errors.filter((error) => error !== undefined).length).toBeGreaterThan(20);
      for (const secret of [API_KEY, token, 'refresh-canary', 'canary-material']) expect(shown).not.toContain(secret);
      expect(shown).not.toMatch(/authorization|user-agent/i);
      const line: Record<string, unknown> = JSON.parse(lines.find((one) => one.includes('"list keys"')) ?? '{}');
      const names = [
        'api',
        'attempt',
        'correlationId',
        'level',
        'method',
        'ms',
        'msg',
        'operation',
        'path',
        'status',
        'time',
      ];
      expect(Object.keys(line).sort()).toEqual(names);
    },
  );
});

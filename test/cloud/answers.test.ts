import { describe, expect, test } from '@jest/globals';
import { readErrorBody } from '../../src/cloud/error-body.ts';
import { once } from '../../src/cloud/once.ts';
import { allPages, type Page, parameterOf } from '../../src/cloud/pages.ts';
import { flag, listOf, listOrNone, number, object, optional, type Read, text } from '../../src/cloud/shape.ts';

describe('error bodies', () => {
  test.each([
    [
      'Key Protect',
      {
        resources: [
          { errorMsg: 'Conflict: …', reasons: [{ code: 'REQ_TOO_EARLY_ERR', message: 'Please wait', status: 409 }] },
        ],
      },
      { code: 'REQ_TOO_EARLY_ERR', message: 'Please wait' },
    ],
    ['Key Protect without reasons', { resources: [{ errorMsg: 'Unauthorized: …' }] }, { message: 'Unauthorized: …' }],
    [
      'IAM policy management',
      { trace: 't1', errors: [{ code: 'policy_not_found', message: 'no such policy' }], status_code: 404 },
      { code: 'policy_not_found', message: 'no such policy', id: 't1' },
    ],
    [
      'Resource Controller',
      { error_code: 'RC-IamErrorResponse', message: 'Token is expired', status_code: 401, transaction_id: 'bss-1' },
      { code: 'RC-IamErrorResponse', message: 'Token is expired', id: 'bss-1' },
    ],
    [
      'IAM token',
      { context: { requestId: 'r1' }, errorCode: 'BXNIM0415E', errorMessage: 'Provided API key could not be found.' },
      { code: 'BXNIM0415E', message: 'Provided API key could not be found.', id: 'r1' },
    ],
    [
      'Cloud Databases',
      { errors: { errors: 'not_found', hint: 'URL-encode it' } },
      { message: 'not_found; URL-encode it' },
    ],
    // As ManageIQ's recordings of its IBM Cloud provider have it (2021-10-26).
    ['Cloud Databases in a word', { errors: 'not_found' }, { message: 'not_found' }],
    ['Cloud Databases fields', { errors: { memory: ['too small', 'odd'] } }, { message: 'memory: too small, odd' }],
    ['a plain text', 'slow down', { message: 'slow down' }],
    ["a proxy's page", '<html><body>Bad Gateway</body></html>', {}],
    ['nothing', undefined, {}],
    ['odd types', { message: 5, error_code: {} }, {}],
  ])('of %s', (_, body, words) => {
    expect(readErrorBody(body)).toEqual(words);
  });
});

describe('shapes', () => {
  interface Thing {
    readonly id: string;
    readonly size?: number;
    readonly names?: readonly string[];
    readonly inner?: { readonly on: boolean };
  }
  const thing: Read<Thing> = object({
    id: text,
    size: optional(number),
    names: optional(listOf(text)),
    inner: optional(object({ on: flag })),
  });

  test('keep the members they name and leave the rest behind', () => {
    expect(thing({ id: 'a', size: null, names: ['n'], payload: 'secret' })).toEqual({ id: 'a', names: ['n'] });
  });

  test.each([
    [{}, 'id is not a string'],
    [{ id: 'a', names: ['n', 1] }, 'names[1] is not a string'],
    [{ id: 'a', inner: { on: 'yes' } }, 'inner.on is not true or false'],
    [{ id: 'a', inner: [] }, 'inner is not an object'],
    [[], 'the body is not an object'],
    [undefined, 'the body is not an object'],
  ])('say where %j is wrong', (value, message) => {
    expect(() => thing(value)).toThrow(message);
  });

  test('take a missing list for an empty one where the API does', () => {
    expect(listOrNone(text)(undefined)).toEqual([]);
    expect(() => listOrNone(text)({})).toThrow('the body is not a list');
  });
});

describe('lists', () => {
  test('are read to their last page, and an item that moved counts once', async () => {
    const pages = [['a', 'b'], ['b', 'c'], ['d']];
    const all = await allPages(
      { api: 'Key Protect', operation: 'list keys' },
      0,
      (item: string) => item,
      async (at: number) => ({ items: pages[at] ?? [], next: at < 2 ? at + 1 : undefined }),
    );
    expect(all).toEqual(['a', 'b', 'c', 'd']);
  });

  test.each<[string, (at: number) => Page<string, number>]>([
    ['leads back', (at) => ({ items: [`row ${at}`], next: (at + 1) % 3 })],
    ['knows no offset', (at) => ({ items: ['a', 'b'], next: at + 2 })],
    ['goes on and on', (at) => ({ items: [], next: at + 1 })],
  ])('that have no end are an error, not a short list: one that %s', async (_, page) => {
    const facts = { api: 'Resource Controller', operation: 'list instances' };
    await expect(allPages(facts, 0, String, async (at: number) => page(at))).rejects.toMatchObject({
      code: 'UNEXPECTED_ANSWER',
      message: expect.stringMatching(/^Resource Controller, list instances: the list has no end: /),
    });
  });

  test('find the start of their next page in a link of either form', () => {
    expect(parameterOf('/v2/resource_instances?start=x%2Fy&limit=2', 'start')).toBe('x/y');
    expect(parameterOf('https://iam.cloud.ibm.com/v2/policies?start=z', 'start')).toBe('z');
    expect(parameterOf(undefined, 'start')).toBeUndefined();
    expect(parameterOf('/v2/x?limit=1', 'start')).toBeUndefined();
  });

  test('are asked for once for each argument, and again after a failure', async () => {
    const asked: string[] = [];
    const list = once(async (name: string) => {
      asked.push(name);
      if (asked.length === 1) throw new Error('not now');
      return name.toUpperCase();
    });
    await expect(list('a')).rejects.toThrow('not now');
    await expect(Promise.all([list('a'), list('a'), list('b')])).resolves.toEqual(['A', 'A', 'B']);
    await expect(list('a')).resolves.toBe('A');
    expect(asked).toEqual(['a', 'a', 'b']);
  });
});

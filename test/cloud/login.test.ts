import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { KeysteadError } from '../../src/model/errors.ts';
import {
  ACCOUNT,
  API_KEY,
  failureOf,
  INSTANCE,
  keys,
  loginBody,
  refusal,
  type Scripted,
  tokenFor,
  wanted,
  withServer,
} from './scripted.ts';

describe('the login', () => {
  test('gives the identity, and now is its Date and the time since', async () => {
    await withServer(
      () => keys,
      async ({ connection, advance, logins }) => {
        await expect(connection.reader().login()).resolves.toEqual({ iamId: 'IBMid-1', accountId: ACCOUNT });
        expect(connection.now()).toEqual(new Date('2030-01-01T00:00:00Z'));
        advance(90_000);
        expect(connection.now()).toEqual(new Date('2030-01-01T00:01:30Z'));
        expect(logins).toHaveLength(1);
      },
      () => ({ headers: { date: 'Tue, 01 Jan 2030 00:00:00 GMT' }, body: loginBody('t', 1_893_459_600) }),
    );
  });

  test('is renewed at 80 % of its life, once for all who ask', async () => {
    await withServer(
      () => keys,
      async ({ connection, advance, logins }) => {
        await connection.reader().keys(INSTANCE);
        advance(2_870_000);
        await connection.reader().keys(INSTANCE);
        expect(logins).toHaveLength(1);
        advance(20_000);
        await Promise.all([1, 2, 3].map(() => connection.reader().keys(INSTANCE)));
        expect(logins).toHaveLength(2);
      },
    );
  });

  test('is renewed once when a host says that it is over, and not for a missing role', async () => {
    const exp = 1_893_459_600;
    const old = tokenFor('1', exp);
    await withServer(
      ({ headers, path }) => {
        const over = { status: 401, headers: { date: new Date(exp * 1000).toUTCString() } };
        if (path.endsWith('/keys')) return headers['authorization'] === `Bearer ${old}` ? over : keys;
        return refusal(401, 'UNAUTHORIZED_ERR', 'no role');
      },
      async ({ connection, logins, seen }) => {
        await Promise.all([1, 2, 3].map(() => connection.cloud().createKey(INSTANCE, wanted, undefined)));
        expect(logins).toHaveLength(2);
        expect(seen).toHaveLength(6);
        await expect(connection.reader().keyRings(INSTANCE)).rejects.toThrow('no role');
        expect(logins).toHaveLength(2);
        expect(seen).toHaveLength(7);
      },
      (count) => ({ body: loginBody(String(count), count === 1 ? exp : exp + 3600) }),
    );
  });

  test('that is refused names the variable and is asked for anew by the next', async () => {
    await withServer(
      () => keys,
      async ({ connection, seen }) => {
        const refused = await failureOf(connection.reader().login());
        expect(refused).toBeInstanceOf(KeysteadError);
        expect(refused).toMatchObject({
          code: 'LOGIN_REFUSED',
          message: 'IAM refused the login: BXNIM0415E: Provided API key could not be found (correlation id req-1)',
          remedy: expect.stringContaining('IBMCLOUD_API_KEY'),
        });
        expect(seen).toEqual([]);
        await expect(connection.reader().login()).resolves.toMatchObject({ accountId: ACCOUNT });
      },
      (count) =>
        count === 1
          ? {
              status: 400,
              body: {
                context: { requestId: 'req-1' },
                errorCode: 'BXNIM0415E',
                errorMessage: 'Provided API key could not be found.',
              },
            }
          : { body: loginBody('t', Date.now() / 1000 + 3600) },
    );
  });

  test.each<[string, Scripted]>([
    ['no token', { body: { hello: 1 } }],
    ['a token that cannot be read', { body: { access_token: `x.y.${API_KEY}`, expires_in: 3600 } }],
  ])('that brings %s is refused without quoting it', async (_, answer) => {
    await withServer(
      () => keys,
      async ({ connection }) => {
        const refused = await failureOf(connection.reader().login());
        expect(refused).toMatchObject({ code: 'LOGIN_REFUSED' });
        expect(inspect(refused, { depth: 9, showHidden: true })).not.toContain(API_KEY);
      },
      () => answer,
    );
  });
});

import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { startEmulator } from '../../src/emulator/start.ts';
import { tokenOf, withEmulator } from '../helpers/emulator.ts';
import { account, at, text } from '../helpers/platform.ts';

const grant = 'urn:ibm:params:oauth:grant-type:apikey';

async function post(url: string, form: Readonly<Record<string, string>>, headers = {}): Promise<[number, unknown]> {
  const answer = await fetch(`${url}/identity/token`, { method: 'POST', headers, body: new URLSearchParams(form) });
  return [answer.status, await answer.json()];
}

function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

async function expectVerified(url: string, token: string): Promise<void> {
  const [head = '', payload = '', signature = ''] = token.split('.');
  const jwks: unknown = await (await fetch(`${url}/identity/keys`)).json();
  const jwk = { kty: text(jwks, 'keys', 0, 'kty'), n: text(jwks, 'keys', 0, 'n'), e: text(jwks, 'keys', 0, 'e') };
  const header: unknown = JSON.parse(Buffer.from(head, 'base64url').toString());
  expect(header).toEqual({ alg: 'RS256', kid: at(jwks, 'keys', 0, 'kid') });
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  expect(verify('sha256', Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
}

describe('POST /identity/token', () => {
  test('gives a token that verifies against /identity/keys and carries every claim that clients read', async () => {
    await withEmulator(async ({ emulator }) => {
      emulator.clock.set(new Date('2030-01-01T00:00:00Z'));
      const basic = { Authorization: `Basic ${Buffer.from('bx:bx').toString('base64')}` };
      const [status, body] = await post(
        emulator.url,
        { grant_type: grant, apikey: 'keystead-emulator', more: 'x' },
        basic,
      );
      expect(status).toBe(200);
      expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'ibm openid' });
      const token = text(body, 'access_token');
      await expectVerified(emulator.url, token);
      const start = Date.parse('2030-01-01T00:00:00Z') / 1000;
      const iat = Number(at(claimsOf(token), 'iat'));
      expect(iat - start).toBeLessThan(60);
      expect(claimsOf(token)).toMatchObject({
        iam_id: 'IBMid-3100000001',
        id: 'IBMid-3100000001',
        realmid: 'IBMid',
        identifier: '3100000001',
        account: { bss: '0123456789abcdef0123456789abcdef', valid: true },
        iss: 'https://iam.cloud.ibm.com/identity',
        grant_type: grant,
        exp: iat + 3600,
      });
      expect(at(body, 'expiration')).toBe(iat + 3600);
    });
  });

  test('makes the key that it signs with where none was given', async () => {
    const emulator = await startEmulator();
    try {
      await expectVerified(emulator.url, await tokenOf(emulator.url));
    } finally {
      await emulator.close();
    }
  });

  test.each([
    [{ grant_type: grant, apikey: 'wrong' }, 400, 'BXNIM0415E', 'Provided API key could not be found.'],
    [{ grant_type: grant }, 400, 'BXNIM0106E', "Property apikey with value '' is not valid. It must be: an API key."],
    [
      { grant_type: 'other' },
      400,
      'BXNIM0106E',
      `Property grant_type with value 'other' is not valid. It must be: ${grant}.`,
    ],
    [{ grant_type: 'password' }, 501, 'not_emulated', 'POST /identity/token is not emulated in full.'],
    [
      { grant_type: 'refresh_token', refresh_token: 'x' },
      400,
      'BXNIM0407E',
      'The refresh token is invalid or expired.',
    ],
  ])('refuses %j in the shape of IAM', async (form, status, errorCode, errorMessage) => {
    await withEmulator(async ({ emulator }) => {
      const [actual, body] = await post(emulator.url, form);
      expect([actual, body]).toMatchObject([status, { errorCode, errorMessage }]);
      expect(at(body, 'context', 'requestType')).toBe('incoming.Identity_Token');
    });
  });
});

describe('a bearer token', () => {
  const path = '/v1/apikeys/details';
  const apiKey = { 'IAM-ApiKey': 'keystead-emulator' };

  test('says who the API key is', async () => {
    await withEmulator(async ({ api }) => {
      const known = await api('GET', path, { headers: apiKey });
      expect(known.body).toMatchObject({
        account_id: '0123456789abcdef0123456789abcdef',
        iam_id: 'IBMid-3100000001',
        apikey: '',
      });
      const unknown = await api('GET', path, { headers: { 'IAM-ApiKey': 'wrong' } });
      expect([unknown.status, at(unknown.body, 'errorCode')]).toEqual([404, 'BXNIM0415E']);
      expect((await api('GET', path)).status).toBe(400);
    });
  });

  test('ends after an hour of emulator time', async () => {
    await withEmulator(async ({ emulator }) => {
      const headers = { ...apiKey, Authorization: `Bearer ${await tokenOf(emulator.url)}` };
      emulator.clock.advance(3590_000);
      expect((await fetch(`${emulator.url}${path}`, { headers })).status).toBe(200);
      emulator.clock.advance(20_000);
      expect((await fetch(`${emulator.url}${path}`, { headers })).status).toBe(401);
    });
  });

  test('is refused when it is absent, tampered with, signed by another, or none', async () => {
    await withEmulator(async ({ emulator }) => {
      const token = await tokenOf(emulator.url);
      const [head = '', payload = '', signature = ''] = token.split('.');
      const other = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
      const second = await startEmulator();
      const foreign = await tokenOf(second.url);
      await second.close();
      const forged = Buffer.from(payload, 'base64url').toString().replace('IBMid-3100000001', 'IBMid-3100000002');
      const tampered = `${head}.${Buffer.from(forged).toString('base64url')}.${signature}`;
      for (const bad of [
        '',
        token,
        'Bearer ',
        'Bearer x',
        `Bearer ${tampered}`,
        `Bearer ${foreign}`,
        `Bearer ${other}.${payload}.`,
      ]) {
        const headers = bad === '' ? apiKey : { ...apiKey, Authorization: bad };
        expect((await fetch(`${emulator.url}${path}`, { headers })).status).toBe(401);
      }
    });
  });
});

describe('claim rules of a trusted profile', () => {
  test('a rule for compute resources, without an expiration', async () => {
    await withEmulator(async ({ api }) => {
      const profile = await api('POST', '/v1/profiles', { body: { name: 'ci', account_id: account } });
      const path = `/v1/profiles/${text(profile.body, 'id')}/rules`;
      const conditions = [{ claim: 'zone', operator: 'EQUALS', value: '"us-south-1"' }];
      const make = async (body: Readonly<Record<string, unknown>>) => {
        const made = await api('POST', path, { body: { conditions, ...body } });
        return at((await api('GET', `${path}/${text(made.body, 'id')}`)).body, 'expiration');
      };
      expect(await make({ type: 'Profile-CR', cr_type: 'VSI' })).toBeUndefined();
      expect(await make({ type: 'Profile-CR', cr_type: 'VSI', expiration: 600 })).toBe(600);
      expect(await make({ type: 'Profile-SAML', realm_name: 'https://idp.example' })).toBe(43_200);
    });
  });
});

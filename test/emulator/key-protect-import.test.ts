import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../helpers/emulator.ts';
import { at, text } from '../helpers/platform.ts';
import { seal } from '../helpers/secure-import.ts';
import { enveloped, first, idOf, refusal, type Vault, withVault } from '../helpers/vault.ts';

const hour = 3600_000;
const expired = [409, 'IMPORT_TOKEN_EXPIRED_ERR'];
const badField = [400, 'INVALID_FIELD_ERR'];

/** A new token, retrieved once. */
async function token(kp: Vault['kp'], body?: unknown): Promise<unknown> {
  await kp('POST', '/import_token', { body });
  return (await kp('GET', '/import_token')).body;
}

const act = (kp: Vault['kp'], id: string, action: string, body?: unknown): Promise<Answer> =>
  kp('POST', `/keys/${id}/actions/${action}`, { body });

const base64 = (bytes: number): string => randomBytes(bytes).toString('base64');

describe('an import token', () => {
  test('lasts ten minutes and for one retrieval unless said otherwise, and counts what is left', async () => {
    await withVault(async ({ emulator, kp }) => {
      expect(refusal(await kp('GET', '/import_token'))).toEqual([404, 'IMPORT_TOKEN_NOT_FOUND_ERR']);
      emulator.clock.set(new Date('2030-01-01T12:00:00Z'));
      const made = await kp('POST', '/import_token');
      const left = { maxAllowedRetrievals: 1, remainingRetrievals: 1 };
      expect([made.status, made.body]).toMatchObject([200, left]);
      expect(Object.keys(Object(made.body))).toHaveLength(4);
      const span = Date.parse(text(made.body, 'expirationDate')) - Date.parse(text(made.body, 'creationDate'));
      expect(span).toBe(600_000);
      const read = await kp('GET', '/import_token');
      expect([read.status, read.body]).toMatchObject([200, { ...left, remainingRetrievals: 0 }]);
      expect(Buffer.from(text(read.body, 'nonce'), 'base64')).toHaveLength(12);
      expect(Buffer.from(text(read.body, 'payload'), 'base64').toString()).toMatch(/^-----BEGIN PUBLIC KEY-----/);
      expect(refusal(await kp('GET', '/import_token'))).toEqual(expired);
      await kp('POST', '/import_token', { body: { expiration: 300, maxAllowedRetrievals: 2 } });
      expect(at((await kp('GET', '/import_token')).body, 'remainingRetrievals')).toBe(1);
      emulator.clock.advance(301_000);
      expect(refusal(await kp('GET', '/import_token'))).toEqual(expired);
      expect(emulator.events().map(({ action }) => action)).toContain('kms.import-token.create');
    });
  });

  test.each([{ expiration: 299 }, { expiration: 86_401 }, { maxAllowedRetrievals: 0 }, { maxAllowedRetrievals: 501 }])(
    'is refused for %j',
    async (body) => {
      await withVault(async ({ kp }) => {
        expect(refusal(await kp('POST', '/import_token', { body }))).toEqual(badField);
      });
    },
  );

  test('shows its private half and its nonce nowhere', async () => {
    await withVault(async ({ emulator, kp }) => {
      const nonce = text(await token(kp), 'nonce');
      const shown = JSON.stringify([emulator.state(), emulator.events(), emulator.requests()]);
      expect(shown).not.toContain('PRIVATE KEY');
      expect(shown).not.toContain(nonce);
    });
  });
});

describe('a plain import', () => {
  test.each([16, 24, 32])('takes root material of %i bytes, which then wraps and is never shown', async (bytes) => {
    await withVault(async ({ emulator, kp, create }) => {
      const payload = base64(bytes);
      const made = await create({ payload }, { Prefer: 'return=representation' });
      expect([made.status, first(made)]).toMatchObject([
        201,
        { imported: true, algorithmBitSize: bytes * 8, algorithmMetadata: { bitLength: String(bytes * 8) } },
      ]);
      const wrapped = await act(kp, idOf(made), 'wrap', { plaintext: 'YWJj' });
      const ciphertext = text(wrapped.body, 'ciphertext');
      expect(at((await act(kp, idOf(made), 'unwrap', { ciphertext })).body, 'plaintext')).toBe('YWJj');
      const shown = JSON.stringify([made.body, (await kp('GET', `/keys/${idOf(made)}`)).body, emulator.state()]);
      expect(shown).not.toContain(payload);
    });
  });

  test('takes any payload up to 7,500 bytes for a standard key, which GET key gives back', async () => {
    await withVault(async ({ kp, create }) => {
      const payload = base64(7500);
      const made = await create({ extractable: true, payload });
      expect(at(first(made), 'imported')).toBe(true);
      expect(at(first(await kp('GET', `/keys/${idOf(made)}`)), 'payload')).toBe(payload);
      expect(refusal(await create({ extractable: true, payload: base64(7501) }))).toEqual(badField);
    });
  });

  test('refuses another length, what is no base64, and an algorithm without a payload', async () => {
    await withVault(async ({ create }) => {
      for (const payload of [base64(15), base64(33), '', '#', 5]) {
        expect([payload, refusal(await create({ payload }))]).toEqual([payload, badField]);
      }
      expect(refusal(await create({ encryptionAlgorithm: 'RSAES_OAEP_SHA_256' }))).toEqual(badField);
    });
  });
});

describe('a secure import', () => {
  test('is opened with the private half of the token, and the key has that very material', async () => {
    await withVault(async ({ emulator, kp, create }) => {
      const material = randomBytes(32);
      const retrieved = await token(kp);
      const made = await create(Object(seal(retrieved, material)));
      expect([made.status, at(first(made), 'imported')]).toEqual([201, true]);
      // A used-up token still serves imports; the same material again is another key.
      expect((await create(Object(seal(retrieved, material)))).status).toBe(201);
      await kp('DELETE', `/keys/${idOf(made)}`);
      emulator.clock.advance(31_000);
      const restore = (payload: Buffer): Promise<Answer> =>
        kp('POST', `/keys/${idOf(made)}/restore`, { body: enveloped('key', { payload: payload.toString('base64') }) });
      expect(refusal(await restore(randomBytes(32)))).toEqual(badField);
      expect((await restore(material)).status).toBe(201);
    });
  });

  test('is refused with the code of what is wrong with it, and makes no key', async () => {
    await withVault(async ({ kp, create }) => {
      const material = randomBytes(32);
      const former = await token(kp);
      const current = await token(kp);
      const good = seal(current, material);
      const other = seal(current, randomBytes(32));
      const cases: readonly (readonly [string, Readonly<Record<string, unknown>>, number, string])[] = [
        ['another transport key', { ...seal(former, material) }, 400, 'INVALID_FIELD_ERR'],
        ['not encrypted', { ...good, payload: material.toString('base64') }, 400, 'INVALID_FIELD_ERR'],
        ['15 bytes', { ...seal(current, randomBytes(15)) }, 400, 'INVALID_FIELD_ERR'],
        ['another algorithm', { ...good, encryptionAlgorithm: 'RSAES_OAEP_SHA_1' }, 400, 'INVALID_FIELD_ERR'],
        ['no iv', { ...good, iv: undefined }, 400, 'INVALID_FIELD_ERR'],
        ['no nonce', { ...good, encryptedNonce: undefined }, 400, 'INVALID_FIELD_ERR'],
        ['another iv', { ...good, iv: other.iv }, 400, 'INCORRECT_NONCE_IV_ERR'],
        ['nonce under another key', { ...good, encryptedNonce: other.encryptedNonce }, 400, 'INCORRECT_NONCE_IV_ERR'],
        ['a short nonce', { ...good, encryptedNonce: 'YWJj' }, 400, 'INCORRECT_NONCE_IV_ERR'],
        [
          'another nonce',
          { ...seal({ ...Object(current), nonce: text(former, 'nonce') }, material) },
          400,
          'INCORRECT_NONCE_ERR',
        ],
        ['a standard key', { ...good, extractable: true }, 400, 'INVALID_FIELD_ERR'],
      ];
      for (const [what, resource, status, code] of cases) {
        expect([what, refusal(await create(resource))]).toEqual([what, [status, code]]);
      }
      expect(at((await kp('GET', '/keys')).body, 'resources')).toEqual([]);
      expect((await create({ ...good })).status).toBe(201);
    });
  });

  test('needs a token that has not expired', async () => {
    await withVault(async ({ emulator, kp, create }) => {
      const material = randomBytes(32);
      const retrieved = await token(kp, { maxAllowedRetrievals: 5 });
      emulator.clock.advance(601_000);
      expect(refusal(await create({ ...seal(retrieved, material) }))).toEqual(expired);
      const id = idOf(await create({ payload: material.toString('base64') }));
      expect(refusal(await act(kp, id, 'rotate', seal(retrieved, material)))).toEqual(expired);
    });
  });
});

describe('rotating an imported key', () => {
  test('needs new material, plain or sealed, and what older versions wrapped still unwraps', async () => {
    await withVault(async ({ emulator, kp, create }) => {
      const id = idOf(await create({ payload: base64(16) }));
      const plain = { plaintext: 'YWJj', aad: ['one'] };
      const ciphertexts = [text((await act(kp, id, 'wrap', plain)).body, 'ciphertext')];
      expect(refusal(await act(kp, id, 'rotate'))).toEqual([400, 'KEY_PAYLOAD_REQ_ERR']);
      expect(refusal(await act(kp, id, 'rotate', { payload: base64(17) }))).toEqual(badField);
      expect((await act(kp, id, 'rotate', { payload: base64(24) })).status).toBe(204);
      expect(refusal(await act(kp, id, 'rotate', { payload: base64(24) }))).toEqual([
        409,
        'KEY_ROTATION_NOT_PERMITTED',
      ]);
      ciphertexts.push(text((await act(kp, id, 'wrap', plain)).body, 'ciphertext'));
      emulator.clock.advance(hour);
      const sealed = seal(await token(kp), randomBytes(32));
      const wrong = { ...sealed, iv: base64(12) };
      expect(refusal(await act(kp, id, 'rotate', wrong))).toEqual([400, 'INCORRECT_NONCE_IV_ERR']);
      expect((await act(kp, id, 'rotate', sealed)).status).toBe(204);
      const key = first(await kp('GET', `/keys/${id}`));
      expect(at(key, 'algorithmBitSize')).toBe(256);
      const newest = text(key, 'keyVersion', 'id');
      for (const ciphertext of ciphertexts) {
        const unwrapped = await act(kp, id, 'unwrap', { ciphertext, aad: ['one'] });
        expect(unwrapped.body).toMatchObject({ plaintext: 'YWJj', rewrappedKeyVersion: { id: newest } });
        const rewrapped = await act(kp, id, 'rewrap', { ciphertext, aad: ['one'] });
        const renewed = { ciphertext: text(rewrapped.body, 'ciphertext'), aad: ['one'] };
        expect((await act(kp, id, 'unwrap', renewed)).body).toEqual({ plaintext: 'YWJj', keyVersion: { id: newest } });
      }
    });
  });
});

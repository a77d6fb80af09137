import { execFileSync } from 'node:child_process';
import { createDecipheriv, generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { KpImportToken, KpMaterial } from '../../src/cloud/key-protect/shapes.ts';
import { sealMaterial, withMaterial } from '../../src/kinds/key/material.ts';
import { CloudRefused } from '../../src/model/errors.ts';
import { withFolder } from '../helpers/folder.ts';
import { keyRow, oneKey, run, stateOf } from '../helpers/key-life.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { at, list, text } from '../helpers/platform.ts';
import { writesOf } from '../helpers/request-log.ts';

const HOUR_MS = 3_600_000;
const IMPORT = 'material: { env: ROOT_KEY }';

/** Whether the key's newest version is this material: what it wraps can be opened with it, outside. */
async function isMadeOf(keystead: Keystead, material: Buffer, name = 'root'): Promise<boolean> {
  const crn = text(keyRow(keystead, name), 'crn').split(':');
  const plaintext = randomBytes(32).toString('base64');
  const wrapped = await keystead.api('POST', `/api/v2/keys/${crn[9]}/actions/wrap`, {
    headers: { 'Bluemix-Instance': crn[7] ?? '' },
    body: { plaintext },
  });
  const sealed: unknown = JSON.parse(Buffer.from(text(wrapped.body, 'ciphertext'), 'base64').toString());
  const bytes = Buffer.from(text(sealed, 'ciphertext'), 'base64');
  const width = material.length * 8;
  const decipher = createDecipheriv(
    width === 128 ? 'aes-128-gcm' : width === 192 ? 'aes-192-gcm' : 'aes-256-gcm',
    material,
    Buffer.from(text(sealed, 'iv'), 'base64'),
  );
  // The emulator authenticates the list of further data, here an empty one.
  decipher.setAAD(Buffer.from('[]'));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('base64') === plaintext;
}

/** How often the emulator was asked for a path. */
function asked({ emulator }: Keystead, method: string, path: string): number {
  return emulator.requests().filter((request) => request.method === method && request.path === path).length;
}

describe('imported material', () => {
  test.each([16, 24, 32])('of %d bytes goes wrapped with the import token and is the key afterwards', async (bytes) => {
    await withKeystead(async (keystead) => {
      const material = randomBytes(bytes);
      keystead.secrets['ROOT_KEY'] = material.toString('base64');
      expect((await run(keystead, oneKey(IMPORT))).exit).toBe(0);
      expect(at(keyRow(keystead), 'imported')).toBe(true);
      expect(await isMadeOf(keystead, material)).toBe(true);
      expect(asked(keystead, 'GET', '/api/v2/import_token')).toBe(1);

      const { plan } = await keystead.plan();
      expect(plan.changes).toEqual([]);
      expect(plan.notes).toMatchObject([{ address: 'key.root', field: 'material' }]);
    });
  });

  test('goes as it is with `secureImport: false`', async () => {
    await withKeystead(async (keystead) => {
      const material = randomBytes(32);
      keystead.secrets['ROOT_KEY'] = material.toString('base64');
      await run(keystead, oneKey('material: { env: ROOT_KEY, secureImport: false }'));
      expect(await isMadeOf(keystead, material)).toBe(true);
      expect(asked(keystead, 'POST', '/api/v2/import_token')).toBe(0);
    });
  });

  test('of a standard key goes as it is, of whatever length it may have', async () => {
    await withKeystead(async (keystead) => {
      const secret = Buffer.from('a password of an application');
      keystead.secrets['ROOT_KEY'] = secret.toString('base64');
      await run(keystead, oneKey(`type: standard, ${IMPORT}`));
      const crn = text(keyRow(keystead), 'crn').split(':');
      const read = await keystead.api('GET', `/api/v2/keys/${crn[9]}`, {
        headers: { 'Bluemix-Instance': crn[7] ?? '' },
      });
      expect(at(read.body, 'resources', 0, 'payload')).toBe(secret.toString('base64'));
      expect((await keystead.plan()).plan.changes).toEqual([]);
    });
  });

  test('may be in a file, raw or in base64', async () => {
    const [raw, encoded] = [randomBytes(32), randomBytes(16)];
    await withFolder({ 'encoded.txt': `${encoded.toString('base64')}\n` }, async (folder) => {
      await writeFile(join(folder, 'raw.key'), raw);
      await withKeystead(async (keystead) => {
        const manifest = `${oneKey(`material: { file: ${folder}/raw.key }`)}  second: { instance: vault, material: { file: ${folder}/encoded.txt, encoding: base64 } }\n`;
        expect((await run(keystead, manifest)).exit).toBe(0);
        expect(await isMadeOf(keystead, raw)).toBe(true);
        expect(await isMadeOf(keystead, encoded, 'second')).toBe(true);
      });
    });
  });

  test('of several keys in one instance is imported one after the other: there is one token', async () => {
    await withKeystead(async (keystead) => {
      const names = ['one', 'two', 'three', 'four'];
      const materials = new Map(names.map((name) => [name, randomBytes(32)]));
      for (const [name, bytes] of materials) keystead.secrets[name.toUpperCase()] = bytes.toString('base64');
      const keys = names.map((name) => `  ${name}: { instance: vault, material: { env: ${name.toUpperCase()} } }\n`);
      const manifest = oneKey('').replace('  root: { instance: vault }\n', keys.join(''));
      expect((await run(keystead, manifest)).exit).toBe(0);
      for (const [name, bytes] of materials) expect(await isMadeOf(keystead, bytes, name)).toBe(true);
      expect(asked(keystead, 'POST', '/api/v2/import_token')).toBe(4);
    });
  });

  test('in a pipe, or larger than any material, is refused before anything is written, and not waited for', async () => {
    await withFolder({}, async (folder) => {
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      await writeFile(join(folder, 'large'), randomBytes(65_537));
      for (const [file, words] of [
        ['pipe', 'is no regular file'],
        ['large', 'is larger than'],
      ] as const) {
        await withKeystead(async (keystead) => {
          await keystead.write(oneKey(`material: { file: ${join(folder, file)} }`));
          const refusal = { code: 'MATERIAL_UNREADABLE', message: expect.stringContaining(words) };
          await expect(keystead.apply()).rejects.toMatchObject(refusal);
          expect(writesOf(keystead.emulator.requests())).toEqual([]);
        });
      }
    });
  });

  test('is not opened by a plan', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(oneKey('material: { file: /does/not/exist.key }'));
      const { plan } = await keystead.plan();
      expect(plan.changes.map(({ status }) => status.is)).toEqual(['ready', 'ready']);
    });
  });

  test.each([
    ['too short', { ROOT_KEY: randomBytes(15).toString('base64') }, IMPORT, 'MATERIAL_LENGTH', 'holds 15 bytes'],
    ['not there', {}, IMPORT, 'MATERIAL_UNREADABLE', 'ROOT_KEY is not set'],
    ['not base64', { ROOT_KEY: 'not*base64' }, IMPORT, 'MATERIAL_UNREADABLE', 'does not hold base64'],
    ['without an end', {}, 'material: { file: /dev/zero }', 'MATERIAL_UNREADABLE', 'is no regular file'],
    ['a directory', {}, 'material: { file: / }', 'MATERIAL_UNREADABLE', 'cannot be read (EISDIR)'],
    ['no file', {}, 'material: { file: /does/not/exist.key }', 'MATERIAL_UNREADABLE', 'cannot be read (ENOENT)'],
    [
      'too long for a standard key',
      { ROOT_KEY: randomBytes(7501).toString('base64') },
      `type: standard, ${IMPORT}`,
      'MATERIAL_LENGTH',
      '7500',
    ],
  ])('that is %s is told before anything is written', async (_title, secrets, declared, code, words) => {
    await withKeystead(async (keystead) => {
      Object.assign(keystead.secrets, secrets);
      await keystead.write(oneKey(declared));
      await expect(keystead.apply()).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
      expect(writesOf(keystead.emulator.requests())).toEqual([]);
    });
  });
});

describe('a rotation of an imported key', () => {
  test('takes the new material, and what was encrypted before is still readable', async () => {
    await withKeystead(async (keystead) => {
      keystead.emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
      const [first, second] = [randomBytes(32), randomBytes(32)];
      keystead.secrets['ROOT_KEY'] = first.toString('base64');
      await run(keystead, oneKey(IMPORT));
      keystead.emulator.clock.advance(HOUR_MS);
      keystead.secrets['ROOT_KEY'] = second.toString('base64');
      const rotated = await run(keystead, oneKey(`${IMPORT}, rotatedSince: 2026-12-01T12:30:00Z`));
      expect(rotated).toEqual({ exit: 0, changes: ['key.root rotate ready'] });
      expect(await isMadeOf(keystead, second)).toBe(true);
      expect(list(keyRow(keystead), 'versions')).toHaveLength(2);
    });
  });

  test('that is due in an hour does not ask for its material before then', async () => {
    await withKeystead(async (keystead) => {
      keystead.emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
      keystead.secrets['ROOT_KEY'] = randomBytes(32).toString('base64');
      await run(keystead, oneKey(IMPORT));
      keystead.emulator.clock.set(new Date('2026-12-01T12:10:00Z'));
      await run(keystead, oneKey(`${IMPORT}, rotatedSince: 2026-12-01T12:05:00Z`));
      keystead.emulator.clock.set(new Date('2026-12-01T12:30:00Z'));
      delete keystead.secrets['ROOT_KEY'];
      const again = await run(keystead, oneKey(`${IMPORT}, rotatedSince: 2026-12-01T12:25:00Z`));
      expect(again).toEqual({ exit: 6, changes: ['key.root rotate time'] });
    });
  });

  test('is blocked while no new material is declared', async () => {
    await withKeystead(async (keystead) => {
      keystead.emulator.clock.set(new Date('2026-12-01T12:00:00Z'));
      keystead.secrets['ROOT_KEY'] = randomBytes(32).toString('base64');
      await run(keystead, oneKey(IMPORT));
      keystead.emulator.clock.advance(HOUR_MS);
      const rotated = await run(keystead, oneKey('rotatedSince: 2026-12-01T12:30:00Z'));
      expect(rotated).toEqual({ exit: 5, changes: ['key.root rotate MATERIAL_NEEDED'] });
      expect(stateOf(keystead)).toBe(1);
    });
  });
});

test('material for a generated key is refused, with what can be done instead', async () => {
  await withKeystead(async (keystead) => {
    await run(keystead, oneKey(''));
    expect(await run(keystead, oneKey(IMPORT))).toEqual({ exit: 5, changes: ['key.root update CANNOT_CHANGE'] });
  });
});

describe('an import that Key Protect refuses', () => {
  const material = randomBytes(32);
  const bits = Buffer.from('0123456789ab').toString('base64');
  const another = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).publicKey;

  test.each<[string, string, string, (token: KpImportToken) => KpMaterial, number]>([
    [
      'with another transport key',
      'INVALID_FIELD_ERR',
      'encrypted with the public key',
      ({ nonce }) => sealMaterial(material, { payload: Buffer.from(another).toString('base64'), nonce }),
      0,
    ],
    [
      'with another nonce',
      'INCORRECT_NONCE_ERR',
      'run it again',
      ({ payload }) => sealMaterial(material, { payload, nonce: bits }),
      0,
    ],
    [
      'with another initialization vector',
      'INCORRECT_NONCE_IV_ERR',
      'run it again',
      (token) => ({ ...sealMaterial(material, token), iv: bits }),
      0,
    ],
    [
      'with a token that has ended',
      'IMPORT_TOKEN_EXPIRED_ERR',
      'run it again',
      (token) => sealMaterial(material, token),
      HOUR_MS,
    ],
    [
      'of another length',
      'INVALID_FIELD_ERR',
      '16, 24 or 32',
      () => ({ payload: randomBytes(17).toString('base64') }),
      0,
    ],
  ])('%s is told with %s', async (_title, code, words, seal, laterMs) => {
    await withKeystead(async (keystead) => {
      await run(keystead, oneKey(''));
      const cloud = keystead.connection().cloud();
      const vault = text(keyRow(keystead), 'crn');
      const sealed = seal(await cloud.importToken(vault));
      keystead.emulator.clock.advance(laterMs);
      const order = { name: 'mine', extractable: false, aliases: ['mine'], material: sealed };
      const refused: unknown = await cloud.createKey(vault, order, undefined).catch((error: unknown) => error);
      if (!(refused instanceof CloudRefused)) throw new Error('it was not refused');
      expect(refused.facts.apiCode).toBe(code);
      expect(`${refused.message} ${refused.remedy}`).toContain(words);
      expect(keyRow(keystead, 'mine')).toBeUndefined();
    });
  });

  test('because another run replaced the token meanwhile takes a new one', async () => {
    await withKeystead(async (keystead) => {
      await run(keystead, oneKey(''));
      const cloud = keystead.connection().cloud();
      const vault = text(keyRow(keystead), 'crn');
      let tokens = 0;
      const importToken = async () => {
        const token = await cloud.importToken(vault);
        tokens += 1;
        if (tokens === 1) await cloud.importToken(vault);
        return token;
      };
      const hands = {
        cloud: { ...cloud, importToken },
        secret: async () => Uint8Array.from(material),
        alone: <T>(_what: string, act: () => Promise<T>) => act(),
      };
      const spec = { instance: 'vault', material: { env: 'ROOT_KEY' } };
      await withMaterial(hands, spec, vault, (sealed) =>
        cloud.createKey(vault, { name: 'mine', extractable: false, aliases: ['mine'], material: sealed }, undefined),
      );
      expect(tokens).toBe(2);
      expect(await isMadeOf(keystead, material, 'mine')).toBe(true);
    });
  });

  test.each([
    ['the answer with the token', 'GET', '^/api/v2/import_token$', 2],
    ["the answer to the token's creation", 'POST', '^/api/v2/import_token$', 2],
    ['the answer to the import itself', 'POST', '^/api/v2/keys$', 1],
  ])('is done all the same, and once, where %s is lost', async (_title, method, path, tokens) => {
    await withKeystead(async (keystead) => {
      keystead.secrets['ROOT_KEY'] = material.toString('base64');
      await run(keystead, oneKey('').replace(/keys:[\s\S]*/, ''));
      keystead.emulator.faults.add({ match: { method, path }, drop: 'after' });
      expect((await run(keystead, oneKey(IMPORT))).exit).toBe(0);
      expect(await isMadeOf(keystead, material)).toBe(true);
      expect(Object.values(at(keystead.emulator.state(), 'key-protect/keys') ?? {})).toHaveLength(1);
      expect(asked(keystead, 'POST', '/api/v2/import_token')).toBe(tokens);
    });
  });
});

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { KeysteadError } from '../model/errors.ts';
import { isObject } from '../model/json.ts';
import { nameOf, type SecretSource } from '../model/secret.ts';

/**
 * Opens a secret. What the runtime copies in between (an environment variable is a string) cannot be overwritten; what is
 * in buffers is.
 *
 * @throws KeysteadError `MATERIAL_UNREADABLE`, naming the variable or the file and nothing of what is in it
 */
export async function openSecret(source: SecretSource, env: NodeJS.ProcessEnv): Promise<Uint8Array> {
  if ('env' in source) {
    const text = env[source.env];
    if (text === undefined || text === '') throw unreadable(source, 'is not set', 'set it to the material in base64');
    return decode(source, text);
  }
  const bytes = await readStart(source.file).catch((cause: unknown) => {
    const code = isObject(cause) && typeof cause['code'] === 'string' ? ` (${cause['code']})` : '';
    throw unreadable(source, `cannot be read${code}`, 'the path is relative to the current directory');
  });
  if (bytes === undefined) {
    const remedy = 'it is read twice: write the material to a file, or use `env: NAME`';
    throw unreadable(source, 'is no regular file', remedy);
  }
  if (bytes.length > MOST_BYTES) {
    bytes.fill(0);
    throw unreadable(source, `is larger than ${MOST_BYTES} bytes`, 'name the file that holds nothing but the material');
  }
  if (source.encoding !== 'base64') return bytes;
  try {
    return decode(source, bytes.toString('latin1'));
  } finally {
    bytes.fill(0);
  }
}

/** A little more than the largest material in base64. */
const MOST_BYTES = 65_536;

/**
 * Nothing of what gives its bytes once, waits for somebody to write them, or never ends: a pipe would hold up a run whose
 * first writes are done. Opening one does not wait either.
 */
async function readStart(path: string): Promise<Buffer | undefined> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const status = await file.stat();
    if (!status.isFile() && !status.isDirectory()) return undefined;
    const bytes = Buffer.alloc(MOST_BYTES + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === bytes.length) return bytes.subarray(0, length);
    }
  } finally {
    await file.close();
  }
}

/** Strictly: what `Buffer` skips in silence would be other material. */
function decode(source: SecretSource, text: string): Uint8Array {
  const packed = text.replace(/\s/g, '');
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(packed)) {
    return Buffer.from(packed, 'base64');
  }
  throw unreadable(source, 'does not hold base64', 'encode it, for example with `openssl base64 -A`');
}

function unreadable(source: SecretSource, what: string, remedy: string): KeysteadError {
  return new KeysteadError('MATERIAL_UNREADABLE', `${nameOf(source)} ${what}`, { remedy });
}

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { loginVariables, withoutLogin } from '../cloud/login/credentials.ts';
import { KeysteadError } from '../model/errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The environment with what the file in `IBM_CREDENTIALS_FILE` says of the login: a file of `NAME=value` lines, or a folder
 * with `ibm-credentials.env` in it. As in IBM's SDKs sources are not merged: where the file names a login, the environment
 * does not. `IBMCLOUD_APIKEY`, as SDKs spell it, is `IBMCLOUD_API_KEY`.
 *
 * @throws KeysteadError `BAD_LOGIN` when it cannot be read
 * Source: platform API reference, "`ibm-cloud-sdk-core` configuration".
 */
export async function withCredentialsFile(env: Env): Promise<Env> {
  const path = env['IBM_CREDENTIALS_FILE'];
  if (path === undefined || path === '') return env;
  const { IBMCLOUD_APIKEY, ...said } = parseEnv(await read(path));
  const named = { ...(IBMCLOUD_APIKEY === undefined ? {} : { IBMCLOUD_API_KEY: IBMCLOUD_APIKEY }), ...said };
  const login = Object.entries(named).filter(([name]) => loginVariables.includes(name));
  if (login.length === 0) return env;
  return { ...withoutLogin(env), ...Object.fromEntries(login) };
}

async function read(path: string): Promise<string> {
  try {
    const file = (await stat(path)).isDirectory() ? join(path, 'ibm-credentials.env') : path;
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new KeysteadError('BAD_LOGIN', `IBM_CREDENTIALS_FILE cannot be read: ${why}.`, {
      remedy: 'Set it to a file of NAME=value lines, or unset it.',
      cause: error,
    });
  }
}

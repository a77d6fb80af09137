import { BearerTokenAuthenticator, IamAuthenticator } from '@ibm-cloud/platform-services/auth/index.js';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Emulator } from '../../src/emulator/start.ts';
import type { Api } from '../helpers/emulator.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { outOfScope, type SdkName } from './scope.ts';

/** What one of IBM's clients got. */
export interface Response {
  readonly status: number;
  readonly result: unknown;
  readonly headers: unknown;
}

/** Where a row happens: a fresh account, and IBM's client for it. */
export interface Scene<C> {
  readonly sdk: C;
  readonly api: Api;
  readonly emulator: Emulator;
}

/**
 * One call of an operation: the status that must come of it, the situation, the call, and what must be in the answer's
 * body. The call is made through its first argument, which is not always allowed in; the scene prepares.
 */
export type Row<C> = readonly [
  status: number,
  situation: string,
  call: (sdk: C, scene: Scene<C>) => Promise<Response>,
  body?: unknown,
];

type Authenticator = IamAuthenticator | BearerTokenAuthenticator;

/**
 * Holds one API of the emulator against IBM's own client: each operation that the client has is out of scope by name,
 * or has a row that succeeds and a row for each error that the references list. Every answer must be JSON with a
 * transaction id, and every operation refuses a token that is none.
 *
 * @param api `prototype`: of the client's class; `open`: makes a client; `anonymous`: no token is needed
 */
export function conformance<C>(api: {
  readonly name: SdkName;
  readonly prototype: object;
  readonly open: (options: { readonly authenticator: Authenticator; readonly serviceUrl: string }) => C;
  readonly rows: Readonly<Record<string, readonly Row<C>[]>>;
  readonly path?: string;
  readonly anonymous?: boolean;
  /** What a token that is none is answered with, where it is not 401. */
  readonly malformedToken?: number;
}): void {
  const made: number[] = [];
  const enter = async (work: (sdk: C, scene: Scene<C>) => Promise<void>, stranger = false): Promise<void> => {
    await withEmulator(async (given) => {
      const { url } = given.emulator;
      const serviceUrl = `${url}${api.path ?? ''}`;
      const sdk = api.open({ authenticator: new IamAuthenticator({ apikey: 'keystead-emulator', url }), serviceUrl });
      const authenticator = new BearerTokenAuthenticator({ bearerToken: 'none' });
      await work(stranger ? api.open({ authenticator, serviceUrl }) : sdk, { ...given, sdk });
    });
  };

  describe(api.name, () => {
    test('every operation of the client is in the table or out of scope', () => {
      const operations = Object.getOwnPropertyNames(api.prototype).filter((name) => name !== 'constructor');
      const left = operations.filter((name) => !(name in outOfScope[api.name]));
      expect(Object.keys(api.rows).sort()).toEqual(left.sort());
      expect(Object.keys(outOfScope[api.name]).filter((name) => !operations.includes(name))).toEqual([]);
    });

    test('what is out of scope answers 501, and names the call', async () => {
      await enter(async (sdk) => {
        for (const operation of Object.keys(outOfScope[api.name])) {
          const { status, result } = await answerOf(callBlindly(sdk, operation));
          expect([operation, status]).toEqual([operation, 501]);
          // A file would come as a stream.
          if (!('pipe' in Object(result))) expect(JSON.stringify(result)).toContain('emulated');
        }
      });
    });

    for (const [operation, rows] of Object.entries(api.rows)) {
      test(`${operation}: has a success`, () => {
        expect(rows.some(([status]) => status < 300)).toBe(true);
      });
      for (const [status, situation, call, body] of rows) {
        test(`${operation}: ${status}, ${situation}`, async () => {
          await enter(async (sdk, scene) => {
            const answer = await answerOf(call(sdk, scene));
            expect({ status: answer.status, result: answer.result }).toMatchObject({
              status,
              ...(body === undefined ? {} : { result: body }),
            });
            expect(answer.headers).toMatchObject({ 'transaction-id': expect.any(String) });
            if (hasBody(answer))
              expect(answer.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
            made.push(status);
          });
        });
      }
      if (api.anonymous === true) continue;
      const malformed = api.malformedToken ?? 401;
      test(`${operation}: ${malformed}, a token that is none`, async () => {
        const [, , call] = rows[0] ?? [0, '', () => Promise.reject(new Error('no row'))];
        await enter(async (sdk, scene) => {
          expect(await answerOf(call(sdk, scene))).toMatchObject({ status: malformed });
          made.push(malformed);
        }, true);
      });
    }

    afterAll(() => {
      const good = made.filter((status) => status < 300).length;
      const operations = `${Object.keys(api.rows).length} operations, ${Object.keys(outOfScope[api.name]).length} out of scope`;
      process.stderr.write(`${api.name}: ${operations}; ${good} calls served, ${made.length - good} refused\n`);
    });
  });
}

/** Calls an operation with nothing but what its client insists on. */
async function callBlindly(sdk: unknown, operation: string): Promise<Response> {
  const method: unknown = Reflect.get(Object(sdk), operation);
  if (typeof method !== 'function') throw new Error(`the client has no ${operation}`);
  try {
    return await method.call(sdk, {});
  } catch (error) {
    const names = /Missing required parameters: (.*)/.exec(error instanceof Error ? error.message : '')?.[1];
    if (names === undefined) throw error;
    return await method.call(sdk, Object.fromEntries(names.split(', ').map((name) => [name, 'x'])));
  }
}

/** What a call got, whether IBM's client takes it for an error or not. */
export async function answerOf(call: Promise<Response>): Promise<Response> {
  try {
    const { status, result, headers } = await call;
    return { status, result, headers };
  } catch (error) {
    if (typeof error !== 'object' || error === null || !('status' in error)) throw error;
    return {
      status: Number(error.status),
      result: Reflect.get(error, 'result') ?? parsed(Reflect.get(error, 'body')),
      headers: Reflect.get(error, 'headers'),
    };
  }
}

/** Nothing is in a 204, in an answer to HEAD, and in some 201. */
function hasBody({ status, headers }: Response): boolean {
  return status !== 204 && Reflect.get(Object(headers), 'content-length') !== '0';
}

/** The older core of IBM's clients gives the body of an error as text. */
function parsed(body: unknown): unknown {
  return typeof body === 'string' && body !== '' ? JSON.parse(body) : undefined;
}

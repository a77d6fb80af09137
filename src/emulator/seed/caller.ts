import { randomUUID } from 'node:crypto';
import { apiKeySecret } from '../core/account/identities.ts';
import { dispatch } from '../core/dispatch.ts';
import { EmulatorError } from '../core/emulator-error.ts';
import type { Engine } from '../core/engine.ts';
import { isObject } from '../core/json.ts';
import type { Route } from '../core/router.ts';
import type { Reply } from '../core/world.ts';

/** One call to an emulated API. */
interface Request {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Calls an API from inside, as the default identity. What is seeded goes through the same rules as everything else.
 * @param what names the part of the seed in messages
 * @returns the body of the answer
 * @throws EmulatorError when it is refused
 */
export type Caller = (what: string, method: string, target: string, request?: Request) => unknown;

/** Makes it, logged in. Its calls meet no fault and are in no request log. */
export function callerIn(engine: Engine, route: Route, origin: string): Caller {
  const send = (method: string, target: string, text: string, headers: Readonly<Record<string, string>>): Reply => {
    engine.runDueTimers();
    const [path = '', query = ''] = target.split('?');
    return dispatch(
      engine,
      route,
      {
        method,
        path,
        query: new URLSearchParams(query),
        header: (name) => headers[name.toLowerCase()],
        transactionId: randomUUID(),
        origin,
        at: engine.now(),
      },
      text,
    ).reply;
  };
  const form = new URLSearchParams({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey: apiKeySecret });
  const login = send('POST', '/identity/token', form.toString(), {}).body;
  const authorization = `Bearer ${isObject(login) ? String(login['access_token']) : ''}`;
  return (what, method, target, { body, headers = {} } = {}) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const reply = send(method, target, text, { authorization, ...headers });
    if (reply.status < 400) return reply.body;
    const message = `The seed's ${what} is refused with ${reply.status}: ${messageIn(reply.body) ?? 'without a reason'}`;
    throw new EmulatorError(message, 'Change the seed.');
  };
}

/** The first message in an error's body: each API has a shape of its own. */
function messageIn(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(messageIn).find((message) => message !== undefined);
  if (!isObject(value)) return undefined;
  const { message } = value;
  return typeof message === 'string' ? message : messageIn(Object.values(value));
}

import { stackOf } from './emulator-error.ts';
import type { Engine } from './engine.ts';
import type { Match, Route } from './router.ts';
import { ApiError, type BareCall, type Identity, type Reply, type World } from './world.ts';

/** How a request ended. */
export interface Outcome {
  readonly reply: Reply;
  readonly operation?: string;
  /** The stack of a failure of ours. */
  readonly error?: string;
}

const anonymous: Identity = { iamId: '', accountId: '', kind: 'anonymous', name: '' };

/**
 * Finds the operation, checks the token, reads the body, and runs the handler in one transaction. Never throws.
 * @param staleMs what is read is as it was so long ago; the token is looked at as of now
 */
export function dispatch(engine: Engine, route: Route, call: BareCall, text: string, staleMs = 0): Outcome {
  const match = route(call.method, call.path);
  if (match === undefined) return { reply: notEmulated(call) };
  const { name, dialect } = match.operation;
  try {
    const past = staleMs > 0 ? engine.past(staleMs, call.at) : undefined;
    const options = { now: call.at, correlationId: call.transactionId };
    return {
      reply: engine.transact((world) => run(world, match, call, text, past ?? world), options),
      operation: name,
    };
  } catch (error) {
    if (error instanceof ApiError) return { reply: error.reply, operation: name };
    return { reply: dialect.unexpected(call), operation: name, error: stackOf(error) };
  }
}

function run(world: World, { operation, params }: Match, call: BareCall, text: string, seen: World): Reply {
  const identity =
    operation.auth === 'none' ? anonymous : world.ports.verifyBearer(world, call.header('authorization'));
  if (typeof identity === 'string') throw new ApiError(operation.dialect.unauthorized(identity, call));
  const json = operation.bodyIs === 'form' ? undefined : parse(text);
  if (json === malformed) throw new ApiError(operation.dialect.badJson(call));
  return operation.handle(seen, { ...call, params, body: json, text, identity });
}

const malformed = Symbol('malformed');

function parse(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The API words this in its own way.
    return malformed;
  }
}

function notEmulated(call: BareCall): Reply {
  const message = `${call.method} ${call.path} is not emulated.`;
  return { status: 501, body: { errors: [{ code: 'not_emulated', message }], status_code: 501 } };
}

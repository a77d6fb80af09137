import { CloudError, CloudRefused, LostAnswer } from '../model/errors.ts';
import { given } from '../model/json.ts';
import { type AddressedCall, type Answer, isRead } from './api.ts';
import { AttemptFailed } from './failure.ts';
import type { Transport } from './http.ts';
import { isTokenOver, type Session } from './login/session.ts';
import { type Pace, withRetries } from './retry.ts';
import { Misshapen } from './shape.ts';

/** Makes a call to its end: with the login's token, with retries, its answer read by `read`. */
type Ask = <T>(call: AddressedCall, read: (answer: Answer) => T) => Promise<T>;

/**
 * Puts a call together: the login's token, one renewal where it ended before its time, retries, and the answer read.
 *
 * The `Ask` throws CloudRefused, CloudUnavailable, LostAnswer; KeysteadError `LOGIN_REFUSED`; CloudError
 * `UNEXPECTED_ANSWER` when a read brought something else than its API's reference says. A write whose answer cannot be
 * read has happened nevertheless: that is a LostAnswer too.
 */
export function createAsk(options: { transport: Transport; session: Session; pace: Pace }): Ask {
  const { transport, session, pace } = options;
  const attempt = async (call: AddressedCall, tries: number): Promise<Answer> => {
    const token = await session.token();
    try {
      return await transport(call, tries, token.text);
    } catch (error) {
      if (!(error instanceof AttemptFailed) || !isTokenOver(token, error, session.now())) throw error;
      // Refused before anything was done, so even a write may be sent again.
      return transport(call, tries, (await session.renewed(token)).text);
    }
  };
  return async (call, read) => {
    const answer = await withRetries(call, (tries) => attempt(call, tries), pace);
    try {
      return read(answer);
    } catch (error) {
      throw error instanceof Misshapen ? unexpected(call, answer, error) : error;
    }
  };
}

/**
 * An object that a 404 says is not there.
 *
 * @param isAbsence whether the API's own code says so, where it has codes that can be told apart
 */
export async function orAbsent<T>(
  asked: Promise<T>,
  isAbsence: (code: string) => boolean = () => true,
): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isRefusal(error, 404) && isAbsence(error.facts.apiCode ?? '')) return undefined;
    throw error;
  }
}

/** A deletion that a 404, or another of these statuses, says has happened already. */
export async function orGone(deleting: Promise<void>, ...statuses: readonly number[]): Promise<void> {
  try {
    await deleting;
  } catch (error) {
    if (!isRefusal(error, ...(statuses.length === 0 ? [404] : statuses))) throw error;
  }
}

/** Whether an error is the API's answer with one of these statuses, in its own words and not a proxy's page. */
export function isRefusal(error: unknown, ...statuses: readonly number[]): error is CloudRefused {
  if (!(error instanceof CloudRefused)) return false;
  const { status = 0, apiCode, apiMessage } = error.facts;
  return statuses.includes(status) && (apiCode !== undefined || apiMessage !== undefined);
}

function unexpected(call: AddressedCall, answer: Answer, error: Misshapen): CloudError {
  const { api, operation } = call;
  const correlationId = answer.headers[api.idHeader.toLowerCase()];
  const facts = given({ api: api.name, operation, status: answer.status, correlationId });
  const message = `${facts.api}, ${facts.operation}: the answer cannot be read: ${error.message}`;
  return isRead(call) ? new CloudError('UNEXPECTED_ANSWER', facts, message) : new LostAnswer(facts, message);
}

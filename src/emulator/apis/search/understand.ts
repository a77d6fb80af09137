import type { BareCall } from '../../core/world.ts';
import { badRequest } from '../tagging/errors.ts';
import { type Matcher, parseQuery } from './query.ts';
import { QueryError } from './tokens.ts';

/** A query as a matcher of documents. @throws ApiError 400 on what cannot be parsed */
export function readQuery(call: BareCall, query: string): Matcher {
  try {
    return parseQuery(query);
  } catch (error) {
    if (error instanceof QueryError) throw badRequest(call, `The query cannot be parsed: ${error.message}.`);
    throw error;
  }
}

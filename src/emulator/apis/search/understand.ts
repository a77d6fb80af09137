import { badRequest } from '../../core/words/words.ts';
import type { BareCall, World } from '../../core/world.ts';
import { type Matcher, parseQuery } from './query.ts';
import { index } from './state.ts';
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

/** The CRNs of what a query finds, as late as the index is. @throws ApiError 400 on what cannot be parsed */
export function findByQuery({ store }: World, call: BareCall, query: string): readonly string[] {
  return index(store)
    .all()
    .filter(readQuery(call, query))
    .map(({ crn }) => crn);
}

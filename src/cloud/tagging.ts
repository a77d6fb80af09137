import { CloudRefused } from '../model/errors.ts';
import type { Api, Ask, Call } from './call.ts';
import type { Endpoints } from './endpoints.ts';
import { allPages } from './pages.ts';
import type { Reader, Writer } from './reader.ts';
import { flag, listOrNone, number, object, optional, text } from './shape.ts';

/** Platform API reference, "Limits, headers, consistency, paging". */
const PAGE = 1000;

interface TagResult {
  readonly resource_id?: string;
  readonly is_error?: boolean;
  readonly message?: string;
}

const tagList = object<{ readonly items: readonly { readonly name: string }[]; readonly total_count?: number }>({
  items: listOrNone(object<{ name: string }>({ name: text })),
  total_count: optional(number),
});
const resultList = object<{ readonly results: readonly TagResult[] }>({
  results: listOrNone(
    object<TagResult>({ resource_id: optional(text), is_error: optional(flag), message: optional(text) }),
  ),
});

/** Platform API reference, "Tagging": user tags only. */
export function taggingReads(ask: Ask, endpoints: Endpoints, pageSize: number = PAGE): Pick<Reader, 'tagsOf'> {
  const api = apiOf(endpoints);
  return {
    tagsOf: async (crn) => {
      const query = { attached_to: crn, providers: 'ghost', tag_type: 'user', limit: pageSize };
      const needs = 'the platform role Viewer (or more) on the tagged instance';
      const call: Call = { api, operation: 'list tags', method: 'GET', path: '/v3/tags', query, needs };
      const tags = await allPages(
        0,
        ({ name }: { name: string }) => name,
        (offset: number) =>
          ask({ ...call, query: { ...query, offset } }, ({ body }) => {
            const { items, total_count = 0 } = tagList(body, '');
            const next = offset + items.length;
            return { items, next: items.length > 0 && next < total_count ? next : undefined };
          }),
      );
      return tags.map(({ name }) => name);
    },
  };
}

export function taggingWrites(ask: Ask, endpoints: Endpoints): Pick<Writer, 'attachTags' | 'detachTags'> {
  const api = apiOf(endpoints);
  const write = async (action: 'attach' | 'detach', crn: string, tags: readonly string[]): Promise<void> => {
    const call: Call = {
      api,
      operation: `${action} tags`,
      method: 'POST',
      path: `/v3/tags/${action}`,
      // Neither `replace` nor `update`: both take other tags away.
      query: { tag_type: 'user' },
      body: { resources: [{ resource_id: crn }], tag_names: tags },
      idempotent: true,
      needs: 'the platform role Editor or Administrator on the tagged instance',
    };
    const answer = await ask(call, ({ status, headers, body }) => ({
      status,
      correlationId: headers[api.idHeader],
      failed: resultList(body, '').results.find((result) => result.is_error === true),
    }));
    // A refusal inside a 200: "TRAP: per-resource failures come as is_error".
    if (answer.failed !== undefined) throw refused(call, answer, answer.failed);
  };
  return {
    attachTags: (crn, tags) => write('attach', crn, tags),
    detachTags: (crn, tags) => write('detach', crn, tags),
  };
}

function apiOf(endpoints: Endpoints): Api {
  return { name: 'Global Tagging', endpoint: endpoints.tagging, idHeader: 'x-correlation-id' };
}

function refused(call: Call, answer: { status: number; correlationId: string | undefined }, result: TagResult): Error {
  const { status, correlationId } = answer;
  const words = result.message ?? 'no reason given';
  const id = correlationId === undefined ? '' : ` (correlation id ${correlationId})`;
  const facts = {
    api: call.api.name,
    operation: call.operation,
    status,
    apiMessage: words,
    ...(correlationId === undefined ? {} : { correlationId }),
  };
  return new CloudRefused(
    facts,
    `${facts.api}, ${facts.operation}: refused for ${result.resource_id ?? 'the resource'}: ${words}${id}.`,
    {
      remedy: `Tags need ${call.needs ?? 'access'}; letters, digits, blanks and _ - . : only.`,
    },
  );
}

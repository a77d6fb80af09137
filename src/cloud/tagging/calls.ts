import { CloudRefused } from '../../model/errors.ts';
import { given } from '../../model/json.ts';
import type { Answer, Api, Call, Wire } from '../api.ts';
import { allPages } from '../pages.ts';
import { resultList, tagList } from './shapes.ts';

const api: Api = {
  name: 'Global Tagging',
  idHeader: 'x-correlation-id',
  host: {
    variable: 'IBMCLOUD_GT_API_ENDPOINT',
    public: 'tags.global-search-tagging',
    private: 'tags.private.global-search-tagging',
  },
};

/** Platform API reference, "Limits, headers, consistency, paging". */
const PAGE = 1000;
const VIEWER = 'the platform role Viewer (or more) on the tagged instance';
const EDITOR = 'the platform role Editor or Administrator on the tagged instance';

/** Platform API reference, "Tagging": user tags only. */
export const tagging = { api, reads, writes };

function reads({ ask, pageSize = PAGE }: Wire) {
  return {
    /** User tags of one object, from the tagging API itself, in lower case: their names have no case. */
    tagsOf: async (crn: string): Promise<readonly string[]> => {
      const query = { attached_to: crn, providers: 'ghost', tag_type: 'user', limit: pageSize };
      return allPages(
        { api: api.name, operation: 'list tags' },
        0,
        (tag) => tag,
        (offset: number) =>
          ask({ operation: 'list tags', path: '/v3/tags', query: { ...query, offset }, needs: VIEWER }, ({ body }) => {
            const { items, total_count = 0 } = tagList(body);
            const next = offset + items.length;
            const more = items.length > 0 && next < total_count;
            return { items: items.map(({ name }) => name.toLowerCase()), next: more ? next : undefined };
          }),
      );
    },
  };
}

function writes({ ask }: Wire) {
  const write = (action: 'attach' | 'detach') => async (crn: string, tags: readonly string[]) => {
    const call: Call = {
      operation: `${action} tags`,
      method: 'POST',
      path: `/v3/tags/${action}`,
      // Neither `replace` nor `update`: both take other tags away.
      query: { tag_type: 'user' },
      body: { resources: [{ resource_id: crn }], tag_names: tags },
      idempotent: true,
      needs: EDITOR,
    };
    return ask(call, (answer) => refuseFailures(call, answer));
  };
  return {
    /** Plain attach; never the upsert form, which would remove another stack's mark. Throws when any result is an error. */
    attachTags: write('attach'),
    /** Plain detach. Succeeds when the tag is not there. */
    detachTags: write('detach'),
  };
}

/** A refusal inside a 200: "TRAP: per-resource failures come as is_error". */
function refuseFailures({ operation }: Call, { status, headers, body }: Answer): void {
  const failed = resultList(body).results.find((result) => result.is_error === true);
  if (failed === undefined) return;
  const correlationId = headers[api.idHeader];
  const apiMessage = failed.message ?? 'no reason given';
  const id = correlationId === undefined ? '' : ` (correlation id ${correlationId})`;
  throw new CloudRefused(
    given({ api: api.name, operation, status, apiMessage, correlationId }),
    `${api.name}, ${operation}: refused for ${failed.resource_id ?? 'the resource'}: ${apiMessage}${id}`,
    { remedy: `use letters, digits, blanks and _ - . : only, and a login with ${EDITOR}` },
  );
}

import { parseCrn } from '../model/crn.ts';
import type { Api, Ask } from './call.ts';
import type { Endpoints } from './endpoints.ts';
import { allPages } from './pages.ts';
import type { Reader } from './reader.ts';
import { listOrNone, number, object, optional, text } from './shape.ts';
import type { Login, TaggedInstance } from './wire.ts';

/** UNSURE: the largest page is not published; the answer's own `limit` tells what was granted. */
const PAGE = 1000;

interface SearchPage {
  readonly items: readonly { readonly crn: string; readonly tags: readonly string[] }[];
  readonly limit?: number;
  readonly search_cursor?: string;
}

const searchPage = object<SearchPage>({
  items: listOrNone(object<TaggedInstance>({ crn: text, tags: listOrNone(text) })),
  limit: optional(number),
  search_cursor: optional(text),
});

/** Platform API reference, "Search": an index that lags, good for finding, never for absence. */
export function searchReads(
  ask: Ask,
  endpoints: Endpoints,
  login: () => Promise<Login>,
  pageSize: number = PAGE,
): Pick<Reader, 'taggedInstances'> {
  const api: Api = { name: 'Global Search', endpoint: endpoints.search, idHeader: 'x-correlation-id' };
  const first = { query: 'family:resource_controller', fields: ['crn', 'tags'] };
  return {
    taggedInstances: async () => {
      // Instances in reclamation keep their mark.
      const query = { account_id: (await login()).accountId, limit: pageSize, is_reclaimed: 'any' };
      const found = await allPages(
        first,
        ({ crn }: TaggedInstance) => crn,
        // Follow-ups send nothing but the cursor.
        (body: typeof first | { readonly search_cursor: string }) =>
          ask(
            {
              api,
              operation: 'search instances',
              method: 'POST',
              path: '/v3/resources/search',
              query,
              body,
              idempotent: true,
              reads: true,
              needs: 'the platform role Viewer on the instances',
            },
            (answer) => {
              const { items, limit = pageSize, search_cursor } = searchPage(answer.body, '');
              const more = search_cursor !== undefined && items.length > 0 && items.length >= limit;
              return { items, next: more ? { search_cursor } : undefined };
            },
          ),
      );
      // The family also holds service credentials and the like: an instance's CRN ends with `::`.
      return found.filter(({ crn }) => parseCrn(crn)?.type === '');
    },
  };
}

import { parseCrn } from '../../model/crn.ts';
import type { Api, Wire } from '../api.ts';
import { once } from '../once.ts';
import { allPages } from '../pages.ts';
import { searchPage, type TaggedInstance } from './shapes.ts';

const api: Api = {
  name: 'Global Search',
  idHeader: 'x-correlation-id',
  host: {
    variable: 'IBMCLOUD_GS_API_ENDPOINT',
    public: 'api.global-search-tagging',
    private: 'api.private.global-search-tagging',
  },
};

/** UNSURE: the largest page is not published; the answer's own `limit` tells what was granted. */
const PAGE = 1000;
const SEARCH = {
  operation: 'search instances',
  method: 'POST',
  path: '/v3/resources/search',
  idempotent: true,
  reads: true,
  needs: 'the platform role Viewer on the instances',
} as const;
const INSTANCES = 'family:resource_controller';
/**
 * Whatever bears a mark of any stack. How the index cuts up a tag is not published: the first half holds where it is one
 * word, the second where it is cut at the colon. Source of wildcards and of `tags:`: IBM Cloud docs, "Searching for
 * resources".
 */
const MARKED = `${INSTANCES} AND (tags:keystead\\:* OR tags:keystead)`;
const FIELDS = ['crn', 'tags'];

/** Platform API reference, "Search": an index that lags, good for finding, never for absence. */
export const search = { api, reads };

function reads({ ask, accountId, pageSize = PAGE }: Wire) {
  const find = async (words: string): Promise<readonly TaggedInstance[]> => {
    // Instances in reclamation keep their mark.
    const query = { account_id: await accountId(), limit: pageSize, is_reclaimed: 'any' };
    const found = await allPages(
      { api: api.name, operation: SEARCH.operation },
      { query: words, fields: FIELDS },
      ({ crn }: TaggedInstance) => crn,
      // Follow-ups send nothing but the cursor.
      (body: { readonly query: string; readonly fields: readonly string[] } | { readonly search_cursor: string }) =>
        ask({ ...SEARCH, query, body }, (answer) => {
          const { items, limit = pageSize, search_cursor } = searchPage(answer.body);
          const more = search_cursor !== undefined && items.length > 0 && items.length >= limit;
          return { items, next: more ? { search_cursor } : undefined };
        }),
    );
    // The family also holds service credentials and the like: an instance's CRN ends with `::`.
    return found.filter(({ crn }) => parseCrn(crn)?.type === '');
  };
  return {
    /** All indexed service instances with their user tags, by one search; the index lags. */
    taggedInstances: once(() => find(INSTANCES)),
    /** Those of them that bear a mark of any stack, with all of their user tags. */
    markedInstances: once(() => find(MARKED)),
    /** The user tags that the index has of one instance; asked anew on each call. `undefined`: it does not know it. */
    indexedTags: async (crn: string): Promise<readonly string[] | undefined> =>
      (await find(`${INSTANCES} AND crn:"${crn}"`)).find((one) => one.crn === crn)?.tags,
  };
}

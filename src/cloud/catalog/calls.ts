import { type Api, type Call, path, type Wire } from '../api.ts';
import { orAbsent } from '../ask.ts';
import { once } from '../once.ts';
import { allPages } from '../pages.ts';
import { type CatalogEntry, entryList } from './shapes.ts';

const api: Api = {
  name: 'Global Catalog',
  idHeader: 'Transaction-Id',
  host: {
    variable: 'IBMCLOUD_RESOURCE_CATALOG_API_ENDPOINT',
    public: 'globalcatalog',
    private: 'private.{us}.globalcatalog',
    path: '/api/v1',
  },
};

/** UNSURE: the largest page is not published. `count` tells how many there are, so a smaller answer loses nothing. */
const PAGE = 200;
/** What Resource Controller can provision: platform API reference, "How clients resolve names". */
const SERVICE_KINDS = new Set(['service', 'iaas', 'composite', 'platform_service']);

/** Platform API reference, "Global Catalog". */
export const catalog = { api, reads };

function reads({ ask, pageSize = PAGE }: Wire) {
  const list = (call: Call) =>
    allPages(
      { api: api.name, operation: call.operation },
      0,
      ({ id }: CatalogEntry) => id,
      (offset: number) =>
        ask({ ...call, query: { ...call.query, _offset: offset, _limit: pageSize } }, ({ body }) => {
          const { resources, count = 0 } = entryList(body);
          const next = offset + resources.length;
          return { items: resources, next: resources.length > 0 && next < count ? next : undefined };
        }),
    );
  return {
    /** The service of exactly this name, `undefined` when the catalog has none. */
    catalogService: once(async (name: string): Promise<CatalogEntry | undefined> => {
      // `q` is fuzzy, so the name is compared here.
      const found = await list({ operation: 'find service', path: '', query: { q: name } });
      return found.find((one) => one.name === name && SERVICE_KINDS.has(one.kind));
    }),
    // UNSURE for infrastructure services, whose plans some clients read from `/flavor`: `/plan` is said to answer too.
    catalogPlans: once(
      async (serviceId: string): Promise<readonly CatalogEntry[]> =>
        (await orAbsent(list({ operation: 'list plans', path: path`/${serviceId}/plan` }))) ?? [],
    ),
  };
}

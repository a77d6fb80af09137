import { orAbsent } from './ask.ts';
import type { Api, Ask, Call } from './call.ts';
import type { Endpoints } from './endpoints.ts';
import { allPages } from './pages.ts';
import type { Reader } from './reader.ts';
import { listOrNone, number, object, optional, text } from './shape.ts';
import type { CatalogEntry } from './wire.ts';

/** UNSURE: the largest page is not published. `count` tells how many there are, so a smaller answer loses nothing. */
const PAGE = 200;
/** What Resource Controller can provision: platform API reference, "How clients resolve names". */
const SERVICE_KINDS = new Set(['service', 'iaas', 'composite', 'platform_service']);

const entry = object<CatalogEntry>({ id: text, name: text, kind: text });
const entryList = object<{ readonly resources: readonly CatalogEntry[]; readonly count?: number }>({
  resources: listOrNone(entry),
  count: optional(number),
});

/** Platform API reference, "Global Catalog". */
export function catalogReads(
  ask: Ask,
  endpoints: Endpoints,
  pageSize: number = PAGE,
): Pick<Reader, 'catalogService' | 'catalogPlans'> {
  const api: Api = { name: 'Global Catalog', endpoint: endpoints.catalog, idHeader: 'Transaction-Id' };
  const listed = (call: Pick<Call, 'operation' | 'path' | 'query'>) =>
    allPages(
      0,
      ({ id }: CatalogEntry) => id,
      (offset: number) =>
        ask(
          { ...call, api, method: 'GET', query: { ...call.query, _offset: offset, _limit: pageSize } },
          ({ body }) => {
            const { resources, count = 0 } = entryList(body, '');
            const next = offset + resources.length;
            return { items: resources, next: resources.length > 0 && next < count ? next : undefined };
          },
        ),
    );
  return {
    // `q` is fuzzy, so the name is compared here.
    catalogService: async (name) => {
      const found = await listed({ operation: 'find service', path: '', query: { q: name } });
      return found.find((one) => one.name === name && SERVICE_KINDS.has(one.kind));
    },
    // UNSURE for infrastructure services, whose plans some clients read from `/flavor`: `/plan` is said to answer too.
    catalogPlans: async (serviceId) => {
      const path = `/${encodeURIComponent(serviceId)}/plan`;
      return (await orAbsent(listed({ operation: 'list plans', path }))) ?? [];
    },
  };
}

import type { Api, Ask } from './call.ts';
import type { Endpoints } from './endpoints.ts';
import type { Reader } from './reader.ts';
import { flag, listOrNone, object, optional, text } from './shape.ts';
import type { Login, RmGroup } from './wire.ts';

const group = object<RmGroup>({ id: text, name: text, default: optional(flag), state: optional(text) });
const groupList = object<{ readonly resources: readonly RmGroup[] }>({ resources: listOrNone(group) });

/** Platform API reference, "Resource Manager": one answer, no pages. */
export function resourceManagerReads(
  ask: Ask,
  endpoints: Endpoints,
  login: () => Promise<Login>,
): Pick<Reader, 'resourceGroups'> {
  const api: Api = { name: 'Resource Manager', endpoint: endpoints.resourceManager, idHeader: 'Transaction-Id' };
  return {
    resourceGroups: async () =>
      ask(
        {
          api,
          operation: 'list resource groups',
          method: 'GET',
          path: '/v2/resource_groups',
          query: { account_id: (await login()).accountId },
          needs: 'the platform role Viewer on the resource groups',
        },
        ({ body }) => groupList(body, '').resources,
      ),
  };
}

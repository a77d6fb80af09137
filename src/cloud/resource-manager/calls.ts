import type { Api, Wire } from '../api.ts';
import { once } from '../once.ts';
import { groupList } from './shapes.ts';

const api: Api = {
  name: 'Resource Manager',
  idHeader: 'Transaction-Id',
  host: {
    variable: 'IBMCLOUD_RESOURCE_MANAGEMENT_API_ENDPOINT',
    public: 'resource-controller',
    private: 'private.resource-controller',
  },
};

/** Platform API reference, "Resource Manager": one answer, no pages. */
export const resourceManager = { api, reads };

function reads({ ask, accountId }: Wire) {
  return {
    resourceGroups: once(async () =>
      ask(
        {
          operation: 'list resource groups',
          path: '/v2/resource_groups',
          query: { account_id: await accountId() },
          needs: 'the platform role Viewer on the resource groups',
        },
        ({ body }) => groupList(body).resources,
      ),
    ),
  };
}

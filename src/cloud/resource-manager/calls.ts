import type { Api, Wire } from '../api.ts';
import { once } from '../once.ts';
import { groupList } from './shapes.ts';

const api: Api = {
  name: 'Resource Manager',
  idHeader: 'Transaction-Id',
  host: {
    variable: 'IBMCLOUD_RESOURCE_MANAGEMENT_API_ENDPOINT',
    public: 'resource-controller',
    private: 'private.{us}.resource-controller',
  },
};

const VIEWER = 'the platform role Viewer on the resource groups';

/** Platform API reference, "Resource Manager": one answer, no pages. */
export const resourceManager = { api, reads };

function reads({ ask, accountId }: Wire) {
  return {
    resourceGroups: once(async () => {
      const query = { account_id: await accountId() };
      const call = { operation: 'list resource groups', path: '/v2/resource_groups', query, needs: VIEWER };
      return ask(call, ({ body }) => groupList(body).resources);
    }),
  };
}

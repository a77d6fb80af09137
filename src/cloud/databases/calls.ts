import { type Api, path, type Wire } from '../api.ts';
import { orAbsent } from '../ask.ts';
import { type DbKeys, deployment } from './shapes.ts';

const api: Api = {
  name: 'Cloud Databases',
  idHeader: 'Transaction-Id',
  host: {
    variable: 'IBMCLOUD_DATABASES_API_ENDPOINT',
    public: 'api.{region}.databases',
    private: 'api.{region}.private.databases',
    path: '/v5/ibm',
  },
};

const VIEWER = 'the platform role Viewer on the database';

/** Cloud Databases API reference, version 5. */
export const databases = { api, reads };

function reads({ ask }: Wire) {
  return {
    /** Which keys a deployment says that it is under, asked anew on each call; `undefined`: it does not say. */
    databaseKeys: async (crn: string): Promise<DbKeys | undefined> => {
      const call = { operation: 'read database', path: path`/deployments/${crn}`, instance: crn, needs: VIEWER };
      return await orAbsent(ask(call, ({ body }) => deployment(body).deployment.platform_options));
    },
  };
}

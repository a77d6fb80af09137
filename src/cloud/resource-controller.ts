import { isRefusal, orAbsent } from './ask.ts';
import { type Answer, type Api, type Ask, type Call, nothing } from './call.ts';
import type { Endpoints } from './endpoints.ts';
import { allPages, parameterOf } from './pages.ts';
import type { Reader, Writer } from './reader.ts';
import { flag, listOrNone, map, object, optional, text } from './shape.ts';
import type { Login, RcInstance, RcLastOperation, RcReclamation } from './wire.ts';

export type ResourceControllerReads = Pick<
  Reader,
  'instances' | 'instancesOf' | 'instancesNamed' | 'instance' | 'reclamations'
>;
export type ResourceControllerWrites = Pick<
  Writer,
  'createInstance' | 'updateInstance' | 'deleteInstance' | 'endReclamation'
>;

/** UNSURE: the largest page is not published; IBM's own tests pass 200, and 100 is the default. */
const PAGE = 100;
/** Without `state` only active and provisioning ones are listed; the others need a query each ("Operations"). */
const LISTED_STATES = [undefined, 'failed', 'inactive', 'pending_reclamation'] as const;
const GONE_STATES = new Set(['pending_reclamation', 'pending_removal', 'removed']);

const VIEWER = 'the platform role Viewer (or more) on the instances and their resource groups';
const EDITOR = 'the platform role Editor or Administrator on the service and Viewer on the resource group';

/** Platform API reference, "Resource Controller v2". */
export function resourceControllerReads(
  ask: Ask,
  endpoints: Endpoints,
  login: () => Promise<Login>,
  pageSize: number = PAGE,
): ResourceControllerReads {
  const api = apiOf(endpoints);
  const inEveryState = async (filter: Call['query']): Promise<readonly RcInstance[]> => {
    const lists = await Promise.all(LISTED_STATES.map((state) => listed(ask, api, { ...filter, state }, pageSize)));
    // One that changed its state meanwhile may stand in two of the lists.
    return [...new Map(lists.flat().map((instance) => [instance.crn, instance])).values()];
  };
  return {
    instances: () => inEveryState({}),
    instancesOf: (serviceId) => inEveryState({ resource_id: serviceId }),
    instancesNamed: (name) => inEveryState({ name }),
    instance: (id) => orAbsent(ask(readCall(api, id), instanceIn)),
    reclamations: async () => {
      const query = { account_id: (await login()).accountId };
      const call: Call = {
        api,
        operation: 'list reclamations',
        method: 'GET',
        path: '/v1/reclamations',
        query,
        needs: VIEWER,
      };
      return ask(call, ({ body }) => reclamationList(body, '').resources);
    },
  };
}

/** Platform API reference, "Create", "Update, lock", "Delete and reclamation". */
export function resourceControllerWrites(ask: Ask, endpoints: Endpoints): ResourceControllerWrites {
  const api = apiOf(endpoints);
  return {
    createInstance: (body) =>
      ask(
        // Never idempotent: names are not unique, and a second instance is a second bill.
        { api, operation: 'create instance', method: 'POST', path: '/v2/resource_instances', body, needs: EDITOR },
        instanceIn,
      ),
    updateInstance: (id, body) =>
      ask({ api, operation: 'update instance', method: 'PATCH', path: pathOf(id), body, needs: EDITOR }, instanceIn),
    deleteInstance: async (id) => {
      const call: Call = {
        api,
        operation: 'delete instance',
        method: 'DELETE',
        path: pathOf(id),
        query: { recursive: 'true' },
        idempotent: true,
        needs: EDITOR,
      };
      await ask(call, nothing).catch(async (error: unknown) => {
        // 404 unknown, 410 removed. 400 and 422 say "in reclamation", but also "locked" and much else: a look decides.
        if (isRefusal(error, 404, 410)) return;
        if (isRefusal(error, 400, 409, 422) && isGoing(await orAbsent(ask(readCall(api, id), instanceIn)))) return;
        throw error;
      });
    },
    endReclamation: async (id, action) =>
      ask(
        {
          api,
          operation: `${action} a deleted instance`,
          method: 'POST',
          path: `/v1/reclamations/${encodeURIComponent(id)}/actions/${action}`,
          body: {},
          needs: EDITOR,
        },
        nothing,
      ),
  };
}

function apiOf(endpoints: Endpoints): Api {
  return { name: 'Resource Controller', endpoint: endpoints.resourceController, idHeader: 'Transaction-Id' };
}

function pathOf(id: string): string {
  return `/v2/resource_instances/${encodeURIComponent(id)}`;
}

function readCall(api: Api, id: string): Call {
  return { api, operation: 'read instance', method: 'GET', path: pathOf(id), needs: VIEWER };
}

function isGoing(found: RcInstance | undefined): boolean {
  if (found === undefined || GONE_STATES.has(found.state)) return true;
  return found.last_operation?.type === 'delete' && found.last_operation.state === 'in progress';
}

/** `start` carries the filters of the first request: "When `start` is present all other filters are ignored". */
function listed(ask: Ask, api: Api, filter: Call['query'], limit: number): Promise<readonly RcInstance[]> {
  const path = '/v2/resource_instances';
  return allPages({ ...filter, limit }, idOf, (query: Call['query'] & object) =>
    ask({ api, operation: 'list instances', method: 'GET', path, query, needs: VIEWER }, ({ body }) => {
      const { resources, next_url } = instanceList(body, '');
      const start = parameterOf(next_url, 'start');
      return { items: resources, next: start === undefined ? undefined : { start, limit } };
    }),
  );
}

function idOf(instance: RcInstance): string {
  return instance.crn;
}

function instanceIn({ body }: Answer): RcInstance {
  return instance(body, '');
}

const lastOperation = object<RcLastOperation>({
  type: optional(text),
  state: optional(text),
  async: optional(flag),
  description: optional(text),
});

/** "Instance object (full)". */
const instance = object<RcInstance>({
  id: text,
  guid: text,
  crn: text,
  name: text,
  state: text,
  resource_id: text,
  resource_plan_id: text,
  resource_group_id: text,
  region_id: optional(text),
  account_id: optional(text),
  parameters: optional(map),
  created_at: optional(text),
  created_by: optional(text),
  updated_at: optional(text),
  deleted_at: optional(text),
  deleted_by: optional(text),
  scheduled_reclaim_at: optional(text),
  locked: optional(flag),
  last_operation: optional(lastOperation),
});

const instanceList = object<{ readonly resources: readonly RcInstance[]; readonly next_url?: string }>({
  resources: listOrNone(instance),
  next_url: optional(text),
});

const reclamation = object<RcReclamation>({
  id: text,
  resource_instance_id: text,
  entity_crn: optional(text),
  state: text,
  target_time: optional(text),
  created_at: optional(text),
  created_by: optional(text),
});

const reclamationList = object<{ readonly resources: readonly RcReclamation[] }>({
  resources: listOrNone(reclamation),
});

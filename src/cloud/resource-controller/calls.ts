import { given, isObject } from '../../model/json.ts';
import { type Answer, type Api, type Call, nothing, path, type Wire } from '../api.ts';
import { isRefusal, orAbsent } from '../ask.ts';
import { gathered } from '../gathered.ts';
import { once } from '../once.ts';
import { allPages, parameterOf } from '../pages.ts';
import { Misshapen } from '../shape.ts';
import {
  instance,
  instanceList,
  type OddInstance,
  type RcInstance,
  type RcInstanceCreate,
  type RcInstancePatch,
  type RcReclamation,
  reclamationList,
} from './shapes.ts';

const api: Api = {
  name: 'Resource Controller',
  idHeader: 'Transaction-Id',
  host: {
    variable: 'IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT',
    public: 'resource-controller',
    private: 'private.{us}.resource-controller',
  },
};

/** UNSURE: the largest page is not published; IBM's own tests pass 200, and 100 is the default. */
const PAGE = 100;
/**
 * Without `state` only active and provisioning ones are listed; the others need a query each ("Operations"). One that is
 * about to be provisioned stands, too: a run that ended in that moment would make a second one.
 */
const UNLISTED_STATES = ['pre_provisioning', 'failed', 'inactive', 'pending_reclamation'] as const;
const GONE_STATES = new Set(['pending_reclamation', 'pending_removal', 'removed']);

const VIEWER = 'the platform role Viewer (or more) on the instances and their resource groups';
const EDITOR = 'the platform role Editor or Administrator on the service and Viewer on the resource group';
const INSTANCES = '/v2/resource_instances';

/** Platform API reference, "Resource Controller v2". */
export const resourceController = { api, reads, writes };

function reads({ ask, accountId, learn, pageSize = PAGE }: Wire) {
  const instanceIn = instanceOf(learn);
  const odd = new Map<string, OddInstance>();
  const readRow = (row: unknown): readonly RcInstance[] => {
    try {
      return [instance(row)];
    } catch (error) {
      if (!(error instanceof Misshapen)) throw error;
      const found = oddInstance(row, error.message);
      odd.set(JSON.stringify(found), found);
      return [];
    }
  };
  /** Reads no further than one page more than `most`, which says that there is more. */
  const read = async (filter: Call['query'], most = Number.POSITIVE_INFINITY) => {
    let pages = 0;
    const rows = await allPages(
      { api: api.name, operation: 'list instances' },
      { ...filter, limit: pageSize },
      ({ crn }: RcInstance) => crn,
      (query: Call['query'] & object) =>
        ask({ operation: 'list instances', path: INSTANCES, query, needs: VIEWER }, ({ body }) => {
          const { resources, next_url } = instanceList(body);
          const start = parameterOf(next_url, 'start');
          const items = resources.flatMap(readRow);
          pages += 1;
          items.forEach(learn);
          // "When `start` is present all other filters are ignored": it carries those of the first request.
          return {
            items,
            next: start === undefined || pages > most ? undefined : { start, limit: pageSize },
          };
        }),
    );
    return { rows, pages };
  };
  const list = async (filter: Call['query']): Promise<readonly RcInstance[]> => (await read(filter)).rows;
  /** How many pages the account's standing instances take at least. */
  let pages = 1;
  /** Those of these names among others: all that stand, or a list a name, whichever is fewer requests. */
  const standing = gathered(async (names): Promise<readonly RcInstance[]> => {
    if (names.size > pages) {
      const all = await read({}, names.size);
      pages = all.pages;
      if (pages <= names.size) return all.rows;
    }
    return (await Promise.all([...names].map((name) => list({ name })))).flat();
  });
  const standingNamed = async (name: string) => (await standing(name)).filter((one) => one.name === name);
  const unlisted = once(async () => (await Promise.all(UNLISTED_STATES.map((state) => list({ state })))).flat());
  const inEveryState = async (filter: Call['query']): Promise<readonly RcInstance[]> => {
    const lists = await Promise.all([undefined, ...UNLISTED_STATES].map((state) => list({ ...filter, state })));
    return eachOnce(lists.flat());
  };
  const reclamations = async (filter: Call['query']): Promise<readonly RcReclamation[]> => {
    const query = { account_id: await accountId(), ...filter };
    const call = { operation: 'list reclamations', path: '/v1/reclamations', query, needs: VIEWER };
    return ask(call, ({ body }) => reclamationList(body).resources);
  };
  return {
    /** Instances of every service in all six states, in every group. */
    instances: once(() => inEveryState({})),
    /** Instances of one service in all six states, in every group. */
    instancesOf: once((serviceId: string) => inEveryState({ resource_id: serviceId })),
    /** Instances of exactly this name, of every service and group, active or provisioning; asked anew on each call. */
    standingNamed,
    /** The same in all six states; of those that do not stand one list is made. */
    instancesNamed: async (name: string) => {
      const [up, down] = await Promise.all([standingNamed(name), unlisted()]);
      return eachOnce([...down.filter((one) => one.name === name), ...up]);
    },
    /** Instances of one service in one state, in every group, by one list; asked anew on each call. */
    instancesInState: (serviceId: string, state: string) => list({ resource_id: serviceId, state }),
    /** Rows of the lists so far that could not be read: what is missing in those lists may be one of them. */
    oddInstances: (): readonly OddInstance[] => [...odd.values()],
    /** By GUID or CRN. Removed ones may still answer, with `state: removed`. */
    instance: (id: string) => orAbsent(ask(reading(id), instanceIn)),
    /** Of the whole account. */
    reclamations: once(() => reclamations({})),
    /** Of one instance, by its GUID; asked anew on each call. */
    reclamationOf: async (guid: string): Promise<RcReclamation | undefined> =>
      // Compared here too: a filter that a host does not know would give back every row.
      (await reclamations({ resource_instance_id: guid })).find((row) => row.resource_instance_id === guid),
  };
}

/** Platform API reference, "Create", "Update, lock", "Delete and reclamation". */
function writes({ ask, learn }: Wire) {
  const needs = EDITOR;
  const instanceIn = instanceOf(learn);
  return {
    createInstance: (body: RcInstanceCreate) =>
      // Never idempotent: names are not unique, and a second instance is a second bill.
      ask({ operation: 'create instance', method: 'POST', path: INSTANCES, body, needs }, instanceIn),
    updateInstance: (id: string, body: RcInstancePatch) =>
      ask({ operation: 'update instance', method: 'PATCH', path: pathOf(id), body, needs }, instanceIn),
    /** With `recursive=true`. Succeeds when it is gone already. */
    deleteInstance: async (id: string): Promise<void> => {
      const call: Call = {
        operation: 'delete instance',
        method: 'DELETE',
        path: pathOf(id),
        query: { recursive: 'true' },
        idempotent: true,
        needs,
      };
      await ask(call, nothing).catch(async (error: unknown) => {
        // 404 unknown, 410 removed. 400 and 422 say "in reclamation", but also "locked" and much else: a look decides.
        if (isRefusal(error, 404, 410)) return;
        if (isRefusal(error, 400, 409, 422) && isGoing(await orAbsent(ask(reading(id), instanceIn)))) return;
        throw error;
      });
    },
    /** Ends a reclamation: the instance comes back, or goes at once. By the reclamation's own id. */
    endReclamation: (id: string, action: 'restore' | 'reclaim') => {
      const call = { operation: `${action} a deleted instance`, path: path`/v1/reclamations/${id}/actions/${action}` };
      return ask({ ...call, method: 'POST', body: {}, needs }, nothing);
    },
  };
}

/** One that changed its state meanwhile may stand in two lists; the later one tells. */
function eachOnce(found: readonly RcInstance[]): readonly RcInstance[] {
  return [...new Map(found.map((one) => [one.crn, one])).values()];
}

function pathOf(id: string): string {
  return path`/v2/resource_instances/${id}`;
}

function reading(id: string): Call {
  return { operation: 'read instance', path: pathOf(id), needs: VIEWER };
}

function isGoing(found: RcInstance | undefined): boolean {
  if (found === undefined || GONE_STATES.has(found.state)) return true;
  return found.last_operation?.type === 'delete' && found.last_operation.state === 'in progress';
}

function oddInstance(row: unknown, why: string): OddInstance {
  const said = (name: string): string | undefined => {
    const value = isObject(row) ? row[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  return given({ crn: said('crn'), name: said('name'), why });
}

function instanceOf(learn: Wire['learn']): (answer: Answer) => RcInstance {
  return ({ body }) => {
    const found = instance(body);
    learn(found);
    return found;
  };
}

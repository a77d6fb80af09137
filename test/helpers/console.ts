import type { Emulator } from '../../src/emulator/start.ts';
import { isObject } from '../../src/model/json.ts';
import type { Answer, Api } from './emulator.ts';
import { account, at, list, text } from './platform.ts';

type Row = Readonly<Record<string, unknown>>;

/** What is live, as the emulator itself has it. */
export interface LiveWorld {
  readonly keys: readonly { readonly crn: string; readonly name: string; readonly state: number }[];
  /** `workers` is the parameter `worker_count`, where there is one. */
  readonly instances: readonly {
    readonly crn: string;
    readonly name: string;
    readonly state: string;
    readonly workers: unknown;
  }[];
  /** Those that stand. */
  readonly policies: readonly {
    readonly id: string;
    readonly description: string;
    /** The service that may. */
    readonly source: string;
    /** Last words of the roles, sorted. */
    readonly roles: readonly string[];
  }[];
  readonly registrations: readonly { readonly key: string; readonly resource: string }[];
}

function rows(emulator: Emulator, table: string): readonly Row[] {
  const state: unknown = emulator.state();
  const found = isObject(state) ? state[table] : undefined;
  return isObject(found) ? Object.values(found).filter(isObject) : [];
}

export function liveWorld(emulator: Emulator): LiveWorld {
  return {
    keys: rows(emulator, 'key-protect/keys').map((row) => ({
      crn: text(row, 'crn'),
      name: text(row, 'name'),
      state: Number(row['state']),
    })),
    instances: rows(emulator, 'resource-controller/instances').map((row) => ({
      crn: text(row, 'crn'),
      name: text(row, 'name'),
      state: text(row, 'state'),
      workers: at(row, 'parameters', 'worker_count'),
    })),
    policies: rows(emulator, 'policy/policies')
      .filter((row) => row['state'] === 'active')
      .map((row) => ({
        id: text(row, 'id'),
        description: String(row['description'] ?? ''),
        source: list(row, 'subject')
          .flatMap((attribute) => (at(attribute, 'key') === 'serviceName' ? [text(attribute, 'value')] : []))
          .join(),
        roles: list(row, 'roles')
          .map((role) => String(role).split(':').at(-1) ?? '')
          .sort(),
      })),
    registrations: emulator.services
      .list()
      .flatMap(({ registered, key, resource }) => (registered && key !== null ? [{ key, resource }] : [])),
  };
}

/** What somebody does at the console of IBM Cloud, behind Keystead's back. Things are called by their live names. */
export interface Console {
  destroyKey(name: string): Promise<Answer>;
  disableKey(name: string): Promise<Answer>;
  /** Takes one alias from a key. */
  unmarkKey(name: string, alias: string): Promise<Answer>;
  deleteDeployment(name: string): Promise<Answer>;
  setWorkers(name: string, count: string): Promise<Answer>;
  /** Gives an instance a tag. */
  tag(name: string, tag: string): Promise<Answer>;
  /** Takes tags from an instance. */
  untag(name: string, tag: string): Promise<Answer>;
  /** Deletes every authorization that stands. */
  deleteAuthorizations(): Promise<readonly Answer[]>;
}

export function consoleOf(emulator: Emulator, api: Api): Console {
  const key = (name: string): { readonly path: string; readonly headers: Readonly<Record<string, string>> } => {
    // Of two that bear the name, the one that is not destroyed.
    const named = liveWorld(emulator).keys.filter((row) => row.name === name);
    const { crn } = named.find(({ state }) => state !== 5) ?? named[0] ?? { crn: '' };
    const [vault = '', , id = ''] = crn.split(':').slice(7);
    return { path: `/api/v2/keys/${id}`, headers: { 'Bluemix-Instance': vault } };
  };
  const instance = (name: string): string => {
    const named = liveWorld(emulator).instances.filter((row) => row.name === name && row.state !== 'removed');
    return named.at(-1)?.crn ?? '';
  };
  const path = (name: string): string => `/v2/resource_instances/${encodeURIComponent(instance(name))}`;
  return {
    destroyKey(name) {
      const { path: url, headers } = key(name);
      return api('DELETE', `${url}?force=true`, { headers });
    },
    disableKey(name) {
      const { path: url, headers } = key(name);
      return api('POST', `${url}/actions/disable`, { headers });
    },
    unmarkKey(name, alias) {
      const { path: url, headers } = key(name);
      return api('DELETE', `${url}/aliases/${alias}`, { headers });
    },
    deleteDeployment: (name) => api('DELETE', `${path(name)}?recursive=true`),
    setWorkers: (name, count) => api('PATCH', path(name), { body: { parameters: { worker_count: count } } }),
    tag: (name, tag) =>
      api('POST', '/v3/tags/attach?tag_type=user', {
        body: { resources: [{ resource_id: instance(name) }], tag_names: [tag] },
      }),
    untag: (name, tag) =>
      api('POST', '/v3/tags/detach?tag_type=user', {
        body: { resources: [{ resource_id: instance(name) }], tag_names: [tag] },
      }),
    async deleteAuthorizations() {
      const { body } = await api('GET', `/v2/policies?account_id=${account}&type=authorization`);
      return await Promise.all(
        list(body, 'policies').map((policy) => api('DELETE', `/v2/policies/${text(policy, 'id')}`)),
      );
    },
  };
}

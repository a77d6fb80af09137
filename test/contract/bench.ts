import { randomUUID } from 'node:crypto';
import type { Answer } from '../helpers/emulator.ts';
import { at, list, text, tieredPricing } from '../helpers/platform.ts';
import type { Target } from './target.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const KEY = 'application/vnd.ibm.kms.key+json';

/** Where questions are asked: a resource group and a Key Protect instance of their own, and what was made there. */
export interface Bench {
  readonly target: Target;
  readonly group: { readonly id: string; readonly name: string };
  /** `made` is what its create answered; it was given the tag `Contract:Yes`. */
  readonly vault: { readonly guid: string; readonly crn: string; readonly made: Answer };
  /** A call of Key Protect to the instance. */
  keyProtect(
    method: string,
    path: string,
    options?: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Answer>;
  /** A root key of its own for one question. */
  createKey(more?: Readonly<Record<string, unknown>>): Promise<{ readonly id: string; readonly made: Answer }>;
  /** Asks for an authorization of Data Virtualization on the instance; what is made is taken away at the end. */
  authorize(description: string, role?: string): Promise<Answer>;
  /** Takes away whatever was made. @returns what it could not take away */
  close(): Promise<readonly string[]>;
}

/** Sets the bench up. @throws Error when the account does not let it */
export async function openBench(target: Target): Promise<Bench> {
  const name = `keystead-contract-${randomUUID().slice(0, 8)}`;
  const made = await target.ask('resourceController', 'POST', '/v2/resource_groups', {
    body: { name, account_id: target.account },
  });
  const group = { id: text(made.body, 'id'), name };
  const vault = await makeVault(target, group).catch(async (error: unknown) => {
    // Nobody would close a bench that was never there.
    await target.ask('resourceController', 'DELETE', `/v2/resource_groups/${group.id}`);
    throw error;
  });
  const keys: string[] = [];
  const policies: string[] = [];

  const keyProtect: Bench['keyProtect'] = (method, path, { body, headers = {} } = {}) =>
    target.ask('keyProtect', method, `/api/v2${path}`, {
      headers: { 'Bluemix-Instance': vault.guid, ...headers },
      ...(body === undefined ? {} : { body }),
    });

  return {
    target,
    group,
    vault,
    keyProtect,
    async createKey(more = {}) {
      const body = collection({ type: KEY, name: `key-${randomUUID().slice(0, 8)}`, extractable: false, ...more });
      const made = await keyProtect('POST', '/keys', { body });
      const id = text(made.body, 'resources', 0, 'id');
      keys.push(id);
      return { id, made };
    },
    async authorize(description, role = 'Reader') {
      const answer = await target.ask('iam', 'POST', '/v2/policies', { body: authorization(description, role) });
      if (answer.status === 201) policies.push(text(answer.body, 'id'));
      return answer;
    },
    async close() {
      const left: string[] = [];
      for (const id of policies) await gone(`policy ${id}`, target.ask('iam', 'DELETE', `/v2/policies/${id}`));
      for (const id of keys) await gone(`key ${id}`, keyProtect('DELETE', `/keys/${id}`));
      const rings = await keyProtect('GET', '/key_rings');
      for (const ring of list(rings.body, 'resources').map((row) => text(row, 'id'))) {
        if (ring !== 'default') await gone(`ring ${ring}`, keyProtect('DELETE', `/key_rings/${ring}?force=true`));
      }
      const path = `/v2/resource_instances/${encodeURIComponent(vault.crn)}`;
      await gone(vault.crn, target.ask('resourceController', 'DELETE', `${path}?recursive=true`));
      await reclaim(target, vault.guid).catch((error: unknown) => left.push(String(error)));
      const groupPath = `/v2/resource_groups/${group.id}`;
      const emptied = target.until(`the deletion of group ${name}`, HOUR_MS, async () => {
        const answer = await target.ask('resourceController', 'DELETE', groupPath);
        return answer.status === 204 ? answer : undefined;
      });
      await emptied.catch((error: unknown) => left.push(String(error)));
      return left;

      async function gone(what: string, answer: Promise<Answer>): Promise<void> {
        const { status } = await answer;
        if (![200, 201, 202, 204, 404, 410].includes(status)) left.push(`${what} (${status})`);
      }
    },
  };

  function authorization(description: string, role: string): unknown {
    const equals = (key: string, value: string) => ({ key, operator: 'stringEquals', value });
    return {
      type: 'authorization',
      description,
      subject: { attributes: [equals('serviceName', 'data-virtualization'), equals('accountId', target.account)] },
      resource: {
        attributes: [
          equals('serviceName', 'kms'),
          equals('accountId', target.account),
          equals('serviceInstance', vault.guid),
        ],
      },
      control: { grant: { roles: [{ role_id: `crn:v1:bluemix:public:iam::::serviceRole:${role}` }] } },
    };
  }
}

async function makeVault(target: Target, group: Bench['group']): Promise<Bench['vault']> {
  const made = await target.ask('resourceController', 'POST', '/v2/resource_instances', {
    body: {
      name: group.name,
      target: target.region,
      resource_group: group.id,
      resource_plan_id: tieredPricing,
      tags: ['Contract:Yes'],
    },
  });
  if (made.status >= 300) throw new Error(`the Key Protect instance was refused with ${made.status}`);
  return { guid: text(made.body, 'guid'), crn: text(made.body, 'crn'), made };
}

/** The body of Key Protect's collections. */
export function collection(...resources: readonly Readonly<Record<string, unknown>>[]): unknown {
  return { metadata: { collectionType: KEY, collectionTotal: resources.length }, resources };
}

/** Removes an instance in reclamation for good, so that its group can go. */
async function reclaim(target: Target, guid: string): Promise<void> {
  const path = `/v1/reclamations?account_id=${target.account}&resource_instance_id=${guid}`;
  const id = await target.until(`the reclamation of ${guid}`, 10 * MINUTE_MS, async () => {
    const rows = list((await target.ask('resourceController', 'GET', path)).body, 'resources');
    const row = rows.find((one) => at(one, 'resource_instance_id') === guid);
    return row === undefined ? undefined : text(row, 'id');
  });
  const answer = await target.ask('resourceController', 'POST', `/v1/reclamations/${id}/actions/reclaim`, { body: {} });
  if (answer.status !== 200) throw new Error(`the reclamation of ${guid} was answered ${answer.status}`);
}

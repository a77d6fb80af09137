import type { Answer } from '../helpers/emulator.ts';
import { at, list, text } from '../helpers/platform.ts';
import { type Bench, collection } from './bench.ts';

/** Something that no source settles. The emulator answers as `judged`; the cloud may teach us better. */
export interface Question {
  /** Reference and line of its register of unsure points. */
  readonly unsure: string;
  readonly asks: string;
  readonly judged: unknown;
  /** Plain data to compare with `judged`. */
  answer(bench: Bench): Promise<unknown>;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

const keyProtect: readonly Question[] = [
  {
    unsure: 'Key Protect 1',
    asks: 'what POST /keys answers without Prefer',
    judged: { status: 201, hasCrn: true, hasPayload: false },
    async answer({ createKey }) {
      const { status, body } = (await createKey()).made;
      const key = at(body, 'resources', 0);
      return { status, hasCrn: at(key, 'crn') !== undefined, hasPayload: at(key, 'payload') !== undefined };
    },
  },
  {
    unsure: 'Key Protect 2',
    asks: 'what DELETE of a key answers without Prefer',
    judged: { status: 204 },
    async answer({ keyProtect, createKey }) {
      const { id } = await createKey();
      return { status: (await keyProtect('DELETE', `/keys/${id}`)).status };
    },
  },
  {
    unsure: 'Key Protect 3, 4',
    asks: 'the state of a deleted key, and what an action on it answers',
    judged: { state: 5, status: 410, code: 'KEY_DELETED_ERR' },
    async answer({ keyProtect, createKey }) {
      const { id } = await createKey();
      await keyProtect('DELETE', `/keys/${id}`);
      const refused = await keyProtect('POST', `/keys/${id}/actions/disable`);
      const { body } = await keyProtect('GET', `/keys/${id}/metadata`);
      return { state: at(body, 'resources', 0, 'state'), ...reasonOf(refused) };
    },
  },
  {
    unsure: 'Key Protect 6, 8',
    asks: 'whether a generated key comes back, and in which state when it was disabled',
    judged: { status: 201, state: 1 },
    async answer({ keyProtect, createKey, target }) {
      const { id } = await createKey();
      await keyProtect('POST', `/keys/${id}/actions/disable`);
      await target.pass(31 * SECOND_MS);
      await keyProtect('DELETE', `/keys/${id}`);
      await target.pass(31 * SECOND_MS);
      const { status } = await keyProtect('POST', `/keys/${id}/restore`);
      const { body } = await keyProtect('GET', `/keys/${id}/metadata`);
      return { status, state: at(body, 'resources', 0, 'state') };
    },
  },
  {
    unsure: 'Key Protect 9',
    asks: "the form of a key policy's CRN",
    judged: { type: 'policy' },
    async answer({ keyProtect, createKey }) {
      const { id } = await createKey();
      const policy = { type: 'application/vnd.ibm.kms.policy+json', rotation: { enabled: true, interval_month: 3 } };
      const { body } = await keyProtect('PUT', `/keys/${id}/policies?policy=rotation`, { body: collection(policy) });
      return { type: text(body, 'resources', 0, 'crn').split(':')[8] };
    },
  },
  {
    unsure: 'Key Protect 11, 15',
    asks: 'whether the alias of a destroyed key stays taken',
    judged: { status: 409, code: 'KEY_ALIAS_NOT_UNIQUE_ERR' },
    async answer({ keyProtect, createKey }) {
      const alias = `contract-${Date.now()}`;
      const { id } = await createKey({ aliases: [alias] });
      await keyProtect('DELETE', `/keys/${id}`);
      const other = await createKey();
      return reasonOf(await keyProtect('POST', `/keys/${other.id}/aliases/${alias}`));
    },
  },
  {
    unsure: 'Key Protect 13, 16',
    asks: 'whether the id of a key ring takes an underscore, and what a duplicate answers',
    judged: { underscore: 400, twin: 409, unknown: 404 },
    async answer({ keyProtect }) {
      const underscore = (await keyProtect('POST', '/key_rings/with_underscore')).status;
      await keyProtect('POST', '/key_rings/contract');
      const twin = (await keyProtect('POST', '/key_rings/contract')).status;
      const unknown = (await keyProtect('DELETE', '/key_rings/nowhere')).status;
      return { underscore, twin, unknown };
    },
  },
  {
    unsure: 'Key Protect 15',
    asks: 'what a key in an unknown ring answers',
    judged: { status: 404, code: 'KEY_RING_NOT_FOUND_ERR' },
    async answer({ keyProtect }) {
      const key = { type: 'application/vnd.ibm.kms.key+json', name: 'lost', extractable: false };
      const headers = { 'X-Kms-Key-Ring': 'nowhere' };
      const answer = await keyProtect('POST', '/keys', { body: collection(key), headers });
      if (answer.status === 201) await keyProtect('DELETE', `/keys/${text(answer.body, 'resources', 0, 'id')}`);
      return reasonOf(answer);
    },
  },
  {
    unsure: 'Key Protect 19',
    asks: 'what the import token answers when there is none',
    judged: { status: 404 },
    answer: async ({ keyProtect }) => ({ status: (await keyProtect('GET', '/import_token')).status }),
  },
  {
    unsure: 'Key Protect 20',
    asks: 'whether the comma that the Go client puts behind a search is part of what is looked for',
    judged: { found: 1 },
    async answer({ keyProtect, createKey }) {
      const name = `comma-${Date.now()}`;
      await createKey({ name });
      const { body } = await keyProtect('GET', `/keys?search=${name},`);
      return { found: list(body, 'resources').length };
    },
  },
  {
    unsure: 'Key Protect 21',
    asks: 'whether HEAD counts destroyed keys',
    judged: { added: 0 },
    async answer({ keyProtect, createKey }) {
      const total = async () => Number((await keyProtect('HEAD', '/keys')).headers.get('key-total'));
      const before = await total();
      const { id } = await createKey();
      await keyProtect('DELETE', `/keys/${id}`);
      return { added: (await total()) - before };
    },
  },
];

const platform: readonly Question[] = [
  {
    unsure: 'platform 1',
    asks: 'how a stale and a missing If-Match are refused',
    judged: { stale: 409, missing: 400 },
    async answer({ authorize, target }) {
      const made = await authorize('contract 1');
      const id = text(made.body, 'id');
      const put = (headers: Readonly<Record<string, string>>) =>
        target.ask('iam', 'PUT', `/v2/policies/${id}`, { body: writable(made.body), headers });
      const answer = { stale: (await put({ 'If-Match': '1-stale' })).status, missing: (await put({})).status };
      await target.ask('iam', 'DELETE', `/v2/policies/${id}`);
      return answer;
    },
  },
  {
    unsure: 'platform 2, 3, 15',
    asks: 'whether equal attributes with other roles conflict, and what a second DELETE answers',
    judged: { twin: 409, code: 'policy_conflict_error', again: 404 },
    async answer({ authorize, target }) {
      const id = text((await authorize('contract 2')).body, 'id');
      const twin = await authorize('contract 2', 'Writer');
      const remove = () => target.ask('iam', 'DELETE', `/v2/policies/${id}`);
      await remove();
      return { twin: twin.status, code: at(twin.body, 'errors', 0, 'code'), again: (await remove()).status };
    },
  },
  {
    unsure: 'platform 14',
    asks: 'whether the description of a policy may have 300 characters, on which marks count',
    judged: { status: 201 },
    async answer({ authorize, target }) {
      const { status, body } = await authorize('x'.repeat(300));
      if (status === 201) await target.ask('iam', 'DELETE', `/v2/policies/${text(body, 'id')}`);
      return { status };
    },
  },
  {
    unsure: 'platform 4',
    asks: 'what a page answers that is one larger than the largest',
    judged: { policies: 400, instances: 200, found: 400 },
    async answer({ target }) {
      const policies = `/v2/policies?account_id=${target.account}&type=authorization&limit=101`;
      const body = { query: 'name:contract' };
      return {
        policies: (await target.ask('iam', 'GET', policies)).status,
        instances: (await target.ask('resourceController', 'GET', '/v2/resource_instances?limit=201')).status,
        found: (await target.ask('search', 'POST', '/v3/resources/search?limit=1001', { body })).status,
      };
    },
  },
  {
    unsure: 'platform 6, 11',
    asks: 'what a synchronous create answers, and whether its tags are attached within minutes',
    judged: { status: 201, tags: ['contract:yes'] },
    async answer({ target, vault }) {
      const path = `/v3/tags?attached_to=${encodeURIComponent(vault.crn)}&tag_type=user&providers=ghost`;
      const tags = await target.until('the tag', 5 * MINUTE_MS, async () => {
        const items = list((await target.ask('tagging', 'GET', path)).body, 'items').map((item) => text(item, 'name'));
        return items.length === 0 ? undefined : items;
      });
      return { status: vault.made.status, tags };
    },
  },
  {
    unsure: 'platform 12',
    asks: 'whether Search finds an instance by its CRN within minutes',
    judged: { found: true },
    async answer({ target, vault }) {
      const body = { query: `crn:"${vault.crn}"`, fields: ['crn', 'tags'] };
      return await target.until('the instance in Search', 5 * MINUTE_MS, async () => {
        const { body: page } = await target.ask('search', 'POST', '/v3/resources/search', { body });
        return list(page, 'items').length === 0 ? undefined : { found: true };
      });
    },
  },
  {
    unsure: 'platform 13',
    asks: 'what a second resource group of a name answers',
    judged: { status: 409 },
    async answer({ target, group }) {
      const body = { name: group.name, account_id: target.account };
      const twin = await target.ask('resourceController', 'POST', '/v2/resource_groups', { body });
      const path = '/v2/resource_groups';
      if (twin.status === 201) await target.ask('resourceController', 'DELETE', `${path}/${text(twin.body, 'id')}`);
      return { status: twin.status };
    },
  },
];

/**
 * Not asked, for what asking would cost or leave behind: registrations, their lingering and the services' reaction (they
 * take a deployment that is paid for); dual authorization (one identity could not take its keys away again); rate limits.
 */
export const questions: readonly Question[] = [...keyProtect, ...platform];

function reasonOf({ status, body }: Answer): { readonly status: number; readonly code: unknown } {
  return { status, code: at(body, 'resources', 0, 'reasons', 0, 'code') };
}

/** The members of a policy that a PUT takes. */
function writable(policy: unknown): unknown {
  const members = ['type', 'description', 'subject', 'resource', 'control'] as const;
  return Object.fromEntries(members.map((member) => [member, at(policy, member)]));
}

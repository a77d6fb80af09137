import { randomUUID } from 'node:crypto';
import type { Call } from '../../cloud/api.ts';
import type { RawAnswer } from '../../cloud/raw.ts';
import { KeysteadError } from '../../model/errors.ts';
import { OBJECT_STORAGE } from '../../services/object-storage.ts';
import { roleWord } from '../../services/roles.ts';
import { KEY_PROTECT, KEY_ROLE } from '../../services/table.ts';
import { POLICIES, textIn } from '../calls.ts';
import { shown } from '../context.ts';
import { asAssumed, differs, notReadable, type Probe, verdict } from '../probe.ts';
import { type Bench, until } from './bench.ts';

/** The longest description that Keystead writes: the marks of several stacks stand in it. */
const LONGEST = 300;
const AT_ONCE = { everyMs: 2_000, forMs: 60_000 };

export const policyDescription: Probe<Bench> = {
  probe: 'policy-description',
  asks: 'Does an authorization take a description of 300 characters, and keep it?',
  assumes: 'yes, as it was sent',
  otherwise: 'an authorization with the marks of several stacks cannot be written: give each stack a source of its own',
  source: 'no number is published',
  async look(bench) {
    const sent = bench.name.padEnd(LONGEST, '.');
    const made = await create(bench, { description: sent });
    if (made.status >= 300) return isDenied(made) ? denied(made) : differs(`it is refused: ${shown(made)}`);
    const kept = textIn(made.body, 'description');
    return verdict(kept === sent, kept === sent ? 'kept whole' : `kept with ${kept?.length ?? 0} characters`);
  },
};

export const policyAfterCreate: Probe<Bench> = {
  probe: 'policy-after-create',
  asks: 'When does a new authorization show, by its id and in the list?',
  assumes: 'at once',
  otherwise: 'Keystead reads for two minutes before it reports a missing authorization',
  source: 'terraform-provider-ibm, issue 4413: a 404 right after the create',
  async look(bench) {
    const made = await create(bench, {});
    if (made.status >= 300) return denied(made);
    const id = textIn(made.body, 'id') ?? '';
    const byId = await until(bench, AT_ONCE, async () => ((await read(bench, id)).status === 200 ? true : undefined));
    const inList = await until(bench, AT_ONCE, async () => ((await listed(bench)).includes(id) ? true : undefined));
    const say = (seen: typeof byId) =>
      seen === undefined ? 'not within a minute' : seen.looks === 1 ? 'at once' : `after ${seen.afterS} s`;
    return verdict(byId?.looks === 1 && inList?.looks === 1, `by its id ${say(byId)}, in the list ${say(inList)}`);
  },
};

export const policyConflict: Probe<Bench> = {
  probe: 'policy-conflict',
  asks: 'Is a second authorization with the same source and target refused if its role differs?',
  assumes: '409, as for the same role',
  otherwise: 'a second policy is created beside the first: delete one of them by hand',
  source: 'IBM\'s message says "a policy with identical attributes and roles already exists", which leaves it open',
  async look(bench) {
    const source = randomUUID();
    const first = await create(bench, { source });
    if (first.status >= 300) return denied(first);
    const same = await create(bench, { source });
    const other = await create(bench, { source, role: 'Writer' });
    const text = `the same role ${shown(same)}, another role ${shown(other)}`;
    return verdict(same.status === 409 && other.status === 409, text);
  },
};

export const policyIfMatch: Probe<Bench> = {
  probe: 'policy-if-match',
  asks: 'What does IAM answer to a replacement without If-Match, and with an outdated one?',
  assumes: '400 without it, 409 with an outdated one',
  otherwise: "a step that met another run's change ends as failed instead of stale",
  source: 'IAM Policy Management API v2, "Update a policy": If-Match is required; the statuses are not said',
  async look(bench) {
    const source = randomUUID();
    const made = await create(bench, { source });
    if (made.status >= 300) return denied(made);
    const id = textIn(made.body, 'id') ?? '';
    const body = bodyOf(bench, { source });
    const replace = (headers: Readonly<Record<string, string>>) =>
      bench.raw.ask(POLICIES, {
        ...about(id, 'replace authorization'),
        method: 'PUT',
        idempotent: true,
        headers,
        body,
      });
    const without = await replace({});
    const outdated = await replace({ 'If-Match': '1-00000000000000000000000000000000' });
    const text = `without ${shown(without)}, outdated ${shown(outdated)}`;
    return verdict(without.status === 400 && outdated.status === 409, text);
  },
};

export const policyAfterDelete: Probe<Bench> = {
  probe: 'policy-after-delete',
  asks: 'How does a deleted authorization show by its id, in the list, and to a second deletion?',
  assumes: 'by its id 404 or the state "deleted", not in the list, and 404 for a second deletion',
  otherwise: 'a deleted authorization may count as live, or its deletion be reported as failed',
  source: 'IAM Policy Management API v2, "Delete a policy"; node SDK: policies have the state "deleted"',
  async look(bench) {
    const made = await create(bench, {});
    if (made.status >= 300) return denied(made);
    const id = textIn(made.body, 'id') ?? '';
    const remove = () =>
      bench.raw.ask(POLICIES, { ...about(id, 'delete authorization'), method: 'DELETE', idempotent: true });
    const deleted = await remove();
    const byId = await read(bench, id);
    const state = textIn(byId.body, 'state');
    const again = await remove();
    const isListed = (await listed(bench)).includes(id);
    if (deleted.status < 300) bench.made.policies.delete(id);
    const said = byId.status === 200 ? `200 with the state "${state ?? 'none'}"` : shown(byId);
    const same = (byId.status === 404 || state === 'deleted') && !isListed && again.status === 404;
    const text = `deleted ${shown(deleted)}, by its id ${said}, ${isListed ? 'still' : 'not'} in the list, again ${shown(again)}`;
    return same ? asAssumed(text) : differs(text);
  },
};

interface Wish {
  /** The GUID of an instance of the source that nobody has. */
  readonly source?: string;
  readonly role?: string;
  readonly description?: string;
}

/** Its id is kept, so that it is removed. */
async function create(bench: Bench, wish: Wish): Promise<RawAnswer> {
  const call = { operation: 'create authorization', method: 'POST', path: '/v2/policies' } as const;
  const answer = await bench.raw.ask(POLICIES, { ...call, body: bodyOf(bench, wish) });
  const { description, id } = { description: textIn(answer.body, 'description'), id: textIn(answer.body, 'id') };
  if (answer.status < 300 && description?.includes(bench.name) === false) {
    // Its id would lead to somebody else's.
    bench.made.lost.add('policy');
    throw new KeysteadError('NO_BENCH', `the create of an authorization was answered with "${description}"`);
  }
  if (answer.status < 300 && id !== undefined) bench.made.policies.add(id);
  return answer;
}

/** Of an instance that does not exist: it lets nobody do anything. */
function bodyOf(
  { name, subjects, vault }: Bench,
  { source = randomUUID(), role = KEY_ROLE, description = name }: Wish,
) {
  const { account } = subjects;
  const equals = (key: string, value: string) => ({ key, operator: 'stringEquals', value });
  const role_id = `crn:v1:bluemix:public:iam::::serviceRole:${roleWord(role)}`;
  return {
    type: 'authorization',
    description,
    subject: {
      attributes: [
        equals('serviceName', OBJECT_STORAGE),
        equals('accountId', account),
        equals('serviceInstance', source),
      ],
    },
    resource: {
      attributes: [
        equals('serviceName', KEY_PROTECT),
        equals('accountId', account),
        equals('serviceInstance', vault.guid),
      ],
    },
    control: { grant: { roles: [{ role_id }] } },
  };
}

function about(id: string, operation: string): Call {
  return { operation, path: `/v2/policies/${encodeURIComponent(id)}` };
}

function read({ raw }: Bench, id: string): Promise<RawAnswer> {
  return raw.ask(POLICIES, about(id, 'read authorization'));
}

async function listed({ cloud }: Bench): Promise<readonly string[]> {
  return (await cloud().authorizations()).map(({ id }) => id);
}

function isDenied({ status }: RawAnswer): boolean {
  return status === 401 || status === 403;
}

function denied(answer: RawAnswer) {
  return notReadable(`this login may not create authorizations on Key Protect: ${shown(answer)}`);
}

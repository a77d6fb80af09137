import { describe, expect, test } from '@jest/globals';
import type { Cloud } from '../../src/cloud/reader.ts';
import type { ActionContext, ChangeJob } from '../../src/kinds/action.ts';
import { actions } from '../../src/kinds/authorization/actions.ts';
import type { LivePolicy } from '../../src/kinds/authorization/facts.ts';
import type { AuthorizationSpec } from '../../src/kinds/authorization/spec.ts';
import { Stale } from '../../src/model/errors.ts';
import type { Desired, Observed } from '../../src/model/resource.ts';
import { liveWorld } from '../helpers/console.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { account, equals } from '../helpers/platform.ts';
import { declare, reads, withInfra } from '../helpers/stacks.ts';

type Job = ChangeJob<AuthorizationSpec, LivePolicy>;

/**
 * The policy of stack `aa`, with what an action of its stack is handed. Whatever `meanwhile` does happens between the
 * action's first read of the policy and its write.
 */
async function inBetween(
  keystead: Keystead,
  meanwhile: () => Promise<unknown>,
): Promise<{ context: ActionContext; job: Job }> {
  await withInfra(keystead);
  await declare(keystead, 'aa', `authorizations:\n${reads('mine', 'roles: [Reader]')}`);
  await keystead.apply();
  await declare(keystead, 'aa', `authorizations:\n${reads('mine', 'roles: [Writer]')}`);
  const { plan, snapshot } = await keystead.plan();
  const cloud = keystead.connection().cloud();
  let reading = 0;
  const watched: Cloud = {
    ...cloud,
    async authorization(id) {
      const policy = await cloud.authorization(id);
      reading += 1;
      if (reading === 1) await meanwhile();
      return policy;
    },
  };
  const context: ActionContext = {
    cloud: watched,
    now: () => new Date(),
    secret: async () => new Uint8Array(),
    alone: (_name, work) => work(),
    hasLost: () => false,
    async persist(_wait, attempt) {
      const done = await attempt();
      if (done === undefined) throw new Error('it is still refused');
      return done;
    },
    snapshot,
    resolve: (ref) => snapshot.idOf(ref) ?? '',
    async eventually(what, read) {
      const found = await read();
      if (found === undefined) throw new Error(`no ${what}`);
      return found;
    },
  };
  const desired = plan.desired.find(({ kind }) => kind === 'authorization') as Desired<AuthorizationSpec>;
  const live = [...snapshot.live.all()].find(({ kind }) => kind === 'authorization') as Observed<LivePolicy>;
  return { context, job: { desired, live, fields: plan.changes[0]?.fields ?? [] } };
}

/** What another stack, or somebody at the console, writes: a description and roles. */
async function rewrite(
  { api, emulator }: Keystead,
  description: string,
  roles: readonly string[],
  more: object = {},
): Promise<void> {
  const [{ id } = { id: '' }] = liveWorld(emulator).policies;
  const { body, headers } = await api('GET', `/v2/policies/${id}`);
  const control = {
    grant: { roles: roles.map((role) => ({ role_id: `crn:v1:bluemix:public:iam::::serviceRole:${role}` })) },
  };
  const next = { ...(body as object), description, control, ...more };
  const answer = await api('PUT', `/v2/policies/${id}`, {
    body: next,
    headers: { 'If-Match': headers.get('etag') ?? '' },
  });
  expect(answer.status).toBe(200);
}

const policies = ({ emulator }: Keystead) =>
  liveWorld(emulator).policies.map(({ description, roles }) => `${roles.join(',')} ${description}`);

const joined = '[keystead:aa/mine] [keystead:bb/theirs]';

test('roles are never written over what was written meanwhile: the update is stale', async () => {
  await withKeystead(async (keystead) => {
    const { context, job } = await inBetween(keystead, () => rewrite(keystead, joined, ['Manager', 'Reader']));
    await expect(actions.update(context, job)).rejects.toBeInstanceOf(Stale);
    expect(policies(keystead)).toEqual([`Manager,Reader ${joined}`]);
    // Read anew, it is shared: the role is added to what is there.
    await actions.update(context, job);
    expect(policies(keystead)).toEqual([`Manager,Reader,Writer ${joined}`]);
  });
});

test('a mark is added to, and removed from, whatever was written meanwhile', async () => {
  await withKeystead(async (keystead) => {
    const { context, job } = await inBetween(keystead, () =>
      rewrite(keystead, 'Why [keystead:bb/theirs]', ['Manager']),
    );
    await rewrite(keystead, '', ['Reader']);
    await actions.adopt(context, job);
    expect(policies(keystead)).toEqual(['Manager Why [keystead:bb/theirs] [keystead:aa/mine]']);
  });
  await withKeystead(async (keystead) => {
    const { context, job } = await inBetween(keystead, () => rewrite(keystead, `Why ${joined}`, ['Manager']));
    await actions.forget(context, job);
    expect(policies(keystead)).toEqual(['Manager Why [keystead:bb/theirs]']);
  });
});

test('a policy that somebody joined since it was planned is not deleted', async () => {
  await withKeystead(async (keystead) => {
    const { context, job } = await inBetween(keystead, async () => undefined);
    await rewrite(keystead, joined, ['Reader']);
    await expect(actions.delete(context, job)).rejects.toBeInstanceOf(Stale);
    expect(policies(keystead)).toEqual([`Reader ${joined}`]);
  });
});

describe('a policy that allows something else than what was judged is left as it is', () => {
  const vaults = [equals('serviceName', 'kms'), equals('accountId', account)];
  const target = (attribute: object) => ({ resource: { attributes: [...vaults, attribute] } });
  const odd = target({ key: 'keyRing', operator: 'stringMatch', value: 'x*' });
  test.each<[string, string, readonly string[], object]>([
    ['deleted, with other roles', 'state: absent, roles: [Reader]', ['Manager'], {}],
    ['deleted, about something else', 'state: absent, roles: [Reader]', ['Reader'], target(equals('region', 'eu-de'))],
    ['deleted, no longer understood', 'state: absent, roles: [Reader]', ['Reader'], odd],
    ['changed, no longer understood', 'roles: [Writer]', ['Reader'], odd],
    ['changed, about something else', 'roles: [Writer]', ['Reader'], target(equals('region', 'eu-de'))],
    ['forgotten, no longer understood', 'state: forgotten, roles: [Reader]', ['Reader'], odd],
  ])('%s', async (_title, next, roles, more) => {
    await withKeystead(async (keystead) => {
      await withInfra(keystead);
      await declare(keystead, 'aa', `authorizations:\n${reads('mine', 'roles: [Reader]')}`);
      await keystead.apply();
      keystead.emulator.clock.advance(301_000);
      await declare(keystead, 'aa', `authorizations:\n${reads('mine', next)}`);
      const between = () => rewrite(keystead, 'Theirs [keystead:aa/mine]', roles, more);
      const { outcomes } = await keystead.apply({ between });
      expect(outcomes.map(({ is }) => is)).toEqual(['stale']);
      expect(policies(keystead)).toEqual([`${roles.join()} Theirs [keystead:aa/mine]`]);
    });
  });
});

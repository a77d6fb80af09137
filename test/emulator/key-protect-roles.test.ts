import { describe, expect, test } from '@jest/globals';
import type { GivenIdentity } from '../../src/emulator/core/account/add-identity.ts';
import { tokenOf, withEmulator } from '../helpers/emulator.ts';
import { at, createVault, text } from '../helpers/platform.ts';
import { enveloped, first, idOf, idsOf, refusal, type Vault, withVault } from '../helpers/vault.ts';

const day = 24 * 3600_000;
const unauthorized = [401, 'UNAUTHORIZED_ERR'];
const root = enveloped('key', { type: 'application/vnd.ibm.kms.key+json', name: 'root', extractable: false });
const policy = (of: object): unknown => enveloped('policy', { type: 'application/vnd.ibm.kms.policy+json', ...of });

/** One identity, named and logging in by its role. */
const oneOf = (role: string): GivenIdentity => ({ name: role, apiKey: role, access: [{ roles: [role] }] });

const act = (kp: Vault['kp'], id: string, action: string): ReturnType<Vault['kp']> =>
  kp('POST', `/keys/${id}/actions/${action}`);

describe('roles', () => {
  const roles = ['Reader', 'ReaderPlus', 'Writer', 'Manager', 'KeyPurge'] as const;

  // Source: Key Protect reference, "IAM": the least role; each contains the ones before it, and KeyPurge stands alone.
  test.each<readonly [string, string, (typeof roles)[number], unknown?]>([
    ['GET', '/keys/ID/metadata', 'Reader'],
    ['GET', '/keys/ID/versions', 'Reader'],
    ['GET', '/keys/ID/registrations', 'Reader'],
    ['POST', '/keys/ID/actions/wrap', 'Reader'],
    ['POST', '/keys/ID/actions/unwrap', 'Reader'],
    ['POST', '/keys/ID/actions/rewrap', 'Reader'],
    ['POST', '/keys/ID?action=wrap', 'Reader'],
    ['GET', '/key_rings', 'Reader'],
    ['GET', '/keys/ID', 'ReaderPlus'],
    ['POST', '/keys', 'Writer', root],
    ['POST', '/keys/ID/actions/rotate', 'Writer'],
    ['POST', '/keys/ID/actions/setKeyForDeletion', 'Writer'],
    ['POST', '/keys/ID/actions/unsetKeyForDeletion', 'Writer'],
    ['POST', '/keys/ID/actions/sync', 'Writer'],
    ['POST', '/keys/ID/aliases/fresh', 'Writer'],
    ['DELETE', '/keys/ID/aliases/fresh', 'Writer'],
    ['POST', '/key_rings/fresh', 'Writer'],
    ['POST', '/import_token', 'Writer'],
    ['GET', '/import_token', 'Writer'],
    ['POST', '/keys_with_policy_overrides', 'Manager', root],
    ['GET', '/keys/ID/policies', 'Manager'],
    ['PUT', '/keys/ID/policies', 'Manager', policy({ rotation: { interval_month: 1 } })],
    ['GET', '/instance/policies', 'Manager'],
    ['PUT', '/instance/policies', 'Manager'],
    ['PATCH', '/keys/ID', 'Manager', { keyRingID: 'default' }],
    ['DELETE', '/key_rings/fresh', 'Manager'],
    ['POST', '/keys/ID/actions/disable', 'Manager'],
    ['POST', '/keys/ID/actions/enable', 'Manager'],
    ['POST', '/keys/ID/restore', 'Manager'],
    ['DELETE', '/keys/ID', 'Manager'],
    ['DELETE', '/keys/ID/purge', 'KeyPurge'],
  ])('%s %s needs %s', async (method, path, least, ...body) => {
    await withVault(async ({ emulator, create, as }) => {
      const id = idOf(await create());
      for (const role of roles) emulator.identities.add(oneOf(role));
      const refused: string[] = [];
      for (const role of roles) {
        const answer = await as(role)(method, path.replace('ID', id), { body: body[0] });
        if (answer.status === 401) refused.push(role);
      }
      const chain = roles.slice(0, 4);
      const expected = least === 'KeyPurge' ? chain : [...chain.slice(0, chain.indexOf(least)), 'KeyPurge'];
      expect(refused).toEqual(expected);
    });
  });

  test('of one instance count nothing in another, and none at all is 401 for everything', async () => {
    await withVault(async ({ emulator, api, guid, create, as }) => {
      const id = idOf(await create());
      const other = await createVault(api, 'other');
      emulator.identities.add({ name: 'here', apiKey: 'here', access: [{ instance: guid, roles: ['Manager'] }] });
      emulator.identities.add({ name: 'there', apiKey: 'there', access: [{ instance: 'other', roles: ['Manager'] }] });
      emulator.identities.add({ name: 'nobody', apiKey: 'nobody', access: [] });
      expect((await as('here')('GET', `/keys/${id}`)).status).toBe(200);
      const elsewhere = { 'Bluemix-Instance': other.guid };
      expect((await as('there')('GET', '/keys', { headers: elsewhere })).status).toBe(200);
      const refused = [
        await as('here')('GET', '/keys', { headers: elsewhere }),
        await as('there')('GET', `/keys/${id}`),
        await as('nobody')('GET', '/keys'),
        await as('nobody')('GET', '/instance/policies'),
      ];
      for (const answer of refused) expect(refusal(answer)).toEqual(unauthorized);
      expect(at(first(refused[0] ?? { status: 0, body: {}, headers: new Headers() }), 'errorMsg')).toBe(
        'Unauthorized: Keys could not be retrieved: Please see `reasons` for more details (UNAUTHORIZED_ERR)',
      );
    });
  });

  test('of one ring or key hide the others from lists and counts, and say nothing of the instance', async () => {
    await withVault(async ({ emulator, kp, create, as }) => {
      await kp('POST', '/key_rings/lake');
      const inside = await create({}, { 'X-Kms-Key-Ring': 'lake' });
      const outside = await create();
      const resource = 'crn:v1:bluemix:public:cloud-object-storage:global:a/0:1:bucket:b';
      for (const made of [inside, outside]) emulator.services.register({ key: text(first(made), 'crn'), resource });
      emulator.identities.add({ name: 'ring', apiKey: 'ring', access: [{ ring: 'lake', roles: ['Manager'] }] });
      emulator.identities.add({ name: 'key', apiKey: 'key', access: [{ key: idOf(outside), roles: ['Reader'] }] });
      for (const [who, seen] of [
        ['ring', inside],
        ['key', outside],
      ] as const) {
        expect(idsOf(await as(who)('GET', '/keys'))).toEqual([idOf(seen)]);
        expect((await as(who)('HEAD', '/keys')).headers.get('key-total')).toBe('1');
        const registered = await as(who)('GET', '/keys/registrations?totalCount=true');
        expect(at(registered.body, 'metadata', 'totalCount')).toBe(1);
        expect(at(first(registered), 'keyId')).toBe(idOf(seen));
      }
      const headers = { 'X-Kms-Key-Ring': 'lake' };
      expect((await as('ring')('POST', '/keys', { body: root, headers })).status).toBe(201);
      const move = { keyRingID: 'default' };
      for (const answer of [
        await as('ring')('POST', '/keys', { body: root }),
        await as('ring')('PATCH', `/keys/${idOf(inside)}`, { body: move }),
        await as('ring')('GET', `/keys/${idOf(outside)}`),
        await as('ring')('GET', '/key_rings'),
        await as('ring')('GET', '/import_token'),
        await as('key')('GET', `/keys/${idOf(inside)}/metadata`),
        await as('key')('DELETE', `/keys/${idOf(outside)}`),
      ]) {
        expect(refusal(answer)).toEqual(unauthorized);
      }
    });
  });
});

describe('dual authorization by two identities', () => {
  test('the one sets, another deletes, within seven days', async () => {
    await withVault(async ({ emulator, kp, create, as }) => {
      emulator.identities.add(oneOf('Writer'));
      emulator.identities.add(oneOf('Manager'));
      const make = async (): Promise<string> => {
        const id = idOf(await create());
        await kp('PUT', `/keys/${id}/policies`, { body: policy({ dualAuthDelete: { enabled: true } }) });
        return id;
      };
      const notMet = [409, 'AUTHORIZATIONS_NOT_MET'];
      const id = await make();
      expect(refusal(await as('Manager')('DELETE', `/keys/${id}`))).toEqual(notMet);
      expect((await act(as('Writer'), id, 'setKeyForDeletion')).status).toBe(204);
      expect(refusal(await as('Writer')('DELETE', `/keys/${id}`))).toEqual(unauthorized);
      const gone = await as('Manager')('DELETE', `/keys/${id}`, { headers: { Prefer: 'return=representation' } });
      const manager = emulator.identities.list().find(({ name }) => name === 'Manager');
      expect([gone.status, first(gone)]).toMatchObject([200, { state: 5, deletedBy: manager?.iamId }]);
      expect(emulator.events().at(-1)).toMatchObject({ action: 'kms.secrets.delete', initiator: manager?.iamId });

      const own = await make();
      await act(as('Manager'), own, 'setKeyForDeletion');
      expect(refusal(await as('Manager')('DELETE', `/keys/${own}`))).toEqual(notMet);
      expect((await kp('DELETE', `/keys/${own}`)).status).toBe(204);

      const late = await make();
      await act(as('Writer'), late, 'setKeyForDeletion');
      emulator.clock.advance(7 * day);
      expect(refusal(await as('Manager')('DELETE', `/keys/${late}`))).toEqual(notMet);
      await act(as('Writer'), late, 'setKeyForDeletion');
      await act(kp, late, 'unsetKeyForDeletion');
      expect(refusal(await as('Manager')('DELETE', `/keys/${late}`))).toEqual(notMet);
    });
  });
});

describe('identities', () => {
  test('log in with their own API key as a service ID or a user, and each is named in what it made', async () => {
    await withVault(async ({ emulator, as }) => {
      emulator.identities.add(oneOf('Writer'));
      emulator.identities.add({ name: 'Ada Lovelace', apiKey: 'ada', kind: 'user' });
      const [, writer, ada] = emulator.identities.list();
      expect(writer?.iamId).toMatch(/^iam-ServiceId-[0-9a-f-]{36}$/);
      expect(ada?.iamId).toMatch(/^IBMid-\d+$/);
      const made = await as('Writer')('POST', '/keys', { body: root });
      expect(at(first(made), 'createdBy')).toBe(writer?.iamId);
      expect((await as('ada')('DELETE', `/keys/${idOf(made)}`)).status).toBe(204);
      const login = async (apikey: string): Promise<unknown> => {
        const body = new URLSearchParams({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey });
        const token: unknown = await (await fetch(`${emulator.url}/identity/token`, { method: 'POST', body })).json();
        return JSON.parse(Buffer.from(text(token, 'access_token').split('.')[1] ?? '', 'base64url').toString());
      };
      const id = writer?.iamId.replace('iam-', '');
      expect(await login('Writer')).toMatchObject({
        iam_id: writer?.iamId,
        id: writer?.iamId,
        realmid: 'iam',
        sub: id,
        sub_type: 'ServiceId',
      });
      expect(await login('ada')).toMatchObject({ realmid: 'IBMid', given_name: 'Ada', family_name: 'Lovelace' });
    });
  });

  test('are there from the start and after a reset, and outlive a restart by their name', async () => {
    await withEmulator(
      async ({ emulator }) => {
        const names = (): readonly string[] => emulator.identities.list().map(({ name }) => name);
        expect(names()).toEqual(['Keystead Developer', 'Writer']);
        emulator.identities.add(oneOf('Reader'));
        emulator.reset();
        expect(names()).toEqual(['Keystead Developer', 'Writer']);
        const before = emulator.identities.list();
        emulator.identities.add({ ...oneOf('Writer'), access: [] });
        expect(emulator.identities.list()).toMatchObject([{}, { iamId: before[1]?.iamId, access: [] }]);
        emulator.identities.clear();
        expect(names()).toEqual(['Keystead Developer']);
      },
      { identities: [oneOf('Writer')] },
    );
  });

  test('are added, listed and removed by control calls, which never show an API key', async () => {
    await withVault(async ({ emulator, api, as }) => {
      const added = await api('POST', '/_emulator/identities', {
        body: [{ ...oneOf('Reader'), apiKey: 'hidden-key' }],
      });
      expect([added.status, added.body]).toMatchObject([
        200,
        { identities: [{ access: 'all' }, { kind: 'serviceId', name: 'Reader', access: [{ roles: ['Reader'] }] }] },
      ]);
      const shown = await api('GET', '/_emulator/identities');
      expect(shown.body).toEqual(added.body);
      expect(JSON.stringify([shown.body, emulator.state()])).not.toContain('hidden-key');
      expect((await as('hidden-key')('GET', '/keys')).status).toBe(200);
      expect((await api('DELETE', '/_emulator/identities')).status).toBe(204);
      await expect(tokenOf(emulator.url, 'hidden-key')).rejects.toThrow('BXNIM0415E');
    });
  });

  test.each([
    [{}, '"name" must be a text'],
    [{ name: 'a', apiKey: '' }, '"apiKey" of a must be a text'],
    [{ name: 'a', apiKey: 'keystead-emulator' }, 'The API key of a is that of Keystead Developer.'],
    [{ name: 'Keystead Developer', apiKey: 'x' }, 'The name Keystead Developer is taken.'],
    [{ name: 'a', apiKey: 'x', kind: 'robot' }, '"kind" of a must be user or serviceId'],
    [{ name: 'a', apiKey: 'x', roles: [] }, 'an identity has no member "roles"'],
    [{ name: 'a', apiKey: 'x', access: [{ roles: ['Admin'] }] }, '"roles" must be some of Reader'],
    [{ name: 'a', apiKey: 'x', access: [{ region: 'x', roles: ['Reader'] }] }, 'an access has no member "region"'],
  ])('are refused in one sentence when they are %j', async (body, message) => {
    await withVault(async ({ emulator, api }) => {
      const answer = await api('POST', '/_emulator/identities', { body: [oneOf('Reader'), body] });
      expect([answer.status, text(answer.body, 'errors', 0, 'message')]).toEqual([
        400,
        expect.stringContaining(message),
      ]);
      expect(emulator.identities.list()).toHaveLength(1);
    });
  });
});

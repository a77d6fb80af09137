import { expect, test } from '@jest/globals';
import { type Api, withEmulator } from '../helpers/emulator.ts';
import { account, at, list, text } from '../helpers/platform.ts';

// What IBM's own clients and their integration suites expect of IAM, each request as the client sends it.

test("IBM's Go client for Key Protect logs in at /oidc/token, its built-in address", async () => {
  await withEmulator(async ({ emulator }) => {
    const body = new URLSearchParams({
      grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
      apikey: 'keystead-emulator',
    });
    const answer = await fetch(`${emulator.url}/oidc/token`, { method: 'POST', body });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
  });
});

test("IBM's identity suite asks for history and activity, and finds both", async () => {
  await withEmulator(async ({ api, emulator }) => {
    const body = { name: 'GoSDK', account_id: account, apikey: { name: 'GoSDK key', apikey: 'clients-own-value' } };
    const made = (await api('POST', '/v1/serviceids', { body })).body;
    const paths = [`/v1/serviceids/${text(made, 'id')}`, `/v1/apikeys/${text(made, 'apikey', 'id')}`];
    const asked = async (path: string): Promise<unknown> =>
      (await api('GET', `${path}?include_history=true&include_activity=true`)).body;
    for (const path of paths) {
      expect(await asked(path)).toMatchObject({
        history: [{ iam_id: 'IBMid-3100000001', iam_id_account: account, timestamp: expect.any(String), params: [] }],
        activity: { authn_count: 0 },
      });
      const plain = (await api('GET', path)).body;
      expect([at(plain, 'history'), at(plain, 'activity')]).toEqual([undefined, undefined]);
    }
    const login = { grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey: 'clients-own-value' };
    await fetch(`${emulator.url}/identity/token`, { method: 'POST', body: new URLSearchParams(login) });
    await api('POST', `${paths[1]}/disable`);
    for (const path of paths) {
      expect(await asked(path)).toMatchObject({ activity: { authn_count: 1, last_authn: expect.any(String) } });
    }
    expect(list(await asked(String(paths[1])), 'history')).toHaveLength(2);
  });
});

test("IBM's identity suite gets 400 for a body that is wrong where the profile does not exist either", async () => {
  await withEmulator(async ({ api }) => {
    const conditions = [{ claim: 'blueGroups', operator: 'EQUALS', value: '"Europe_Group"' }];
    const rule = { type: '', realm_name: '', expiration: 0, conditions };
    const link = {
      name: 'dummy',
      cr_type: 'dummy',
      link: { crn: 'crn:v1:x', namespace: 'default', name: 'nice name' },
    };
    const match = { headers: { 'If-Match': 'dummy' } };
    const sent: readonly (readonly [Parameters<Api>, Parameters<Api>])[] = [
      [
        ['PUT', '/v1/profiles/InvalidID/rules/InvalidID', { body: rule, ...match }],
        [
          'PUT',
          '/v1/profiles/InvalidID/rules/InvalidID',
          { body: { conditions, type: 'Profile-SAML', realm_name: 'x' }, ...match },
        ],
      ],
      [
        ['POST', '/v1/profiles/invalidId/links', { body: link }],
        ['POST', '/v1/profiles/invalidId/links', { body: { ...link, cr_type: 'IKS_SA' } }],
      ],
    ];
    for (const [wrong, valid] of sent) {
      expect((await api(...wrong)).status).toBe(400);
      expect((await api(...valid)).status).toBe(404);
    }
  });
});

test("IBM's Terraform modules ask for the account's settings, whose id is the account's", async () => {
  await withEmulator(async ({ api }) => {
    const answer = await api('GET', `/v1/accounts/${account}/settings/identity`);
    expect(answer).toMatchObject({ status: 200, body: { account_id: account, mfa: 'NONE', user_mfa: [] } });
    expect(answer.headers.get('etag')).toBe(text(answer.body, 'entity_tag'));
    expect((await api('GET', '/v1/accounts/ffffffffffffffffffffffffffffffff/settings/identity')).status).toBe(404);
  });
});

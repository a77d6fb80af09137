import { describe, expect, test } from '@jest/globals';
import type { Api } from '../helpers/emulator.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { at, createInstance, createVault, list, text } from '../helpers/platform.ts';

/** The attach and detach of one resource. */
async function tag(
  api: Api,
  verb: 'attach' | 'detach',
  crn: string,
  tags: readonly string[],
  query = '',
): Promise<unknown> {
  const body = { resources: [{ resource_id: crn }], tag_names: tags };
  const answer = await api('POST', `/v3/tags/${verb}?tag_type=user${query}`, { body });
  expect(answer.status).toBe(200);
  return at(answer.body, 'results', 0);
}

async function tagsOf(api: Api, crn: string): Promise<readonly unknown[]> {
  const { body } = await api('GET', `/v3/tags?attached_to=${encodeURIComponent(crn)}&providers=ghost&tag_type=user`);
  return list(body, 'items').map((item) => at(item, 'name'));
}

async function found(api: Api, query: string, options = ''): Promise<readonly unknown[]> {
  const answer = await api('POST', `/v3/resources/search?limit=100${options}`, { body: { query, fields: ['name'] } });
  expect(answer).toMatchObject({ status: 200 });
  return list(answer.body, 'items').map((item) => at(item, 'name'));
}

describe('tagging', () => {
  test('attaching and detaching can be repeated; tags are stored in lower case', async () => {
    await withEmulator(async ({ api }) => {
      const { crn } = await createVault(api);
      for (const _twice of [1, 2]) {
        expect(await tag(api, 'attach', crn, ['Keystead:Prod.Vault', 'team:a'])).toEqual({
          resource_id: crn,
          is_error: false,
        });
      }
      expect(await tagsOf(api, crn)).toEqual(['keystead:prod.vault', 'team:a']);
      for (const _twice of [1, 2]) {
        expect(await tag(api, 'detach', crn, ['KEYSTEAD:prod.vault'])).toEqual({ resource_id: crn, is_error: false });
      }
      expect(await tagsOf(api, crn)).toEqual(['team:a']);
    });
  });

  test('replace sets the whole set, update drops other tags of the same key', async () => {
    await withEmulator(async ({ api }) => {
      const { crn } = await createVault(api);
      await tag(api, 'attach', crn, ['env:dev', 'team:a', 'plain']);
      await tag(api, 'attach', crn, ['env:prod'], '&update=true');
      expect(await tagsOf(api, crn)).toEqual(['env:prod', 'plain', 'team:a']);
      await tag(api, 'attach', crn, ['only'], '&replace=true');
      expect(await tagsOf(api, crn)).toEqual(['only']);
    });
  });

  test('a resource that is not there is an error inside a 200; a malformed request or tag is 400', async () => {
    await withEmulator(async ({ api }) => {
      const { crn } = await createVault(api);
      const stranger = 'crn:v1:bluemix:public:kms:us-south:a/0123456789abcdef0123456789abcdef:none::';
      const body = { resources: [{ resource_id: stranger }, { resource_id: crn }], tag_name: 'a' };
      const mixed = await api('POST', '/v3/tags/attach', { body });
      expect(mixed).toMatchObject({
        status: 200,
        body: { results: [{ resource_id: stranger, is_error: true }, { is_error: false }] },
      });
      const resources = [{ resource_id: crn }];
      for (const wrong of [
        { tag_names: ['a'] },
        { resources },
        { resources, tag_names: ['a/b'] },
        { resources, tag_names: ['x'.repeat(129)] },
      ]) {
        expect((await api('POST', '/v3/tags/attach', { body: wrong })).status).toBe(400);
      }
      expect(await tagsOf(api, crn)).toEqual(['a']);
    });
  });

  test('a user tag goes with its last resource: deleting it is an error both while it is attached and after', async () => {
    await withEmulator(async ({ api }) => {
      const { crn } = await createVault(api);
      await tag(api, 'attach', crn, ['a:b']);
      const result = { results: [{ provider: 'ghost', is_error: true }] };
      expect(await api('DELETE', '/v3/tags/a%3Ab?tag_type=user')).toMatchObject({ status: 200, body: result });
      expect(await tagsOf(api, crn)).toEqual(['a:b']);
      await tag(api, 'detach', crn, ['a:b']);
      expect((await api('DELETE', '/v3/tags/a%3Ab?tag_type=user')).body).toMatchObject(result);
      expect((await api('DELETE', '/v3/tags?tag_type=user')).body).toEqual({
        total_count: 0,
        errors: false,
        items: [],
      });
    });
  });

  test('requests keep the names that clients give them, if they can be such', async () => {
    await withEmulator(async ({ api }) => {
      const headers = { 'x-request-id': 'request-0001', 'x-correlation-id': 'no/good' };
      const answer = await api('GET', '/v3/tags', { headers });
      expect(answer.headers.get('x-request-id')).toBe('request-0001');
      expect(answer.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    });
  });

  test('all tags of the account are listed in pages', async () => {
    await withEmulator(async ({ api }) => {
      const { crn } = await createVault(api);
      await tag(api, 'attach', crn, ['c', 'a', 'b']);
      expect((await api('GET', '/v3/tags?limit=2&offset=1')).body).toEqual({
        total_count: 3,
        offset: 1,
        limit: 2,
        items: [{ name: 'b' }, { name: 'c' }],
      });
      expect((await api('GET', '/v3/tags?limit=1001')).status).toBe(400);
    });
  });
});

describe('search', () => {
  test('shows an instance and the tags of its create, with arrays for tags even when they are empty', async () => {
    await withEmulator(async ({ api }) => {
      const { body } = await createInstance(api, { tags: ['Keystead:prod.lakehouse'] });
      const crn = text(body, 'crn');
      const fields = ['access_tags', 'tags', 'service_tags'];
      const answer = await api('POST', '/v3/resources/search', { body: { query: `crn:"${crn}"`, fields } });
      expect(answer.body).toMatchObject({
        limit: 10,
        items: [{ crn, tags: ['keystead:prod.lakehouse'], service_tags: [], access_tags: [] }],
        search_cursor: expect.any(String),
      });
      const plain = await api('POST', '/v3/resources/search', { body: {} });
      expect(Object.keys(Object(list(plain.body, 'items')[0])).sort()).toEqual([
        'account_id',
        'crn',
        'family',
        'name',
        'type',
      ]);
    });
  });

  test('lags behind instances and tags, each change by itself', async () => {
    await withEmulator(async ({ api, emulator }) => {
      emulator.settings.change({ searchLagMs: 60_000 });
      const { crn } = await createVault(api);
      expect(await found(api, 'service_name:kms')).toEqual([]);
      emulator.clock.advance(40_000);
      await tag(api, 'attach', crn, ['late']);
      emulator.clock.advance(20_000);
      expect(await found(api, 'service_name:kms')).toEqual(['vault']);
      expect(await found(api, 'tags:late')).toEqual([]);
      emulator.clock.advance(40_000);
      expect(await found(api, 'tags:late')).toEqual(['vault']);
    });
  });

  test('hides what is in reclamation unless asked, and forgets what is removed, with its tags', async () => {
    await withEmulator(async ({ api }) => {
      const crn = text((await createInstance(api, { tags: ['a:b'] })).body, 'crn');
      await api('GET', `/v2/resource_instances/${encodeURIComponent(crn)}`);
      await api('DELETE', `/v2/resource_instances/${encodeURIComponent(crn)}`);
      expect(await found(api, 'tags:"a:b"')).toEqual([]);
      expect(await found(api, 'tags:"a:b"', '&is_reclaimed=any')).toEqual(['lakehouse']);
      expect(await found(api, 'tags:"a:b"', '&is_reclaimed=true')).toEqual(['lakehouse']);
      const id = text((await api('GET', '/v1/reclamations')).body, 'resources', 0, 'id');
      await api('POST', `/v1/reclamations/${id}/actions/reclaim`);
      expect(await found(api, '*', '&is_reclaimed=any')).toEqual([]);
      expect(list((await api('GET', '/v3/tags')).body, 'items')).toEqual([]);
    });
  });

  test('pages by cursor alone, and ends with a page that is not full', async () => {
    await withEmulator(async ({ api }) => {
      for (const name of ['a', 'b', 'c', 'd']) await createVault(api, name);
      const pages = [];
      let body: Readonly<Record<string, unknown>> = { query: 'service_name:kms', fields: ['name'] };
      for (const _page of [1, 2, 3]) {
        const answer = await api('POST', '/v3/resources/search?limit=2', { body });
        pages.push(list(answer.body, 'items').map((item) => at(item, 'name')));
        body = { search_cursor: text(answer.body, 'search_cursor') };
      }
      expect(pages).toEqual([['a', 'b'], ['c', 'd'], []]);
    });
  });

  test('understands its part of Lucene, and refuses the rest with 400', async () => {
    await withEmulator(async ({ api }) => {
      await createVault(api, 'vault-one');
      await createVault(api, 'vault-two');
      await createInstance(api, { name: 'lake', tags: ['team:a'] });
      for (const [query, expected] of [
        ['*', ['vault-one', 'vault-two', 'lake']],
        ['name:vault-*', ['vault-one', 'vault-two']],
        ['name:vault-?ne', ['vault-one']],
        ['NAME:vault-one', []],
        ['name:VAULT-ONE', ['vault-one']],
        ['name:"vault-*"', []],
        ['name:(vault-one OR lake)', ['vault-one', 'lake']],
        ['service_name:kms AND NOT name:vault-one', ['vault-two']],
        ['service_name:kms NOT name:vault-one', ['vault-two']],
        ['name:lake OR service_name:kms AND name:vault-two', ['vault-two', 'lake']],
        ['(name:lake OR service_name:kms) AND name:vault-two', ['vault-two']],
        ['tags:"team:a" && family:resource_controller', ['lake']],
        ['tags:team\\:a', ['lake']],
        ['tags:*', ['lake']],
        ['doc.state:active AND region:us-south', ['vault-one', 'vault-two', 'lake']],
        ['lake', ['lake']],
        ['nothing:lake', []],
      ] as const) {
        expect({ query, found: await found(api, query) }).toEqual({ query, found: expected });
      }
      for (const query of [
        'name:',
        'tags:team:a',
        '(name:a',
        'name:a)',
        'name:"a',
        'a b',
        'AND',
        'name:[a TO b]',
        'name:a~',
        'name:/a/',
        'a OR',
        'x'.repeat(40_000),
        `${'('.repeat(2_000)}a${')'.repeat(2_000)}`,
        `${'NOT '.repeat(2_000)}a`,
      ]) {
        const { status } = await api('POST', '/v3/resources/search', { body: { query } });
        expect({ query, status }).toEqual({ query, status: 400 });
      }
    });
  });
});

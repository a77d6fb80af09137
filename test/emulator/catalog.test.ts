import { describe, expect, test } from '@jest/globals';
import { withEmulator } from '../helpers/emulator.ts';
import { account, at, list, text, tieredPricing } from '../helpers/platform.ts';

/** As an SDK reads it: without a token. */
async function anonymously(url: string, path: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${url}${path}`);
  return { status: response.status, body: await response.json() };
}

describe('the catalog', () => {
  test('leads without a token from a service by its name to the plan and to the deployment that a create takes as target', async () => {
    await withEmulator(async ({ emulator }) => {
      const services = await anonymously(emulator.url, '/api/v1/?include=%2A&q=kms');
      const kms = list(services.body, 'resources').find((entry) => at(entry, 'name') === 'kms');
      expect(kms).toMatchObject({
        kind: 'service',
        disabled: false,
        tags: expect.any(Array),
        images: expect.any(Object),
        provider: { name: 'IBM' },
        overview_ui: { en: { display_name: 'Key Protect' } },
        metadata: { service: { provisionable: true, rc_provisionable: true } },
      });
      const plans = await anonymously(emulator.url, `/api/v1/${text(kms, 'id')}/plan`);
      expect(list(plans.body, 'resources')).toMatchObject([
        { id: tieredPricing, name: 'tiered-pricing', kind: 'plan' },
        { name: 'cross-region-resiliency', kind: 'plan' },
        { name: 'dedicated', kind: 'plan' },
      ]);
      const path = `/api/v1/${tieredPricing}/deployment?include=%2A`;
      const deployments = list((await anonymously(emulator.url, path)).body, 'resources');
      expect(deployments.find((entry) => at(entry, 'metadata', 'deployment', 'location') === 'us-south')).toMatchObject(
        {
          catalog_crn: `crn:v1:bluemix:public:globalcatalog::::deployment:${tieredPricing}%3Aus-south`,
          metadata: { rc_compatible: true, deployment: { target_crn: '' } },
        },
      );
    });
  });

  test('answers by id whatever the kind, 404 for an unknown or an empty id', async () => {
    await withEmulator(async ({ emulator }) => {
      const ids = [
        'data-virtualization',
        'data-virtualization-lite',
        `${encodeURIComponent('data-virtualization-lite:eu-de')}`,
      ];
      const kinds = [];
      for (const id of ids) kinds.push(at((await anonymously(emulator.url, `/api/v1/${id}`)).body, 'kind'));
      expect(kinds).toEqual(['service', 'plan', 'deployment']);
      expect((await anonymously(emulator.url, '/api/v1/nothing')).status).toBe(404);
      expect((await anonymously(emulator.url, '/api/v1/nothing/plan')).status).toBe(404);
      expect((await anonymously(emulator.url, '/api/v1//deployment')).status).toBe(404);
    });
  });

  test('shows metadata only when asked for, and serves the plans of Object Storage as plans, flavors and as any kind', async () => {
    await withEmulator(async ({ emulator }) => {
      const plain = await anonymously(emulator.url, '/api/v1?q=cloud-object-storage');
      const storage = list(plain.body, 'resources')[0];
      expect(at(storage, 'kind')).toBe('iaas');
      expect(at(storage, 'metadata')).toBeUndefined();
      for (const kind of ['plan', 'flavor', '%2A']) {
        const children = await anonymously(emulator.url, `/api/v1/${text(storage, 'id')}/${kind}`);
        expect(list(children.body, 'resources').map((entry) => at(entry, 'name'))).toEqual([
          'lite',
          'standard',
          'cos-one-rate-plan',
        ]);
      }
    });
  });

  test('pages on its own origin, and says nothing of a next page on the last one', async () => {
    await withEmulator(async ({ emulator }) => {
      const names = [];
      let url: unknown = '/api/v1?q=kind:service&_limit=3';
      while (typeof url === 'string') {
        const page: unknown = (await anonymously(emulator.url, url)).body;
        names.push(...list(page, 'resources').map((entry) => at(entry, 'name')));
        const next: unknown = at(page, 'next');
        expect(next === undefined || String(next).startsWith(`${emulator.url}/api/v1?`)).toBe(true);
        url = typeof next === 'string' ? next.slice(emulator.url.length) : undefined;
      }
      expect(names).toContain('data-virtualization');
      expect(new Set(names).size).toBe(names.length);
      expect(names).not.toContain('cloud-object-storage');
      expect((await anonymously(emulator.url, '/api/v1?q=kind:service&_offset=-1')).status).toBe(400);
    });
  });

  test('is fuzzy: a search finds what only mentions the word', async () => {
    await withEmulator(async ({ emulator }) => {
      const { body } = await anonymously(emulator.url, '/api/v1?q=databases');
      expect(list(body, 'resources').length).toBeGreaterThan(1);
    });
  });
});

describe('resource groups', () => {
  test('there are a default one and production, found by name, by default and by id; another account has none', async () => {
    await withEmulator(async ({ api }) => {
      const all = list((await api('GET', `/v2/resource_groups?account_id=${account}`)).body, 'resources');
      expect(all.map((group) => [at(group, 'name'), at(group, 'default')])).toEqual([
        ['Default', true],
        ['production', false],
      ]);
      const production = await api('GET', `/v2/resource_groups?account_id=${account}&name=production`);
      const one = list(production.body, 'resources')[0];
      expect((await api('GET', `/v2/resource_groups/${text(one, 'id')}`)).body).toEqual(one);
      expect((await api('GET', `/v2/resource_groups/${encodeURIComponent(text(one, 'crn'))}`)).body).toEqual(one);
      const onlyDefault = await api('GET', `/v2/resource_groups?account_id=${account}&default=true`);
      expect(list(onlyDefault.body, 'resources')).toHaveLength(1);
      expect(list((await api('GET', `/v2/resource_groups?account_id=${'f'.repeat(32)}`)).body, 'resources')).toEqual(
        [],
      );
      expect((await api('GET', '/v2/resource_groups/unknown')).status).toBe(404);
    });
  });
});

import GlobalCatalogV1 from '@ibm-cloud/platform-services/global-catalog/v1.js';
import { expect } from '@jest/globals';
import { tieredPricing } from '../helpers/platform.ts';
import { conformance } from './conformance.ts';

const kms = 'ee41347f-b18e-4ca6-bf80-b5467c63f9a6';
const unknown = 'bogus';
const refusal = (status: number, code: string) => ({
  errors: [{ code, message: expect.any(String) }],
  status_code: status,
});
const notFound = refusal(404, 'not_found');

conformance({
  name: 'Global Catalog',
  prototype: GlobalCatalogV1.prototype,
  open: (options) => new GlobalCatalogV1(options),
  path: '/api/v1',
  anonymous: true,
  rows: {
    listCatalogEntries: [
      [
        200,
        'by a word, with metadata',
        (sdk) => sdk.listCatalogEntries({ q: 'kms', include: '*' }),
        {
          offset: 0,
          resource_count: 1,
          resources: [
            { id: kms, kind: 'service', metadata: { service: { rc_provisionable: true, provisionable: true } } },
          ],
        },
      ],
      [
        200,
        'a page of one',
        (sdk) => sdk.listCatalogEntries({ limit: 1, offset: 1 }),
        {
          resource_count: 1,
          next: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1\?/),
          prev: expect.any(String),
        },
      ],
      [400, 'a filter that is none', (sdk) => sdk.listCatalogEntries({ q: 'colour:red' }), refusal(400, 'bad_request')],
    ],
    getCatalogEntry: [
      [
        200,
        'a plan',
        (sdk) => sdk.getCatalogEntry({ id: tieredPricing, complete: true }),
        { kind: 'plan', name: 'tiered-pricing', images: {}, provider: {}, overview_ui: { en: {} } },
      ],
      [404, 'an unknown id', (sdk) => sdk.getCatalogEntry({ id: unknown }), notFound],
    ],
    getChildObjects: [
      [
        200,
        'plans',
        (sdk) => sdk.getChildObjects({ id: kms, kind: 'plan' }),
        { count: 3, resources: [{ id: tieredPricing }, {}, {}] },
      ],
      [
        200,
        'of any kind, in several languages',
        (sdk) => sdk.getChildObjects({ id: kms, kind: '*', languages: 'en,de', q: 'tiered-pricing' }),
        { count: 1 },
      ],
      [404, 'an unknown id', (sdk) => sdk.getChildObjects({ id: unknown, kind: unknown }), notFound],
    ],
    getVisibility: [
      [200, 'of a service', (sdk) => sdk.getVisibility({ id: kms }), { restrictions: 'public' }],
      [404, 'an unknown id', (sdk) => sdk.getVisibility({ id: unknown }), notFound],
    ],
    getPricing: [
      [
        200,
        'of a plan, without figures',
        (sdk) => sdk.getPricing({ id: tieredPricing }),
        { type: 'paid', metrics: [] },
      ],
      [404, 'of a service', (sdk) => sdk.getPricing({ id: kms }), notFound],
    ],
    getPricingDeployments: [
      [
        200,
        'of a plan',
        (sdk) => sdk.getPricingDeployments({ id: tieredPricing }),
        {
          offset: 0,
          resources: expect.arrayContaining([
            expect.objectContaining({ deployment_id: `${tieredPricing}:us-south`, type: 'paid' }),
          ]),
        },
      ],
      [404, 'an unknown id', (sdk) => sdk.getPricingDeployments({ id: unknown }), notFound],
    ],
  },
});

import { expect, test } from '@jest/globals';
import { withKeystead } from '../helpers/keystead.ts';

/**
 * What may be spent, counted: times are for `npm run bench`. A plan without changes asks for lists only, whose number
 * follows the services, not the resources.
 */
const PLAN = 25;

/** Triples of a key, an authorization on that key and a deployment under it, and the instance that holds the keys. */
function manifestOf(count: number): string {
  const triples = Array.from({ length: count }, (_, index) => index);
  const keys = triples.map((index) => `  key-${index}: { instance: vault }`);
  const grants = triples.map(
    (index) => `  grant-${index}: { source: data-virtualization, target: { key: key-${index} }, roles: [Reader] }`,
  );
  const lakes = triples.map(
    (index) => `  lake-${index}: { service: data-virtualization, plan: enterprise, encryption: { key: key-${index} } }`,
  );
  return `apiVersion: keystead/v1
stack: budget
account: 0123456789abcdef0123456789abcdef
defaults: { region: us-south }
keyProtectInstances: { vault: {} }
keys:
${keys.join('\n')}
authorizations:
${grants.join('\n')}
deployments:
${lakes.join('\n')}
`;
}

test.each([33, 100])(
  'a plan of %i triples in order asks for lists alone',
  async (triples) => {
    await withKeystead(async ({ emulator, write, apply, plan }) => {
      await write(manifestOf(triples));
      const { outcomes } = await apply();
      expect(outcomes.filter(({ is }) => is === 'done')).toHaveLength(3 * triples + 1);
      const before = emulator.requests().length;
      const { plan: made } = await plan();
      expect(made.changes).toEqual([]);
      expect(emulator.requests().length - before).toBeLessThanOrEqual(PLAN);
    });
  },
  120_000,
);

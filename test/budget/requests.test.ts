import { expect, test } from '@jest/globals';
import { withKeystead } from '../helpers/keystead.ts';

/**
 * What may be spent, counted: times are for `npm run bench`. A plan without changes asks for lists only, whose number
 * follows the services and their pages, not the resources.
 */
const PLAN = 25;

/** For one resource, on the average of a key, an authorization and a deployment. Half of it looks for names: 5 would do. */
const CREATE = 8;

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

test.each([33, 100])('%i triples are created, and then planned without a change', async (triples) => {
  await withKeystead(async ({ emulator, write, apply, plan }) => {
    await write(manifestOf(triples));
    const resources = 3 * triples + 1;
    const { outcomes } = await apply();
    expect(outcomes.filter(({ is }) => is === 'done')).toHaveLength(resources);
    const created = emulator.requests().length;
    expect(created / resources).toBeLessThanOrEqual(CREATE);
    const { plan: made } = await plan();
    expect(made.changes).toEqual([]);
    expect(emulator.requests().length - created).toBeLessThanOrEqual(PLAN);
  });
});

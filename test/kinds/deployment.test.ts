import { describe, expect, test } from '@jest/globals';
import { toObserved } from '../../src/kinds/deployment/facts.ts';
import { deployment } from '../../src/kinds/deployment/kind.ts';
import { unrelated } from '../../src/model/relation.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { at } from '../helpers/platform.ts';
import { snapshotOf } from '../helpers/snapshot.ts';

async function planned(keystead: Keystead): Promise<readonly string[]> {
  const { plan } = await keystead.plan();
  return plan.changes.map(
    ({ address, verb, status }) => `${address} ${verb} ${status.is === 'blocked' ? status.code : status.is}`,
  );
}

/** Names of the live instances, Key Protect's included. */
function instancesOf({ emulator }: Keystead): readonly unknown[] {
  return Object.values(at(emulator.state(), 'resource-controller/instances') ?? {}).map((item) => at(item, 'name'));
}

const plain = `apiVersion: keystead/v1
stack: prod
account: 0123456789abcdef0123456789abcdef
defaults: { region: us-south }
deployments:
  lake:
    service: data-virtualization
    plan: enterprise
`;

describe('another service for a deployment', () => {
  test.each([
    ['as the search shows it', 0, ''],
    ['while the search does not show it yet', 3_600_000, ''],
    ['under another name too', 0, '    name: other\n'],
  ])('is refused, and makes no second one: %s', async (_title, searchLagMs, more) => {
    await withKeystead(
      async (keystead) => {
        await keystead.write(plain);
        await keystead.apply();
        await keystead.write(
          plain
            .replace('data-virtualization', 'cloud-object-storage')
            .replace('plan: enterprise', 'plan: standard\n    region: global') + more,
        );
        expect((await planned(keystead))[0]).toBe('deployment.lake update CANNOT_CHANGE');
        await keystead.apply();
        expect(instancesOf(keystead)).toHaveLength(1);
      },
      { settings: { searchLagMs } },
    );
  });

  test('does not take a Key Protect instance of the same map key for it', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(`${plain.replace('deployments:', 'keyProtectInstances:\n  lake: {}\ndeployments:')}`);
      expect((await keystead.apply()).outcomes.map(({ is }) => is)).toEqual(['done', 'done']);
      expect(await planned(keystead)).toEqual([]);
      expect(instancesOf(keystead)).toEqual(['lake', 'lake']);
    });
  });
});

describe('a parameter that is added after creation', () => {
  test('cannot be compared where the service shows no parameters at all', () => {
    const instance = {
      id: 'crn:x',
      guid: 'x',
      crn: 'crn:x',
      name: 'lake',
      state: 'active',
      resource_id: 'cos',
      resource_plan_id: 'standard',
      resource_group_id: 'default',
    };
    const spec = { service: 'cos', parameters: { size: 1 }, serviceEndpoints: 'private' as const };
    const mark = { stack: 'prod', name: 'lake' };
    const desired = { address: 'deployment.lake', kind: 'deployment', mark, spec, refs: {}, dependsOn: [] };
    const live = toObserved({ instance, tags: [], service: 'cos', keys: [] });
    const known = snapshotOf([], {});
    expect(deployment.compare({ ...desired, relations: unrelated }, live, known)).toEqual({
      differences: [],
      unreadable: ['parameters.size', 'serviceEndpoints'].map((field) => ({
        field,
        text: 'the service shows no parameters',
      })),
    });
  });

  test('is a difference where the service shows its parameters, and is sent', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      await keystead.write(
        lakehouse.replace(
          'parameters: { worker_count: "3" }',
          'parameters: { worker_count: "3", extra: { deep: [1] } }\n    serviceEndpoints: private',
        ),
      );
      const { plan } = await keystead.plan();
      expect(plan.notes).toEqual([]);
      expect(plan.changes.flatMap(({ fields }) => fields)).toEqual([
        { field: 'parameters.extra', after: { deep: [1] } },
        { field: 'serviceEndpoints', after: 'private' },
      ]);
      await keystead.apply();
      expect(await planned(keystead)).toEqual([]);
      const instances = Object.values(at(keystead.emulator.state(), 'resource-controller/instances') ?? {});
      expect(instances.map((item) => at(item, 'parameters'))).toContainEqual(
        expect.objectContaining({ worker_count: '3', extra: { deep: [1] }, 'service-endpoints': 'private' }),
      );
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import type { Reader } from '../../src/cloud/reader.ts';
import { resolve } from '../../src/desired/resolve.ts';
import { kinds as product } from '../../src/kinds/registry.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Declared, Desired, Observed } from '../../src/model/resource.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { callsOf, exponentOf } from '../helpers/calls.ts';
import { snapshotOf } from '../helpers/snapshot.ts';
import { stack } from '../helpers/toy-kind.ts';
import { declared, idOf, kinds, live } from '../helpers/toy-locks.ts';

/** Triples of a lock, a pass on it and a door that uses it. */
const SIZES = [250, 500, 1000];
const COUNTED = ['rules/coverage.ts covers', 'decide/match.ts match', 'decide/decide.ts decide'];
/** So many triples lie in one box. */
const BOX = 100;

interface Account {
  readonly desired: readonly Desired[];
  readonly objects: readonly Observed[];
}

function triples(size: number, spec: { readonly state?: 'absent' }, areLive: boolean): Account {
  const names = Array.from({ length: size }, (_, index) => `n${index}`);
  const boxes = Array.from({ length: Math.ceil(size / BOX) }, (_, index) => `b${index}`);
  const boxOf = (index: number): string => `b${Math.floor(index / BOX)}`;
  return {
    desired: [
      ...boxes.map((name) => declared.box(name, spec)),
      ...names.flatMap((name, index) => [
        declared.lock(name, { ...spec, box: boxOf(index) }),
        declared.pass(name, `lock.${name}`, spec),
        declared.door(name, `lock.${name}`, spec),
      ]),
    ],
    objects: areLive
      ? [
          ...boxes.map((name) => live.box(name)),
          ...names.flatMap((name, index) => {
            const box = boxOf(index);
            const id = idOf.lock(name, box);
            const inside = live.lock(name, { id, facts: { box } });
            return [
              { ...inside, relations: { ...inside.relations, inside: [idOf.box(box)] } },
              live.pass(name, id),
              live.door(name, id),
            ];
          }),
        ]
      : [],
  };
}

function plan({ desired, objects }: Account) {
  const input = { stack, account: undefined, desired, maxDeletes: undefined, targets: [] };
  return makePlan(input, snapshotOf(kinds, { desired, objects }), kinds, 'public');
}

/** The exponents of `covers`, `match` and `decide`; what is not called at all does not grow. */
async function growth(work: (size: number) => () => unknown): Promise<readonly number[]> {
  const counts = await callsOf(COUNTED, SIZES.map(work));
  expect(counts.flat().some((count) => count > 0)).toBe(true);
  return COUNTED.map((_, index) => exponentOf(SIZES.map((size, at) => [size, Math.max(1, counts[at]?.[index] ?? 0)])));
}

describe('lookups grow with what there is, not with its square', () => {
  test.each<[string, (size: number) => Account, number]>([
    ['everything to create', (size) => triples(size, {}, false), 3],
    ['nothing to change', (size) => triples(size, {}, true), 0],
    ['everything to delete', (size) => triples(size, { state: 'absent' }, true), 3],
  ])('in a plan, %s', async (_title, account, changesEach) => {
    // One box more or less is beside the point.
    expect(plan(account(100)).changes.length).toBeGreaterThanOrEqual(changesEach * 100);
    for (const exponent of await growth((size) => {
      const made = account(size);
      return () => plan(made);
    })) {
      expect(exponent).toBeLessThanOrEqual(1.1);
    }
  });

  test('in validate', async () => {
    for (const exponent of await growth((size) => {
      const input = manifestOf(size);
      return () => resolve(product, input);
    })) {
      expect(exponent).toBeLessThanOrEqual(1.1);
    }
  });
});

test('in a list of instances, what is declared is looked at once', async () => {
  const works = SIZES.map((size) => {
    const { desired } = resolve(product, manifestOf(size));
    const snapshot = snapshotOf(product, { desired });
    const wanted = snapshot.wanted.ofKind('deployment');
    return () => product.of({ kind: 'deployment' }).observe.list(readerOf(size), wanted, snapshot);
  });
  const counts = await callsOf(['model/snapshot.ts idOf'], works);
  expect(counts[0]?.[0]).toBeGreaterThan(0);
  expect(exponentOf(SIZES.map((size, at) => [size, counts[at]?.[0] ?? 0]))).toBeLessThanOrEqual(1.1);
});

/** Deployments as the cloud lists them, each on a key of its own. */
function readerOf(size: number): Reader {
  const crnOf = (index: number) => `crn:v1:bluemix:public:data-virtualization:us-south:a/1:g${index}::`;
  const instances = Array.from({ length: size }, (_, index) => ({
    id: crnOf(index),
    crn: crnOf(index),
    guid: `g${index}`,
    name: `k${index}`,
    state: 'active',
    resource_id: 'data-virtualization',
    resource_plan_id: 'enterprise',
    resource_group_id: 'default',
    parameters: { disk_encryption_key_crn: `crn:v1:bluemix:public:kms:us-south:a/1:v:key:k${index}` },
  }));
  const tagged = instances.map(({ crn, name }) => ({ crn, tags: [`keystead:${stack}.${name}`] }));
  const some: Pick<Reader, 'instancesOf' | 'markedInstances' | 'oddInstances'> = {
    instancesOf: async () => instances,
    markedInstances: async () => tagged,
    oddInstances: () => [],
  };
  return some as Reader;
}

/** Keys in one vault, an authorization on each, and a deployment under it. */
function manifestOf(size: number) {
  const all: (readonly [string, string, JsonObject])[] = [['key-protect-instance', 'vault', { region: 'us-south' }]];
  for (let index = 0; index < size; index += 1) {
    const key = `k${index}`;
    const service = 'data-virtualization';
    all.push(['key', key, { instance: 'vault' }]);
    all.push(['authorization', key, { source: service, target: { key }, roles: ['Reader'] }]);
    all.push(['deployment', key, { service, plan: 'enterprise', region: 'us-south', encryption: { key } }]);
  }
  const at = () => ({ file: 'k.yaml', line: 1, column: 1 });
  const resources = all.map(([kind, name, spec]): Declared => ({ address: `${kind}.${name}`, kind, name, spec, at }));
  return {
    stack,
    account: undefined,
    defaults: {},
    declared: resources,
    absent: false,
    broken: new Set<string>(),
    complete: true,
  };
}

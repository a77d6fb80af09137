import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LiveId } from '../../src/model/address.ts';
import { isWithin } from '../../src/model/containment.ts';
import { type Grant, type Need, type Use, unrelated } from '../../src/model/relation.ts';
import type { Observed } from '../../src/model/resource.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { isPresent } from '../../src/model/wanted.ts';
import { concerns } from '../../src/rules/coverage.ts';
import { needsOf } from '../../src/rules/outlive.ts';
import { snapshotOf } from '../helpers/snapshot.ts';
import { stack } from '../helpers/toy-kind.ts';
import { declared, idOf, kinds, live } from '../helpers/toy-locks.ts';

/** Boxes nest, so that contents can be deep. */
const boxes = ['a', 'b', 'c'] as const;
const locks = ['k', 'l'] as const;
const doors = ['d', 'e'] as const;

const mark = fc.record({ stack: fc.constantFrom(stack, 'other'), name: fc.constantFrom('k', 'l', 'old') });
const marks = fc.uniqueArray(mark, { maxLength: 2, selector: ({ stack: own, name }) => `${own}/${name}` });
const boxId = fc.constantFrom(...boxes).map(idOf.box);
const lockId = fc.constantFrom(...locks).map((name) => idOf.lock(name));

/** An object as it is read during a run: new, changed or the same. */
const object: fc.Arbitrary<Observed> = fc.oneof(
  fc.record({ at: fc.nat(2), name: fc.constantFrom('x', 'y'), marks }).map(({ at, name, ...more }) => {
    // Only in a box before it, so that there is no cycle.
    const inside = boxes.slice(0, at).slice(-1).map(idOf.box);
    return live.box(boxes[at] ?? 'a', {
      ...more,
      name,
      identity: name,
      kinship: name,
      relations: { ...unrelated, inside },
    });
  }),
  fc
    .record({ name: fc.constantFrom(...locks), box: boxId, marks, identity: fc.constantFrom('k', 'l') })
    .map(({ name, box, ...more }) =>
      live.lock(name, { ...more, relations: { ...unrelated, inside: [box], wraps: true } }),
    ),
  fc
    .record({
      name: fc.constantFrom('p', 'q'),
      on: fc.oneof(boxId, lockId),
      door: fc.option(fc.constantFrom(...doors)),
    })
    .map(({ name, on, door }) => {
      const instance = door === null ? {} : { instance: idOf.door(door) };
      const source = { service: 'data-virtualization', ...instance };
      return live.pass(name, on, { relations: { ...unrelated, grants: [{ source, target: on, roles: ['Reader'] }] } });
    }),
  fc.record({ name: fc.constantFrom(...doors), on: lockId }).map(({ name, on }) => live.door(name, on)),
);
const event = fc.oneof(
  { weight: 4, arbitrary: object.map((seen) => ({ seen, id: seen.id })) },
  { weight: 1, arbitrary: object.map(({ id }) => ({ seen: undefined, id })) },
);
const registrations = fc.array(
  fc.record({ on: lockId, by: fc.constantFrom(...doors, 'f').map(idOf.door), preventsDeletion: fc.boolean() }),
  { maxLength: 3 },
);
const desired = [
  declared.box('a'),
  declared.box('b'),
  declared.lock('k'),
  declared.lock('l'),
  declared.pass('p', 'lock.k'),
];

const idsOf = (objects: Iterable<Observed>): readonly LiveId[] => [...objects].map(({ id }) => id).sort();
const namesOf = (uses: Iterable<Use>): readonly string[] => [...uses].map(({ on, by }) => `${by} on ${on}`).sort();

/** Every object that passes, by a scan. */
function scan({ live: all }: Snapshot, passes: (object: Observed) => boolean): readonly LiveId[] {
  return idsOf([...all.all()].filter(passes));
}

function expectSound(snapshot: Snapshot): void {
  const { live: there, uses } = snapshot;
  const { containers } = there;
  const all = [...there.all()];
  for (const name of ['k', 'l', 'old', 'x', 'y']) {
    for (const kind of ['box', 'lock']) {
      for (const own of [stack, 'other']) {
        const has = (one: Observed) => one.kind === kind && one.marks.some((m) => m.stack === own && m.name === name);
        expect(idsOf(there.withMark(kind, { stack: own, name }))).toEqual(scan(snapshot, has));
      }
      const is = (one: Observed) => one.kind === kind && one.identity === name;
      expect(idsOf(there.withIdentity(kind, name))).toEqual(scan(snapshot, is));
      const isKin = (one: Observed) => one.kind === kind && one.kinship === name;
      expect(idsOf(there.sameNameElsewhere(kind, name))).toEqual(scan(snapshot, isKin));
    }
  }
  for (const id of [...boxes.map(idOf.box), ...locks.map((name) => idOf.lock(name))]) {
    const isInside = (one: Observed) => one.id !== id && isWithin(id, one.id, containers);
    expect(idsOf(there.inside(id))).toEqual(scan(snapshot, isInside));
    expect(namesOf(uses.on(id))).toEqual(namesOf([...uses.all()].filter(({ on }) => isWithin(id, on, containers))));
  }
  // An index proposes: it may return more than the rule accepts, never less.
  const grants = all.flatMap(({ relations }) => relations.grants);
  const needs: readonly Need[] = [
    ...all.flatMap(({ relations }) => relations.needs),
    ...[...uses.all()].flatMap((use) => needsOf(use, snapshot)),
  ];
  for (const need of needs) {
    const proposed = there.grantsFor(need).map(({ grant }) => grant);
    expect(new Set(proposed).size).toBe(proposed.length);
    expect(proposed.filter((grant) => !grants.includes(grant))).toEqual([]);
    expect(grants.filter((grant) => concerns(grant, need, there.layout) && !proposed.includes(grant))).toEqual([]);
  }
  for (const grant of grants) {
    const served = [...uses.all()].filter((use) =>
      needsOf(use, snapshot).some((need) => concerns(grant, need, there.layout)),
    );
    expect(namesOf(uses.under(grant))).toEqual(expect.arrayContaining([...namesOf(served)]));
  }
}

test('every index agrees with a scan after any puts and drops', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 12 }), registrations, (events, registered) => {
      const there = new Map<LiveId, Observed>();
      const snapshot = snapshotOf(kinds, { desired, registrations: registered });
      for (const { id, seen } of events) {
        if (seen === undefined) {
          there.delete(id);
          snapshot.drop(id);
        } else {
          there.set(id, seen);
          snapshot.put(seen);
        }
        // Fills the caches, which the next event must clear.
        for (const { address } of desired) snapshot.idOf(address);
        snapshot.allDeclaredAs(id);
        expectSound(snapshot);
      }
      const fresh = snapshotOf(kinds, { desired, objects: [...there.values()], registrations: registered });
      expect(idsOf(snapshot.live.all())).toEqual(idsOf(there.values()));
      expect(desired.map(({ address }) => snapshot.idOf(address))).toEqual(
        desired.map(({ address }) => fresh.idOf(address)),
      );
      expect(snapshot.instancesToRead('boxes')).toEqual(fresh.instancesToRead('boxes'));
      for (const id of there.keys()) expect(snapshot.allDeclaredAs(id)).toEqual(fresh.allDeclaredAs(id));
    }),
    { numRuns: 60 },
  );
});

describe('a snapshot', () => {
  test('knows which object was created for a resource before its mark shows', () => {
    const made = live.lock('k', { marks: [], identity: 'nameless' });
    const snapshot = snapshotOf(kinds, { desired });
    expect(snapshot.idOf('lock.k')).toBeUndefined();
    snapshot.put(made, 'lock.k');
    expect([snapshot.idOf('lock.k'), snapshot.declaredAs(made.id)?.address]).toEqual([made.id, 'lock.k']);
  });

  test('keeps the reviewed uses when others are registered', () => {
    const reviewed = snapshotOf(kinds, { desired, objects: [live.lock('k')] }).uses;
    const snapshot = snapshotOf(kinds, { desired, objects: [live.lock('k')], uses: reviewed });
    snapshot.register([{ on: idOf.lock('k'), by: idOf.door('d'), preventsDeletion: false }]);
    snapshot.put(live.door('d', idOf.lock('k')));
    expect([...snapshot.uses.all()]).toEqual([]);
  });

  test('finds a known instance by GUID', () => {
    const byCrn = { ...declared.lock('x'), refs: { '/box': idOf.box('elsewhere') } };
    const snapshot = snapshotOf(kinds, { desired: [byCrn], objects: [live.box('b')] });
    expect(['b', 'elsewhere', 'nowhere'].map((guid) => snapshot.instanceOfGuid(guid))).toEqual([
      idOf.box('b'),
      idOf.box('elsewhere'),
      undefined,
    ]);
  });

  test('has a pending value for an object that is not live yet', () => {
    expect(snapshotOf(kinds, { desired }).idOrPending('lock.k')).toEqual({ knownAfter: 'lock.k' });
    expect(snapshotOf(kinds, { desired }).idOf(idOf.lock('k'))).toBe(idOf.lock('k'));
  });

  test('has in scope the active instances that are declared, referred to or marked', () => {
    const away = {
      life: { is: 'restorable', as: 'reclaiming', until: undefined, by: undefined, since: undefined },
    } as const;
    const byCrn = { ...declared.lock('x'), refs: { '/box': idOf.box('referred') } };
    const snapshot = snapshotOf(kinds, {
      desired: [declared.box('a'), byCrn],
      objects: [
        live.box('a', { marks: [] }),
        live.box('ours'),
        live.box('gone', away),
        live.box('theirs', { marks: [{ stack: 'other', name: 'theirs' }] }),
      ],
    });
    expect(snapshot.instancesToRead('boxes')).toEqual(['a', 'ours', 'referred'].map(idOf.box));
    snapshot.put(live.box('late'));
    expect(snapshot.instancesToRead('boxes')).toContain(idOf.box('late'));
    snapshot.drop(idOf.box('ours'));
    expect(snapshot.instancesToRead('boxes')).not.toContain(idOf.box('ours'));
  });
});

test('a declared resource is found by kind, mark, dependency and grant', () => {
  const formerly = { ...declared.lock('l'), formerMarks: [{ stack, name: 'old' }] };
  const { wanted } = snapshotOf(kinds, {
    desired: [declared.box('a'), declared.lock('k', { box: 'a' }), formerly, declared.pass('p', 'lock.k')],
  });
  const grant: Grant = { source: { service: 'data-virtualization' }, target: 'lock.k', roles: ['Reader'] };
  const need: Need = {
    by: { service: 'data-virtualization', instance: 'door.d' },
    on: 'lock.k',
    roles: [],
    pointer: '',
  };
  expect(wanted.size).toBe(4);
  expect(wanted.ofKind('lock').map(({ address }) => address)).toEqual(['lock.k', 'lock.l']);
  expect(wanted.withMark('lock', { stack, name: 'old' })).toEqual([formerly]);
  expect(wanted.withMark('box', { stack, name: 'old' })).toEqual([]);
  expect(wanted.dependents('box.a')).toEqual(['lock.k']);
  expect(wanted.grantsFor(need).map(({ grant: one, owner }) => [one, owner.address])).toEqual([[grant, 'pass.p']]);
  expect([declared.box('a'), declared.box('a', { state: 'absent' })].map(isPresent)).toEqual([true, false]);
});

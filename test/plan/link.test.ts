import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Change } from '../../src/model/change.ts';
import { firstStepsInTurn, joinHalves, link, spread } from '../../src/plan/link.ts';
import { order } from '../../src/plan/order.ts';
import { changeOf } from '../helpers/plans.ts';
import { snapshotOf, type World } from '../helpers/snapshot.ts';
import { declared, idOf, kinds, live } from '../helpers/toy-locks.ts';

const absent = { state: 'absent' } as const;
const deferred = { is: 'deferred', until: [{ when: 'time', from: '2026-12-01T00:00:00Z' }] } as const;
const blocked = { is: 'blocked', code: 'UNMARKED', message: '' } as const;

const objects = [
  live.box('b'),
  live.lock('k'),
  live.pass('p', idOf.box('b')),
  live.pass('q', idOf.lock('k')),
  live.door('d', idOf.lock('k')),
];
/** A box with a lock, a pass on each, and a door: as they are declared and live. */
const present = [
  declared.box('b'),
  declared.lock('k'),
  declared.pass('p', 'box.b'),
  declared.pass('q', 'lock.k'),
  declared.door('d', 'lock.k'),
];
const gone = [
  declared.box('b', absent),
  declared.lock('k', absent),
  declared.pass('p', 'box.b', absent),
  declared.pass('q', 'lock.k', absent),
  declared.door('d', 'lock.k', absent),
];

const deleting = (address: string, more: Partial<Change> = {}): Change => {
  const id = objects.find(({ kind, name }) => `${kind}.${name}` === address)?.id ?? '';
  return changeOf(address, 'delete', { target: { id, version: '1' }, ...more });
};
const creating = (address: string, more: Partial<Change> = {}): Change => changeOf(address, 'create', more);

/** `address`, and what it comes after. */
function linked(changes: readonly Change[], world: World, all = changes): readonly string[] {
  const snapshot = snapshotOf(kinds, world);
  const ordered = order(link(changes, all, snapshot), kinds, snapshot.wanted);
  return ordered.map(({ address, verb, after }) => `${verb} ${address}${after.map((one) => ` < ${one}`).join('')}`);
}

const everything = ['box.b', 'lock.k', 'pass.p', 'pass.q', 'door.d'];

describe('link', () => {
  test('puts a create after its dependencies', () => {
    expect(
      linked(
        everything.map((one) => creating(one)),
        { desired: present },
      ),
    ).toEqual([
      'create box.b',
      'create lock.k < box.b',
      'create pass.p < box.b',
      'create pass.q < lock.k',
      'create door.d < lock.k',
    ]);
  });

  test('puts a deletion after dependents and contents, and a pass after the locks in its scope', () => {
    expect(
      linked(
        everything.map((one) => deleting(one)),
        { desired: gone, objects },
      ),
    ).toEqual([
      'delete door.d',
      'delete lock.k < door.d',
      'delete pass.p < lock.k',
      'delete box.b < lock.k < pass.p',
      'delete pass.q < lock.k',
    ]);
  });

  test('finds contents of a tombstone that names no container', () => {
    const bare = declared.lock('k', absent);
    const desired = [declared.box('b', absent), { ...bare, refs: {}, dependsOn: [] }];
    expect(linked([deleting('box.b'), deleting('lock.k')], { desired, objects })).toEqual([
      'delete lock.k',
      'delete box.b < lock.k',
    ]);
  });

  test('makes no deletion wait for what stays', () => {
    expect(linked([deleting('lock.k'), creating('door.d')], { desired: present, objects })).toEqual([
      'delete lock.k',
      'create door.d',
    ]);
  });

  test('makes a deletion wait for what --target leaves out', () => {
    const all = [deleting('box.b'), deleting('lock.k')];
    expect(linked([deleting('box.b')], { desired: gone, objects }, all)).toEqual(['delete box.b < lock.k']);
  });
});

test('in any mix of creates and deletions each change comes after what it waits for', () => {
  const world = fc.record({
    locks: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
    passes: fc.array(fc.record({ on: fc.nat(4), goes: fc.boolean() }), { maxLength: 3 }),
    doors: fc.array(fc.record({ on: fc.nat(3), goes: fc.boolean() }), { maxLength: 3 }),
    boxGoes: fc.boolean(),
  });
  fc.assert(
    fc.property(world, ({ locks, passes, doors, boxGoes }) => {
      const lockAt = (index: number) => `k${index % locks.length}`;
      const spec = (goes: boolean) => (goes ? absent : {});
      const onLock = (on: number) => on < 4;
      const desired = [
        declared.box('b', spec(boxGoes)),
        ...locks.map((goes, index) => declared.lock(`k${index}`, spec(goes))),
        ...passes.map(({ on, goes }, index) =>
          declared.pass(`p${index}`, onLock(on) ? `lock.${lockAt(on)}` : 'box.b', spec(goes)),
        ),
        ...doors.map(({ on, goes }, index) => declared.door(`d${index}`, `lock.${lockAt(on)}`, spec(goes))),
      ];
      const there = [
        live.box('b'),
        ...locks.map((_, index) => live.lock(`k${index}`)),
        ...passes.map(({ on }, index) => live.pass(`p${index}`, onLock(on) ? idOf.lock(lockAt(on)) : idOf.box('b'))),
        ...doors.map(({ on }, index) => live.door(`d${index}`, idOf.lock(lockAt(on)))),
      ];
      const snapshot = snapshotOf(kinds, { desired, objects: there });
      const changes = desired.map(({ address, kind, mark, spec: { state } }) => {
        const id = there.find((one) => one.kind === kind && one.name === mark.name)?.id ?? '';
        return changeOf(address, state === 'absent' ? 'delete' : 'create', { target: { id, version: '1' } });
      });
      const ordered = order(link(changes, changes, snapshot), kinds, snapshot.wanted);
      ordered.forEach(({ after }, index) => {
        const before = ordered.slice(0, index).map(({ address }) => address);
        expect(after.filter((address) => !before.includes(address))).toEqual([]);
      });
    }),
    { numRuns: 200 },
  );
});

describe('spread', () => {
  const waiting = (address: string, ...others: readonly string[]): Change => creating(address, { after: others });
  const lines = (changes: readonly Change[], world: World = {}, meant: (address: string) => boolean = () => true) =>
    spread(changes, snapshotOf(kinds, { desired: present, ...world }), meant).map(({ address, status }) => [
      address,
      status.is === 'deferred' ? status.until : status.is,
    ]);

  test.each([
    ['deferred', deferred],
    ['blocked', blocked],
  ])('makes every later change wait for one that is %s', (_title, status) => {
    const changes = [
      creating('box.b', { status }),
      waiting('lock.k', 'box.b'),
      waiting('door.d', 'lock.k'),
      waiting('pass.p'),
    ];
    expect(lines(changes).slice(1)).toEqual([
      ['lock.k', [{ when: 'done', address: 'box.b' }]],
      ['door.d', [{ when: 'done', address: 'lock.k' }]],
      ['pass.p', 'ready'],
    ]);
  });

  test('makes a change wait for a dependency that is still being created', () => {
    const box = live.box('b', { life: { is: 'settling' } });
    expect(lines([waiting('lock.k')], { objects: [box] })).toEqual([
      ['lock.k', [{ when: 'settled', address: 'box.b', id: box.id }]],
    ]);
  });

  test('makes a change wait for a dependency that --target leaves out', () => {
    const meant = (address: string) => address !== 'box.b';
    expect(lines([waiting('lock.k', 'box.b')], {}, meant)).toEqual([['lock.k', [{ when: 'done', address: 'box.b' }]]]);
  });

  test('makes a deletion wait for its replacement', () => {
    const changes = [creating('pass.p', { status: deferred }), deleting('pass.p')];
    expect(lines(changes, { objects })).toEqual([
      ['pass.p', deferred.until],
      ['pass.p', [{ when: 'done', address: 'pass.p' }]],
    ]);
  });
});

describe('the two halves of a replace', () => {
  const made = creating('pass.p');
  const target = { id: idOf.pass('p'), version: '1' };

  test('join when the deletion can follow at once', () => {
    expect(joinHalves([made, deleting('pass.p')])).toEqual([{ ...made, verb: 'replace', target }]);
  });

  test.each<[string, readonly Change[]]>([
    ['the old one is still needed', [made, deleting('pass.p', { status: deferred })]],
    ['there are two to delete', [made, deleting('pass.p'), deleting('pass.p')]],
    ['they are of two resources', [made, deleting('pass.q')]],
    ['one is an update', [changeOf('pass.p', 'update'), deleting('pass.p')]],
  ])('stay two: %s', (_title, changes) => {
    expect(joinHalves(changes)).toEqual(changes);
  });
});

describe('the first of two deletion steps', () => {
  const first = changeOf('lock.k', 'update', { target: { id: idOf.lock('k'), version: '1' } });
  const approval = { is: 'deferred', until: [{ when: 'approval' }] } as const;

  test.each<[string, readonly Change[], number]>([
    ['is planned when the second waits for nothing else', [first, deleting('lock.k', { status: approval })], 2],
    ['is left out while the second waits for more', [first, deleting('lock.k', { status: deferred })], 1],
    ['is left out when the second can be done at once', [first, deleting('lock.k')], 1],
    ['is kept when nothing is deleted', [first], 1],
    ['is kept when another object is deleted', [first, deleting('lock.k', { target: { id: 'x', version: '1' } })], 2],
  ])('%s', (_title, changes, count) => {
    expect(firstStepsInTurn(changes)).toHaveLength(count);
  });
});

describe('order', () => {
  const ordered = (...changes: readonly Change[]) =>
    order(changes, kinds, snapshotOf(kinds, { desired: present }).wanted).map(
      ({ address, verb }) => `${verb} ${address}`,
    );

  test('sorts by kind, containers first, then by address', () => {
    expect(
      ordered(creating('door.d'), creating('pass.q'), creating('pass.p'), creating('lock.k'), creating('box.b')),
    ).toEqual(['create box.b', 'create lock.k', 'create pass.p', 'create pass.q', 'create door.d']);
  });

  test('sorts the changes of one resource by verb', () => {
    expect(ordered(deleting('pass.p'), creating('pass.p'), changeOf('pass.p', 'adopt'))).toEqual([
      'adopt pass.p',
      'create pass.p',
      'delete pass.p',
    ]);
  });

  test('puts a cycle last', () => {
    const changes = [
      creating('lock.k', { after: ['door.d'] }),
      creating('door.d', { after: ['lock.k'] }),
      creating('pass.p'),
    ];
    expect(ordered(...changes)).toEqual(['create pass.p', 'create lock.k', 'create door.d']);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { World } from '../../helpers/snapshot.ts';
import { declared, idOf, live } from '../../helpers/toy-locks.ts';
import {
  all,
  box,
  boxToo,
  changesOf,
  daysAgo,
  door,
  doorGoes,
  doorToo,
  lineOf,
  lock,
  lockGoes,
  lockToo,
  minutesAgo,
  pass,
  passGoes,
  type Row,
  reclaiming,
  registered,
} from './world.ts';

describe('stranding: no update leaves a use without an authorization', () => {
  const narrowed = declared.pass('p', 'box.b', { roles: ['KeyPurge'] });
  const wide = live.pass('p', idOf.box('b'), { facts: { roles: ['Reader'] } });
  const second = live.pass('q', idOf.lock('k'));
  const moved = declared.lock('k', { box: 'c' });
  const here = live.lock('k', { facts: { box: 'b' } });
  const boxes = [box, live.box('c')];
  test.each<Row>([
    [
      'narrowed roles',
      { desired: [boxToo, lockToo, narrowed, doorToo], objects: [box, lock, wide, door] },
      ['pass.p update WOULD_STRAND'],
    ],
    [
      'narrowed roles, and another one serves it',
      { desired: [boxToo, lockToo, narrowed, doorToo], objects: [box, lock, wide, second, door] },
      ['pass.p update ready'],
    ],
    [
      'narrowed roles that nobody uses',
      { desired: [boxToo, lockToo, narrowed], objects: [box, lock, wide] },
      ['pass.p update ready'],
    ],
    [
      'a move to where the authorization does not reach',
      { desired: [boxToo, declared.box('c'), moved, doorToo], objects: [...boxes, here, pass, door] },
      ['lock.k update WOULD_STRAND'],
    ],
    [
      'a move of what is authorized by itself',
      { desired: [boxToo, declared.box('c'), moved, doorToo], objects: [...boxes, here, second, door] },
      ['lock.k update ready'],
    ],
    [
      'two that are narrowed, of which each leans on the other',
      {
        desired: [boxToo, lockToo, narrowed, declared.pass('q', 'lock.k', { roles: ['KeyPurge'] }), doorToo],
        objects: [box, lock, wide, live.pass('q', idOf.lock('k'), { facts: { roles: ['Reader'] } }), door],
      },
      ['pass.p update WOULD_STRAND', 'pass.q update WOULD_STRAND'],
    ],
  ])('%s', (_title, world, expected) => {
    expect(changesOf(world).map(lineOf)).toEqual(expected);
  });

  test('the authorization that must come first is there to paste', () => {
    const [change] = changesOf({
      desired: [boxToo, lockToo, narrowed, doorToo],
      objects: [box, lock, wide, door],
    });
    expect(change?.status).toMatchObject({ message: expect.stringContaining(`passes:\n  pass: { on: ${lock.id} }`) });
    expect(change?.blastRadius).toMatchObject([{ on: lock.id, by: door.id, name: 'd', address: 'door.d' }]);
  });
});

describe('in use: a deletion waits until nothing uses its object', () => {
  const gone = { ...door, ...reclaiming(daysAgo(3)) };
  const longGone = { ...door, ...reclaiming(daysAgo(10)) };
  const unused = { when: 'unused', on: [lock.id], by: [door.id] };
  test.each<readonly [string, World, unknown]>([
    [
      'of one that stays: nobody knows until when',
      { desired: [boxToo, lockGoes], objects: all, registrations: registered },
      unused,
    ],
    ['of one that uses it and is not registered yet', { desired: [boxToo, lockGoes], objects: all }, unused],
    [
      'of one that goes with this plan: so many days after that',
      { desired: [boxToo, lockGoes, doorGoes], objects: all, registrations: registered },
      { ...unused, daysAfterDeletion: 9 },
    ],
    [
      'of one that went: until a date',
      { desired: [boxToo, lockGoes], objects: [box, lock, pass, gone], registrations: registered },
      { ...unused, latest: daysAgo(-6) },
    ],
    [
      'of one that is gone for longer than its window, and may still unregister',
      { desired: [boxToo, lockGoes], objects: [box, lock, pass, longGone], registrations: registered },
      { ...unused, latest: daysAgo(1) },
    ],
  ])('%s', (_title, world, until) => {
    const change = changesOf(world).find(({ address }) => address === 'lock.k');
    expect(change?.status).toEqual({ is: 'deferred', until: [until] });
  });

  test('of one that is gone for longer than its window, and may not unregister: the authorization must come back', () => {
    const world = { desired: [boxToo, lockGoes], objects: [box, lock, longGone], registrations: registered };
    const [change] = changesOf(world);
    expect(change && lineOf(change)).toBe('lock.k delete STUCK_REGISTRATION');
    expect(change?.status).toMatchObject({ message: expect.stringContaining(`pass: { on: ${box.id} }`) });
  });

  test.each<readonly [string, World, readonly string[]]>([
    [
      'an authorization that serves a use',
      { desired: [boxToo, lockToo, passGoes], objects: all, registrations: registered },
      ['pass.p delete unused'],
    ],
    [
      'an authorization that serves one which goes: it waits until that is gone',
      { desired: [boxToo, lockToo, passGoes, doorGoes], objects: all, registrations: registered },
      ['pass.p delete unused', 'door.d delete ready'],
    ],
    [
      'an authorization beside another one that serves it as well',
      {
        desired: [boxToo, lockToo, passGoes],
        objects: [...all, live.pass('q', idOf.lock('k'))],
        registrations: registered,
      },
      ['pass.p delete ready'],
    ],
  ])('%s', (_title, world, expected) => {
    expect(changesOf(world).map(lineOf)).toEqual(expected);
  });
});

describe('propagation: nothing goes before services know what takes over', () => {
  const young = live.pass('q', idOf.lock('k'), { changedAt: minutesAgo(2), marks: [] });
  const old = live.pass('q', idOf.lock('k'), { changedAt: minutesAgo(6), marks: [] });
  const world = (second: typeof young): World => ({
    desired: [boxToo, lockToo, passGoes],
    objects: [...all, second],
    registrations: registered,
  });

  test('what was made two minutes ago is known in three', () => {
    const [change] = changesOf(world(young));
    expect(change?.status).toEqual({ is: 'deferred', until: [{ when: 'known', from: minutesAgo(-3) }] });
    expect(change?.blastRadius).toMatchObject([{ by: door.id }]);
  });

  test('what was made six minutes ago is known', () => {
    expect(changesOf(world(old)).map(lineOf)).toEqual(['pass.p delete ready']);
  });
});

describe("clock: the API's own times and states", () => {
  const later = { is: 'deferred', until: [{ when: 'time', from: '2026-11-24T16:00:00Z' }] } as const;
  const timed = live.lock('k', { facts: { gate: later } });

  test('are waited for', () => {
    expect(changesOf({ desired: [boxToo, lockGoes], objects: [box, timed] }).map(({ status }) => status)).toEqual([
      later,
    ]);
  });

  test('are asked last: whoever uses it comes first', () => {
    const world = { desired: [boxToo, lockGoes], objects: [box, timed, pass, door], registrations: registered };
    expect(changesOf(world).map(lineOf)).toEqual(['lock.k delete unused']);
  });
});

test('what blocks is heard before what waits', () => {
  const dear = live.lock('k', { facts: { cost: 'seven spare keys' } });
  const world = { desired: [boxToo, lockGoes], objects: [box, dear, pass, door], registrations: registered };
  expect(changesOf(world).map(lineOf)).toEqual(['lock.k delete CONSENT_NEEDED']);
});

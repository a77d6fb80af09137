import { describe, expect, test } from '@jest/globals';
import type { World } from '../../helpers/snapshot.ts';
import { declared, idOf, live } from '../../helpers/toy-locks.ts';
import {
  absent,
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
  stranger,
  withGrants,
} from './world.ts';

describe('stranding: an update never leaves a use without an authorization', () => {
  const narrowed = declared.pass('p', 'box.b', { roles: ['KeyPurge'] });
  const wide = live.pass('p', idOf.box('b'), { facts: { roles: ['Reader'] } });
  const second = live.pass('q', idOf.lock('k'));
  const moved = declared.lock('k', { box: 'c' });
  const here = live.lock('k', { facts: { box: 'b' } });
  const boxes = [box, live.box('c')];
  test.each<Row>([
    [
      'blocked when roles are narrowed',
      { desired: [boxToo, lockToo, narrowed, doorToo], objects: [box, lock, wide, door] },
      ['pass.p update WOULD_STRAND'],
    ],
    [
      'ready when another pass serves the use',
      { desired: [boxToo, lockToo, narrowed, doorToo], objects: [box, lock, wide, second, door] },
      ['pass.p update ready'],
    ],
    [
      'ready when nothing uses the pass',
      { desired: [boxToo, lockToo, narrowed], objects: [box, lock, wide] },
      ['pass.p update ready'],
    ],
    [
      'blocked when a lock moves out of reach of its pass',
      { desired: [boxToo, declared.box('c'), moved, doorToo], objects: [...boxes, here, pass, door] },
      ['lock.k update WOULD_STRAND'],
    ],
    [
      'ready when the pass is for the lock itself',
      { desired: [boxToo, declared.box('c'), moved, doorToo], objects: [...boxes, here, second, door] },
      ['lock.k update ready'],
    ],
    [
      'blocked when two passes that rely on each other are narrowed',
      {
        desired: [boxToo, lockToo, narrowed, declared.pass('q', 'lock.k', { roles: ['KeyPurge'] }), doorToo],
        objects: [box, lock, wide, live.pass('q', idOf.lock('k'), { facts: { roles: ['Reader'] } }), door],
      },
      ['pass.p update WOULD_STRAND', 'pass.q update WOULD_STRAND'],
    ],
  ])('%s', (_title, world, expected) => {
    expect(changesOf(world).map(lineOf)).toEqual(expected);
  });

  const unserved = { objects: [box, lock, wide], registrations: [stranger] };
  const ofStranger = { ...second, relations: withGrants(second, [{ source: { service: 'other' } }]) };
  const opaque = { ...second, relations: withGrants(ofStranger, [{ opaque: 'it has "rule"' }]) };
  test.each<Row>([
    [
      'blocked when a pass is narrowed beside a use that no pass is known to serve',
      { ...unserved, desired: [boxToo, lockToo, narrowed] },
      ['pass.p update WOULD_STRAND'],
    ],
    [
      'blocked when the only other pass is not understood',
      { ...unserved, objects: [box, lock, wide, opaque], desired: [boxToo, lockToo, narrowed] },
      ['pass.p update WOULD_STRAND'],
    ],
    [
      'ready when another pass is known to serve it',
      { ...unserved, objects: [box, lock, wide, ofStranger], desired: [boxToo, lockToo, narrowed] },
      ['pass.p update ready'],
    ],
    [
      'ready when a pass is widened',
      { ...unserved, desired: [boxToo, lockToo, declared.pass('p', 'box.b', { roles: ['Reader', 'Writer'] })] },
      ['pass.p update ready'],
    ],
    [
      'blocked when a lock moves that somebody uses whom no pass is known to serve',
      { desired: [boxToo, declared.box('c'), moved], objects: [...boxes, here], registrations: [stranger] },
      ['lock.k update WOULD_STRAND'],
    ],
  ])('%s', (_title, world, expected) => {
    expect(changesOf(world).map(lineOf)).toEqual(expected);
  });

  test('prints the authorization to add first', () => {
    const [change] = changesOf({
      desired: [boxToo, lockToo, narrowed, doorToo],
      objects: [box, lock, wide, door],
    });
    expect(change?.status).toMatchObject({ message: expect.stringContaining(`passes:\n  pass: { on: ${lock.id} }`) });
    expect(change?.blastRadius).toMatchObject([{ on: lock.id, by: door.id, name: 'd', address: 'door.d' }]);
  });
});

describe('in use: a deletion waits until its object is unused', () => {
  const gone = { ...door, ...reclaiming(daysAgo(3)) };
  const longGone = { ...door, ...reclaiming(daysAgo(10)) };
  const unused = { when: 'unused', on: [lock.id], by: [door.id] };
  test.each<readonly [string, World, unknown]>([
    [
      'without a date while the user stays',
      { desired: [boxToo, lockGoes], objects: all, registrations: registered },
      unused,
    ],
    ['for a user that is not registered yet', { desired: [boxToo, lockGoes], objects: all }, unused],
    [
      'for nine days after a deletion in this plan',
      { desired: [boxToo, lockGoes, doorGoes], objects: all, registrations: registered },
      { ...unused, daysAfterDeletion: 9 },
    ],
    [
      'until a date when the user was deleted',
      { desired: [boxToo, lockGoes], objects: [box, lock, pass, gone], registrations: registered },
      { ...unused, latest: daysAgo(-6) },
    ],
    [
      'past its date while the service can still unregister',
      { desired: [boxToo, lockGoes], objects: [box, lock, pass, longGone], registrations: registered },
      { ...unused, latest: daysAgo(1) },
    ],
  ])('%s', (_title, world, until) => {
    const change = changesOf(world).find(({ address }) => address === 'lock.k');
    expect(change?.status).toEqual({ is: 'deferred', until: [until] });
  });

  test('is blocked when the service can no longer unregister, and prints the authorization to restore', () => {
    const world = { desired: [boxToo, lockGoes], objects: [box, lock, longGone], registrations: registered };
    const [change] = changesOf(world);
    expect(change && lineOf(change)).toBe('lock.k delete STUCK_REGISTRATION');
    expect(change?.status).toMatchObject({ message: expect.stringContaining(`pass: { on: ${box.id} }`) });
  });

  test.each<readonly [string, World, readonly string[]]>([
    [
      'a pass that serves a use waits',
      { desired: [boxToo, lockToo, passGoes], objects: all, registrations: registered },
      ['pass.p delete unused'],
    ],
    [
      'a pass waits until the user that it serves is deleted',
      { desired: [boxToo, lockToo, passGoes, doorGoes], objects: all, registrations: registered },
      ['pass.p delete unused', 'door.d delete ready'],
    ],
    [
      'a pass is deleted at once when another one serves the use',
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

describe('in use: a pass goes only when every use under it is known to be served', () => {
  const keys = { ...pass, ...live.pass('q', idOf.lock('k')) };
  const ofStranger = { ...keys, relations: withGrants(keys, [{ source: { service: 'other' } }]) };
  const opaque = { ...keys, relations: withGrants(ofStranger, [{ opaque: 'it has "rule"' }]) };
  test.each<Row>([
    [
      'waits while somebody uses a lock whom no pass is known to serve',
      { desired: [boxToo, lockToo, passGoes], objects: [box, lock, pass], registrations: [stranger] },
      ['pass.p delete unused'],
    ],
    [
      'waits while the only pass that could serve it is not understood',
      { desired: [boxToo, lockToo, passGoes], objects: [box, lock, pass, opaque], registrations: [stranger] },
      ['pass.p delete unused'],
    ],
    [
      'goes when another pass serves it',
      { desired: [boxToo, lockToo, passGoes], objects: [box, lock, pass, ofStranger], registrations: [stranger] },
      ['pass.p delete ready'],
    ],
    [
      'goes when the use lies in another box',
      {
        desired: [boxToo, lockToo, passGoes],
        objects: [box, lock, pass, live.box('c')],
        registrations: [{ ...stranger, on: idOf.lock('k').replace(':b:', ':c:') }],
      },
      ['pass.p delete ready'],
    ],
  ])('%s', (_title, world, expected) => {
    expect(changesOf(world).map(lineOf)).toEqual(expected);
  });
});

test('in use: a pass waits for the use of a lock that the same plan moves to where only it reaches', () => {
  const toC = { ...pass, ...live.pass('p', idOf.box('c')) };
  const world = {
    desired: [boxToo, declared.box('c'), declared.lock('k', { box: 'c' }), declared.pass('p', 'box.c', absent)],
    objects: [box, live.box('c'), live.lock('k', { facts: { box: 'b' } }), toC],
    registrations: registered,
  };
  expect(changesOf(world).map(lineOf)).toEqual(['lock.k update ready', 'pass.p delete unused']);
});

describe('propagation: a deletion waits until its replacement has propagated', () => {
  const young = live.pass('q', idOf.lock('k'), { changedAt: minutesAgo(2), marks: [] });
  const old = live.pass('q', idOf.lock('k'), { changedAt: minutesAgo(6), marks: [] });
  const world = (second: typeof young): World => ({
    desired: [boxToo, lockToo, passGoes],
    objects: [...all, second],
    registrations: registered,
  });

  test('a pass made two minutes ago has propagated in three', () => {
    const [change] = changesOf(world(young));
    expect(change?.status).toEqual({ is: 'deferred', until: [{ when: 'known', from: minutesAgo(-3) }] });
    expect(change?.blastRadius).toMatchObject([{ by: door.id }]);
  });

  test('a pass made six minutes ago has propagated', () => {
    expect(changesOf(world(old)).map(lineOf)).toEqual(['pass.p delete ready']);
  });
});

describe("clock: an API's own times and states", () => {
  const later = { is: 'deferred', until: [{ when: 'time', from: '2026-11-24T16:00:00Z' }] } as const;
  const timed = live.lock('k', { facts: { gate: later } });

  test('are waited for', () => {
    expect(changesOf({ desired: [boxToo, lockGoes], objects: [box, timed] }).map(({ status }) => status)).toEqual([
      later,
    ]);
  });

  test('are asked last, after uses', () => {
    const world = { desired: [boxToo, lockGoes], objects: [box, timed, pass, door], registrations: registered };
    expect(changesOf(world).map(lineOf)).toEqual(['lock.k delete unused']);
  });
});

test('a guard that blocks comes before one that waits', () => {
  const dear = live.lock('k', { facts: { cost: 'seven spare keys' } });
  const world = { desired: [boxToo, lockGoes], objects: [box, dear, pass, door], registrations: registered };
  expect(changesOf(world).map(lineOf)).toEqual(['lock.k delete CONSENT_NEEDED']);
});

describe('delegation: backups lose their lock without a role of their own', () => {
  const roles = ['Reader', 'AuthorizationDelegator'];
  const delegating = { ...pass, relations: withGrants(pass, [{ roles }]), facts: { roles } };
  const needs = door.relations.needs.map((need) => ({ ...need, roles }));
  const backedUp = { ...door, relations: { ...door.relations, needs } };
  const objects = [box, lock, delegating, backedUp];
  const narrowed = declared.pass('p', 'box.b', { roles: ['Reader'] });
  const second = live.pass('q', idOf.lock('k'));
  const consents = new Set(['narrow:pass.p']);
  test.each<Row>([
    [
      'blocked when it is taken away',
      { desired: [boxToo, lockToo, doorToo, narrowed], objects },
      ['pass.p update CONSENT_NEEDED'],
    ],
    [
      'ready with consent',
      { desired: [boxToo, lockToo, doorToo, narrowed], objects, consents },
      ['pass.p update ready'],
    ],
    [
      'blocked when the pass goes and another one reads on',
      { desired: [boxToo, lockToo, passGoes], objects: [...objects, second] },
      ['pass.p delete CONSENT_NEEDED'],
    ],
    [
      'waits when nothing reads on, with consent or without',
      { desired: [boxToo, lockToo, passGoes], objects, consents },
      ['pass.p delete unused'],
    ],
    [
      'ready when no backup needs it',
      { desired: [boxToo, lockToo, doorToo, narrowed], objects: [box, lock, delegating, door] },
      ['pass.p update ready'],
    ],
    [
      'ready when another pass delegates',
      {
        desired: [boxToo, lockToo, doorToo, narrowed],
        objects: [...objects, { ...second, relations: withGrants(second, [{ roles }]) }],
      },
      ['pass.p update ready'],
    ],
    [
      'blocked when the other pass reads, and its role is another one',
      {
        desired: [boxToo, lockToo, doorToo, narrowed],
        objects: [...objects, { ...second, relations: withGrants(second, [{ roles: ['AuthorizationDelegator'] }]) }],
      },
      ['pass.p update CONSENT_NEEDED'],
    ],
  ])('%s', (_title, world, expected) => {
    expect(changesOf(world).map(lineOf)).toEqual(expected);
  });

  test('names the deployment, its key and the flag', () => {
    const [change] = changesOf({ desired: [boxToo, lockToo, doorToo, narrowed], objects });
    expect(change?.status).toMatchObject({
      message: expect.stringMatching(/the backups of "d" \(data-virtualization\) under crn:.*`--allow narrow:pass\.p`/),
    });
    expect(change?.blastRadius).toMatchObject([{ by: door.id }]);
  });
});

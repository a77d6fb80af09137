import { describe, expect, test } from '@jest/globals';
import { unrelated } from '../../../src/model/relation.ts';
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
  doorToo,
  lineOf,
  lock,
  lockGoes,
  lockToo,
  pass,
  passGoes,
  type Row,
  reclaiming,
  registered,
  retained,
  withGrants,
} from './world.ts';

describe('usable: a create needs a dependency that works', () => {
  test.each<Row>([
    [
      'blocked when the lock was disabled outside',
      { desired: [boxToo, lockToo, doorToo], objects: [box, { ...lock, impaired: 'it is disabled' }] },
      ['door.d create NOT_USABLE'],
    ],
    [
      'blocked when the lock is declared disabled',
      {
        desired: [boxToo, declared.lock('k', { enabled: false }), doorToo],
        objects: [box, live.lock('k', { facts: { enabled: false } })],
      },
      ['door.d create NOT_USABLE'],
    ],
    [
      'ready when this plan enables the lock',
      {
        desired: [boxToo, declared.lock('k', { enabled: true }), doorToo],
        objects: [box, live.lock('k', { facts: { enabled: false }, impaired: 'it is disabled' })],
      },
      ['lock.k enable ready', 'door.d create ready'],
    ],
    [
      'ready when this plan creates the lock',
      { desired: [boxToo, lockToo, doorToo], objects: [box] },
      ['lock.k create ready', 'door.d create ready'],
    ],
  ])('%s', (_title, world, expected) => {
    expect(changesOf(world).map(lineOf)).toEqual(expected);
  });
});

describe('understood: what a pass allows must be known before it is changed', () => {
  const opaque = { ...pass, relations: withGrants(pass, [{ opaque: 'it has "rule"' }]) };
  const widened = declared.pass('p', 'box.b', { roles: ['Writer'] });
  test.each<Row>([
    ['not deleted', { desired: [boxToo, passGoes], objects: [box, opaque] }, ['pass.p delete NOT_UNDERSTOOD']],
    ['not changed', { desired: [boxToo, widened], objects: [box, opaque] }, ['pass.p update NOT_UNDERSTOOD']],
    [
      'not adopted',
      {
        desired: [boxToo, declared.pass('p', 'box.b')],
        objects: [box, { ...opaque, marks: [] }],
        consents: new Set(['adopt']),
      },
      ['pass.p adopt NOT_UNDERSTOOD'],
    ],
  ])('%s', (_title, world, expected) => {
    expect(changesOf(world).map(lineOf)).toEqual(expected);
  });

  test('and says what is not', () => {
    const [change] = changesOf({ desired: [boxToo, passGoes], objects: [box, opaque] });
    expect(change?.status).toMatchObject({ message: expect.stringContaining('it has "rule"') });
  });
});

describe('redeclared: an object that another block declares is not deleted', () => {
  const pinned = declared.lock('new', { crn: idOf.lock('k') });
  const anyPass = declared.pass('any', 'box.b', { existing: true });
  test.each<Row>([
    [
      'blocked when another block pins it',
      { desired: [boxToo, lockGoes, pinned], objects: [box, lock] },
      ['lock.k delete DUPLICATE_IDENTITY'],
    ],
    [
      'ready when both blocks are tombstones',
      { desired: [boxToo, lockGoes, { ...pinned, spec: { ...pinned.spec, ...absent } }], objects: [box, lock] },
      ['lock.k delete ready', 'lock.new delete FOREIGN_MARK'],
    ],
    [
      'blocked when it alone satisfies an existing block',
      { desired: [boxToo, passGoes, anyPass], objects: [box, pass] },
      ['pass.p delete DUPLICATE_IDENTITY'],
    ],
    [
      'ready when another object satisfies the existing block too',
      { desired: [boxToo, passGoes, anyPass], objects: [box, pass, live.pass('q', idOf.box('b'), { marks: [] })] },
      ['pass.p delete ready'],
    ],
  ])('%s', (_title, world, expected) => {
    expect(
      changesOf(world)
        .filter(({ verb }) => verb !== 'adopt')
        .map(lineOf),
    ).toEqual(expected);
  });
});

describe('retention: a retention policy always blocks', () => {
  const shred = declared.lock('k', { ...absent, shred: true });
  test.each<Row>([
    [
      'a deletion of the lock',
      { desired: [boxToo, lockGoes], objects: all, registrations: retained },
      ['DELETION_PREVENTED'],
    ],
    [
      'a cryptoshred with consent',
      {
        desired: [boxToo, shred],
        objects: all,
        registrations: retained,
        consents: new Set(['cryptoshred:lock.k']),
      },
      ['DELETION_PREVENTED'],
    ],
    [
      'a deletion of the pass that serves the use',
      { desired: [boxToo, passGoes], objects: all, registrations: retained },
      ['DELETION_PREVENTED'],
    ],
    [
      'a deletion of the box that holds the lock',
      { desired: [declared.box('b', absent)], objects: all, registrations: retained },
      ['DELETION_PREVENTED'],
    ],
  ])('%s', (_title, world, codes) => {
    expect(changesOf(world).map(({ status }) => status.is === 'blocked' && status.code)).toEqual(codes);
  });
});

describe('empty: a container is deleted after its contents', () => {
  const boxGoes = declared.box('b', absent);
  test.each<Row>([
    [
      'blocked while it holds a lock of this stack',
      { desired: [boxGoes], objects: [box, lock] },
      ['box.b delete NOT_EMPTY'],
    ],
    [
      'blocked while it holds an unmanaged lock',
      { desired: [boxGoes], objects: [box, { ...lock, marks: [] }] },
      ['box.b delete NOT_EMPTY'],
    ],
    [
      'ready after the lock when the plan deletes both',
      { desired: [boxGoes, lockGoes], objects: [box, lock] },
      ['lock.k delete ready', 'box.b delete ready'],
    ],
    [
      'ready when it holds only an unmarked object that wraps nothing',
      {
        desired: [boxGoes],
        objects: [box, { ...lock, marks: [], relations: { ...unrelated, inside: [box.id] } }],
      },
      ['box.b delete ready'],
    ],
    [
      'ready when its contents are deleted and restorable',
      { desired: [boxGoes], objects: [box, { ...lock, ...reclaiming(daysAgo(1)) }] },
      ['box.b delete ready'],
    ],
  ])('%s', (_title, world, expected) => {
    expect(changesOf(world).map(lineOf)).toEqual(expected);
  });

  test('waits while its contents are in use', () => {
    const world = { desired: [boxGoes, lockGoes], objects: [box, lock, pass, door], registrations: registered };
    expect(changesOf(world).map(lineOf)).toEqual(['lock.k delete unused', 'box.b delete unused']);
  });
});

describe('readable: a grant is deleted only when its users can be listed', () => {
  const others = new Map([['door', 'forbidden']]);
  const onlyPass = (on: string): World => ({ desired: [boxToo, passGoes], objects: [box, live.pass('p', on)] });
  test.each<Row>([
    [
      'blocked when a list was refused',
      { ...onlyPass(idOf.box('b')), unreadable: others },
      ['pass.p delete UNREADABLE'],
    ],
    [
      'blocked when a list of others has rows that cannot be read',
      { ...onlyPass(idOf.box('b')), incomplete: others },
      ['pass.p delete UNREADABLE'],
    ],
    ['blocked when its instance was not found', onlyPass('guid:1'), ['pass.p delete UNREADABLE']],
    ['blocked when it covers a whole service', onlyPass('service:boxes'), ['pass.p delete UNREADABLE']],
    ['ready when everything was read', onlyPass(idOf.box('b')), ['pass.p delete ready']],
  ])('%s', (_title, world, expected) => {
    expect(changesOf(world).map(lineOf)).toEqual(expected);
  });
});

describe('consent: a change that destroys, stops or costs more needs --allow', () => {
  const shut = declared.lock('k', { enabled: false });
  const on = live.lock('k', { facts: { enabled: true } });
  const shred = declared.lock('k', { ...absent, shred: true });
  const dear = live.lock('k', { facts: { cost: 'seven spare keys' } });
  test.each<readonly [string, World, string]>([
    ['disabling a lock in use', { desired: [boxToo, shut], objects: [box, on, pass, door] }, 'disable:lock.k'],
    ['cryptoshredding a lock in use', { desired: [boxToo, shred], objects: all }, 'cryptoshred:lock.k'],
    [
      'a deletion that costs more than its object',
      { desired: [boxToo, lockGoes], objects: [box, dear] },
      'delete:lock.k',
    ],
  ])('%s', (_title, world, word) => {
    const [change] = changesOf(world);
    expect(change?.status).toMatchObject({ is: 'blocked', code: 'CONSENT_NEEDED', allow: word });
    expect(change?.status).toMatchObject({ message: expect.stringContaining(`\`--allow ${word}\``) });
    expect(changesOf({ ...world, consents: new Set([word]) }).map(({ status }) => status.is)).toEqual(['ready']);
  });

  test('disabling an unused lock needs none', () => {
    expect(changesOf({ desired: [boxToo, shut], objects: [box, on] }).map(lineOf)).toEqual(['lock.k disable ready']);
  });
});

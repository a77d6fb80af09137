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
} from './world.ts';

describe('usable: nothing is made upon what does not do its work', () => {
  test.each<Row>([
    [
      'somebody disabled it',
      { desired: [boxToo, lockToo, doorToo], objects: [box, { ...lock, impaired: 'it is disabled' }] },
      ['door.d create NOT_USABLE'],
    ],
    [
      'it is declared to be disabled',
      {
        desired: [boxToo, declared.lock('k', { enabled: false }), doorToo],
        objects: [box, live.lock('k', { facts: { enabled: false } })],
      },
      ['door.d create NOT_USABLE'],
    ],
    [
      'this plan enables it: the door comes after that',
      {
        desired: [boxToo, declared.lock('k', { enabled: true }), doorToo],
        objects: [box, live.lock('k', { facts: { enabled: false }, impaired: 'it is disabled' })],
      },
      ['lock.k enable ready', 'door.d create ready'],
    ],
    [
      'it is to be made as well',
      { desired: [boxToo, lockToo, doorToo], objects: [box] },
      ['lock.k create ready', 'door.d create ready'],
    ],
  ])('%s', (_title, world, expected) => {
    expect(changesOf(world).map(lineOf)).toEqual(expected);
  });
});

describe('redeclared: what another block is declared to be does not go', () => {
  const pinned = declared.lock('new', { crn: idOf.lock('k') });
  const anyPass = declared.pass('any', 'box.b', { existing: true });
  test.each<Row>([
    [
      'a pin on it',
      { desired: [boxToo, lockGoes, pinned], objects: [box, lock] },
      ['lock.k delete DUPLICATE_IDENTITY'],
    ],
    [
      'both blocks are tombstones',
      { desired: [boxToo, lockGoes, { ...pinned, spec: { ...pinned.spec, ...absent } }], objects: [box, lock] },
      ['lock.k delete ready', 'lock.new delete FOREIGN_MARK'],
    ],
    [
      'an existing one that nothing else satisfies',
      { desired: [boxToo, passGoes, anyPass], objects: [box, pass] },
      ['pass.p delete DUPLICATE_IDENTITY'],
    ],
    [
      'an existing one that another satisfies as well',
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

describe('retention: it is never overruled', () => {
  const shred = declared.lock('k', { ...absent, shred: true });
  test.each<Row>([
    ['a deletion', { desired: [boxToo, lockGoes], objects: all, registrations: retained }, ['DELETION_PREVENTED']],
    [
      'a deletion by force, consented to',
      {
        desired: [boxToo, shred],
        objects: all,
        registrations: retained,
        consents: new Set(['cryptoshred:lock.k']),
      },
      ['DELETION_PREVENTED'],
    ],
    [
      'a deletion of what lets it at its key',
      { desired: [boxToo, passGoes], objects: all, registrations: retained },
      ['DELETION_PREVENTED'],
    ],
    [
      'a deletion of what holds its key',
      { desired: [declared.box('b', absent)], objects: all, registrations: retained },
      ['DELETION_PREVENTED'],
    ],
  ])('%s', (_title, world, codes) => {
    expect(changesOf(world).map(({ status }) => status.is === 'blocked' && status.code)).toEqual(codes);
  });
});

describe('empty: what is inside goes first', () => {
  const boxGoes = declared.box('b', absent);
  test.each<Row>([
    ['a lock of ours stays in it', { desired: [boxGoes], objects: [box, lock] }, ['box.b delete NOT_EMPTY']],
    [
      "a lock of nobody's stays in it",
      { desired: [boxGoes], objects: [box, { ...lock, marks: [] }] },
      ['box.b delete NOT_EMPTY'],
    ],
    [
      'the lock goes too, and before it',
      { desired: [boxGoes, lockGoes], objects: [box, lock] },
      ['lock.k delete ready', 'box.b delete ready'],
    ],
    [
      'what bears no mark and protects nothing, as its default ring',
      {
        desired: [boxGoes],
        objects: [box, { ...lock, marks: [], relations: { ...unrelated, inside: [box.id] } }],
      },
      ['box.b delete ready'],
    ],
    [
      'what can be restored does not stand in the way',
      { desired: [boxGoes], objects: [box, { ...lock, ...reclaiming(daysAgo(1)) }] },
      ['box.b delete ready'],
    ],
  ])('%s', (_title, world, expected) => {
    expect(changesOf(world).map(lineOf)).toEqual(expected);
  });

  test('what is used inside holds up what holds it', () => {
    const world = { desired: [boxGoes, lockGoes], objects: [box, lock, door], registrations: registered };
    expect(changesOf(world).map(lineOf)).toEqual(['lock.k delete unused', 'box.b delete unused']);
  });
});

describe('readable: a grant goes only when it can be told whom it serves', () => {
  const others = new Map([['door', 'forbidden']]);
  const onlyPass = (on: string): World => ({ desired: [boxToo, passGoes], objects: [box, live.pass('p', on)] });
  test.each<Row>([
    ['a list is refused', { ...onlyPass(idOf.box('b')), unreadable: others }, ['pass.p delete UNREADABLE']],
    ['it is about an instance that is not found', onlyPass('guid:1'), ['pass.p delete UNREADABLE']],
    ['it is about a whole service', onlyPass('service:boxes'), ['pass.p delete UNREADABLE']],
    ['all is read', onlyPass(idOf.box('b')), ['pass.p delete ready']],
  ])('%s', (_title, world, expected) => {
    expect(changesOf(world).map(lineOf)).toEqual(expected);
  });
});

describe('consent: what is lost, stopped or costly is named by whoever wants it', () => {
  const shut = declared.lock('k', { enabled: false });
  const on = live.lock('k', { facts: { enabled: true } });
  const shred = declared.lock('k', { ...absent, shred: true });
  const dear = live.lock('k', { facts: { cost: 'seven spare keys' } });
  test.each<readonly [string, World, string]>([
    [
      'a lock that is in use and is shut',
      { desired: [boxToo, shut], objects: [box, on, pass, door] },
      'disable:lock.k',
    ],
    ['a lock that is in use and is destroyed', { desired: [boxToo, shred], objects: all }, 'cryptoshred:lock.k'],
    ['a deletion that costs more', { desired: [boxToo, lockGoes], objects: [box, dear] }, 'delete:lock.k'],
  ])('%s', (_title, world, word) => {
    const [change] = changesOf(world);
    expect(change?.status).toMatchObject({ is: 'blocked', code: 'CONSENT_NEEDED', allow: word });
    expect(change?.status).toMatchObject({ message: expect.stringContaining(`\`--allow ${word}\``) });
    expect(changesOf({ ...world, consents: new Set([word]) }).map(({ status }) => status.is)).toEqual(['ready']);
  });

  test('a lock that nothing uses is shut without one', () => {
    expect(changesOf({ desired: [boxToo, shut], objects: [box, on] }).map(lineOf)).toEqual(['lock.k disable ready']);
  });
});

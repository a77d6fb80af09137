import { describe, expect, test } from '@jest/globals';
import type { Grant } from '../../../src/model/relation.ts';
import type { World } from '../../helpers/snapshot.ts';
import { declared, idOf, live } from '../../helpers/toy-locks.ts';
import {
  absent,
  box,
  boxToo,
  changesOf,
  door,
  doorToo,
  lineOf,
  lock,
  lockGoes,
  pass,
  passGoes,
  type Row,
  registered,
  withGrants,
} from './world.ts';

/** The pass on the box, with a grant of other members. */
const passFor = (grant: Partial<Grant>) => ({ ...pass, relations: withGrants(pass, [grant]) });
const world = (more: Partial<World>): World => ({ desired: [boxToo, lockGoes], objects: [box, lock, pass], ...more });
const withPass = (grant: Partial<Grant>, more: Partial<World> = {}): World =>
  world({ objects: [box, lock, passFor(grant)], ...more });
const silent = { source: { service: 'silent' } };

/** A door of a service of which nobody says that it registers, declared and live. */
const silentId = door.id.replace('data-virtualization', 'silent');
const silentDoor = {
  ...door,
  id: silentId,
  relations: {
    ...door.relations,
    needs: door.relations.needs.map((need) => ({ ...need, by: { service: 'silent', instance: silentId } })),
  },
};
const silentlyRegistered = registered.map((use) => ({ ...use, by: silentId }));

describe('evidence: no registration does not mean that nobody uses a lock', () => {
  test.each<Row>([
    [
      'blocked while a pass lets in a service that may not register',
      withPass(silent),
      ['lock.k delete CONSENT_NEEDED'],
    ],
    [
      'blocked while a pass lets in a group',
      withPass({ source: { resourceGroup: 'g' } }),
      ['lock.k delete CONSENT_NEEDED'],
    ],
    ['blocked while a pass is not understood', withPass({ opaque: 'it has "rule"' }), ['lock.k delete CONSENT_NEEDED']],
    [
      'blocked while a pass may be about its box',
      withPass({ ...silent, within: { resourceGroup: 'g' } }),
      ['lock.k delete CONSENT_NEEDED'],
    ],
    [
      'blocked while a role is not known',
      withPass({ ...silent, roles: ['RoleOfMine'] }),
      ['lock.k delete CONSENT_NEEDED'],
    ],
    ['ready with consent', withPass(silent, { consents: new Set(['delete:lock.k']) }), ['lock.k delete ready']],
    ['ready when the service always registers', world({}), ['lock.k delete ready']],
    ['ready when the pass reads nothing', withPass({ ...silent, roles: ['Viewer'] }), ['lock.k delete ready']],
    [
      'ready when the pass is about another box',
      withPass({ ...silent, target: idOf.box('c') }),
      ['lock.k delete ready'],
    ],
    [
      'ready when its box is known to lie elsewhere',
      withPass(
        { ...silent, within: { resourceGroup: 'g' } },
        {
          objects: [{ ...box, resourceGroup: 'h' }, lock, passFor({ ...silent, within: { resourceGroup: 'g' } })],
        },
      ),
      ['lock.k delete ready'],
    ],
    [
      'ready when the same manifests end the pass',
      withPass(silent, { desired: [boxToo, lockGoes, passGoes] }),
      ['lock.k delete ready', 'pass.p delete ready'],
    ],
    [
      "blocked when the pass whose end is declared is somebody else's, and stays",
      withPass(silent, {
        desired: [boxToo, lockGoes, passGoes],
        objects: [box, lock, { ...passFor(silent), marks: [] }],
      }),
      ['lock.k delete CONSENT_NEEDED', 'pass.p delete UNMARKED'],
    ],
    [
      'blocked when the pass whose end is declared cannot be ended, since whom it serves cannot be told',
      world({
        desired: [boxToo, lockGoes, passGoes],
        objects: [
          { ...box, relations: { ...box.relations, inside: ['service:boxes'] } },
          lock,
          passFor({ ...silent, target: 'service:boxes' }),
        ],
      }),
      ['lock.k delete CONSENT_NEEDED', 'pass.p delete UNREADABLE'],
    ],
    [
      'waits, and asks nothing, when each declared door of it is registered',
      {
        desired: [boxToo, lockGoes, passGoes, declared.door('d', 'lock.k', absent)],
        objects: [box, lock, passFor(silent), silentDoor],
        registrations: silentlyRegistered,
      },
      ['door.d delete ready', 'lock.k delete unused', 'pass.p delete unused'],
    ],
    [
      'blocked when a declared door of it is not',
      {
        desired: [boxToo, lockGoes, passGoes, declared.door('d', 'lock.k', absent)],
        objects: [box, lock, passFor(silent), silentDoor],
      },
      ['door.d delete ready', 'lock.k delete CONSENT_NEEDED', 'pass.p delete unused'],
    ],
  ])('%s', (_title, given, expected) => {
    expect(changesOf(given).map(lineOf)).toEqual(expected);
  });

  test('names the pass and the flag', () => {
    const [change] = changesOf(withPass(silent));
    expect(change?.status).toMatchObject({
      message: expect.stringMatching(/let one read lock\.k: pass:p \(silent\).*`--allow delete:lock\.k`/),
      allow: 'delete:lock.k',
    });
  });
});

describe('evidence: what a list leaves out is not known to be absent', () => {
  const incomplete = new Map([['pass', 'no pass is listed']]);
  const other = live.lock('m');
  test.each<Row>([
    ['blocked when no pass is listed', world({ objects: [box, lock], incomplete }), ['lock.k delete UNREADABLE']],
    [
      'ready with consent',
      world({ objects: [box, lock], incomplete, consents: new Set(['delete:lock.k']) }),
      ['lock.k delete ready'],
    ],
    [
      'blocked when a door is registered that no pass lets in',
      {
        desired: [boxToo, lockGoes, doorToo],
        objects: [box, lock, other, door],
        registrations: [{ ...registered[0], on: other.id, by: door.id, preventsDeletion: false }],
      },
      ['lock.k delete UNREADABLE'],
    ],
  ])('%s', (_title, given, expected) => {
    expect(changesOf(given).map(lineOf)).toEqual(expected);
  });
});

describe('retention: a lock that is held until its door is reclaimed', () => {
  const held = [{ ...registered[0], on: lock.id, by: door.id, preventsDeletion: true }];
  const until = '2026-12-03T00:00:00.000Z';
  const reclaimed = {
    ...door,
    life: { is: 'restorable', as: 'reclaiming', until, by: undefined, since: '2026-11-23T00:00:00Z' } as const,
  };
  test('is waited for, with the date', () => {
    const [change] = changesOf(world({ objects: [box, lock, pass, reclaimed], registrations: held }));
    expect(change?.status).toEqual({
      is: 'deferred',
      until: [{ when: 'unused', on: [lock.id], by: [door.id], latest: until }],
    });
  });

  test.each<Row>([
    [
      'is waited for when the same plan deletes the door',
      world({
        desired: [boxToo, lockGoes, declared.door('d', 'lock.k', absent)],
        objects: [box, lock, pass, door],
        registrations: held,
      }),
      ['door.d delete ready', 'lock.k delete unused'],
    ],
    [
      'is not waited for otherwise',
      world({ objects: [box, lock, pass, door], registrations: held }),
      ['lock.k delete DELETION_PREVENTED'],
    ],
  ])('%s', (_title, given, expected) => {
    expect(changesOf(given).map(lineOf)).toEqual(expected);
  });

  test('is not shredded before', () => {
    const shredding = declared.lock('k', { ...absent, shred: true });
    const consents = new Set(['cryptoshred:lock.k']);
    const given = world({
      desired: [boxToo, shredding],
      objects: [box, lock, pass, reclaimed],
      registrations: held,
      consents,
    });
    expect(changesOf(given).map(lineOf)).toEqual(['lock.k cryptoshred unused']);
  });
});

import { describe, expect, test } from '@jest/globals';
import { type Containers, containersOfCrn, isWithin, type Layout, wholeService } from '../../src/model/containment.ts';
import type { Grant, Need, Party, User } from '../../src/model/relation.ts';
import { unrelated } from '../../src/model/relation.ts';
import type { Desired } from '../../src/model/resource.ts';
import { indexWanted } from '../../src/model/wanted.ts';
import { concerns, covers } from '../../src/rules/coverage.ts';
import { impliedBy } from '../../src/rules/order.ts';
import { missingRoles, roleCovers, roleWord } from '../../src/services/roles.ts';

const KEY = 'crn:v1:bluemix:public:kms:us-south:a/1:guid:key:id';
const VAULT = 'crn:v1:bluemix:public:kms:us-south:a/1:guid::';
const RING = `${VAULT}#ring`;

const containers: Containers = (ref) => (ref === KEY ? [RING, VAULT] : ref === RING ? [VAULT] : containersOfCrn(ref));
/** Every instance lies in one group. */
const layout: Layout = { containers, groupOf: () => 'vaults' };
const need = (by: Partial<User> = {}): Need => ({
  by: { service: 'dv', ...by },
  on: KEY,
  roles: ['Reader'],
  pointer: '',
});
const grant = (target: string, source: Partial<Party> = {}, roles = ['Reader']): Grant => ({
  source: { service: 'dv', ...source },
  target,
  roles,
});

describe('a grant covers a need', () => {
  test.each<[string, Grant, Need, boolean]>([
    ['on the key itself', grant(KEY), need(), true],
    ['on its ring', grant(RING), need(), true],
    ['on its instance', grant(VAULT), need(), true],
    ['on the whole service', grant(wholeService('kms')), need(), true],
    ['not on another key', grant(`${KEY}x`), need(), false],
    ['not on another instance', grant(VAULT.replace('guid', 'other')), need(), false],
    ['not on another service', grant(wholeService('hs-crypto')), need(), false],
    ['not for another service', grant(VAULT, { service: 'pg' }), need(), false],
    ['of its own instance', grant(VAULT, { instance: 'i' }), need({ instance: 'i' }), true],
    ['not of another instance', grant(VAULT, { instance: 'i' }), need({ instance: 'j' }), false],
    ['of its own group', grant(VAULT, { resourceGroup: 'g' }), need({ resourceGroup: 'g' }), true],
    ['not of another group', grant(VAULT, { resourceGroup: 'g' }), need({ resourceGroup: 'h' }), false],
    ['not of a group, when the needer does not tell its own', grant(VAULT, { resourceGroup: 'g' }), need(), false],
    ['not of another account', grant(VAULT, { account: '2' }), need(), false],
    ['not of a resource type', grant(VAULT, { resourceType: 'share' }), need(), false],
    ['by a higher role', grant(VAULT, {}, ['Manager']), need(), true],
    ['not by an unrelated role', grant(VAULT, {}, ['KeyPurge', 'Administrator']), need(), false],
  ])('%s', (_title, given, wanted, expected) => {
    expect(covers(given, wanted, layout)).toBe(expected);
  });

  test('offline, of a group that the needer does not tell: a default group has no name then', () => {
    const ofGroup = grant(VAULT, { resourceGroup: 'g' });
    expect(covers(ofGroup, need(), { ...layout, isOffline: true })).toBe(true);
    expect(covers(ofGroup, need({ resourceGroup: 'h' }), { ...layout, isOffline: true })).toBe(false);
  });

  test('and concerns it whatever its roles, so that the needer waits for it', () => {
    expect(concerns(grant(VAULT, {}, ['KeyPurge']), need(), layout)).toBe(true);
  });
});

test('containment follows from a CRN alone', () => {
  expect(isWithin(VAULT, KEY, containersOfCrn)).toBe(true);
  expect(isWithin(wholeService('kms'), KEY, containersOfCrn)).toBe(true);
  expect(isWithin(KEY, VAULT, containersOfCrn)).toBe(false);
});

test('whoever needs waits for every declared grant about it', () => {
  const resource = (address: string, relations: Partial<Desired['relations']>): Desired => ({
    address,
    kind: 'toy',
    mark: { stack: 's', name: address },
    spec: {},
    refs: {},
    dependsOn: [],
    relations: { ...unrelated, ...relations },
  });
  const wanted = indexWanted([
    resource(KEY, { inside: [RING, VAULT] }),
    resource(RING, { inside: [VAULT] }),
    resource('deployment', { needs: [need()] }),
    resource('enough', { grants: [grant(VAULT)] }),
    resource('too little', { grants: [grant(RING, {}, ['Viewer'])] }),
    resource('elsewhere', { grants: [grant(`${KEY}x`)] }),
  ]);
  const implied = [...wanted.all()].map((one) => impliedBy(one, wanted));
  expect(implied.flat().sort()).toEqual(['enough', 'too little']);
  expect(implied[2]).toHaveLength(2);
});

describe('roles', () => {
  test.each([
    ['crn:v1:bluemix:public:iam::::serviceRole:Reader', 'Reader'],
    ['Authorization Delegator', 'AuthorizationDelegator'],
    ['Reader', 'Reader'],
  ])('%s is %s', (written, word) => {
    expect(roleWord(written)).toBe(word);
  });

  test('form a ladder; nothing implies KeyPurge or delegation', () => {
    expect(roleCovers('Manager', 'Reader')).toBe(true);
    expect(roleCovers('Reader', 'Manager')).toBe(false);
    expect(missingRoles(['Manager'], ['Reader', 'KeyPurge', 'AuthorizationDelegator'])).toEqual([
      'KeyPurge',
      'AuthorizationDelegator',
    ]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { affectedBy } from '../../src/plan/affected.ts';
import { snapshotOf } from '../helpers/snapshot.ts';

const account = '0123456789abcdef0123456789abcdef';
const crnOf = (service: string) =>
  `crn:v1:bluemix:public:${service}:us-south:a/${account}:5b1c2d3e-0000-4000-8000-000000000001::`;
const redis = crnOf('databases-for-redis');
const storage = crnOf('cloud-object-storage').slice(0, -1);
const volume = (name: string) => `${redis}/agentid=pvc-${name}`;

function shown(...by: readonly string[]) {
  const uses = by.map((one) => ({ on: 'crn:key', by: one, preventsDeletion: one === volume('c') }));
  return affectedBy(uses, snapshotOf([], {})).map(({ by: user, volumes, preventsDeletion }) =>
    [user, volumes ?? '-', preventsDeletion].join(' '),
  );
}

describe('who uses a key', () => {
  // Source: Key Protect's own answer about Redis and Elasticsearch: one registration a volume.
  test('is a deployment once, however many of its volumes are registered', () => {
    expect(shown(volume('a'), volume('b'), redis)).toEqual([`${redis} 2 false`]);
  });

  test('prevents the deletion of its key if one of its volumes does', () => {
    expect(shown(volume('a'), volume('b'), volume('c'))).toEqual([`${redis} 3 true`]);
  });

  test('is counted without volumes where it is registered itself', () => {
    expect(shown(redis)).toEqual([`${redis} - false`]);
  });

  test('is each bucket for itself: their instance is not under one key', () => {
    const [one, other] = [`${storage}bucket:one`, `${storage}bucket:other`];
    expect(shown(one, other)).toEqual([`${one} - false`, `${other} - false`]);
  });
});

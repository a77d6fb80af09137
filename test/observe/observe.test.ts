import { describe, expect, test } from '@jest/globals';
import type { Reader } from '../../src/cloud/reader.ts';
import { CloudRefused, CloudUnavailable } from '../../src/model/errors.ts';
import type { Use } from '../../src/model/relation.ts';
import type { Desired, Observed } from '../../src/model/resource.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { observe, observeOne } from '../../src/observe/observe.ts';
import { NOW } from '../helpers/snapshot.ts';
import { stack } from '../helpers/toy-kind.ts';
import { declared, type Facts, idOf, live, lockKinds } from '../helpers/toy-locks.ts';

/** What is live, and what lists show of it. */
interface Account {
  readonly desired: readonly Desired[];
  /** Kinds whose list is refused. */
  readonly listed?: readonly Observed[];
  readonly refused?: readonly string[];
  /** What a read of each object returns; one that is missing here is gone. Default: as listed. */
  readonly there?: readonly Observed[];
  /** Registrations, as a read of their lock returns them. */
  readonly uses?: readonly Use[];
  /** Instances that no kind finds, by CRN. */
  readonly instances?: Readonly<Record<string, object>>;
  readonly prune?: true;
}

interface Seen {
  readonly snapshot: Snapshot;
  /** The calls, in order: `list box`, `reread ID`, `search ADDRESS`, `uses ID`, `name CRN`. */
  readonly asked: readonly string[];
}

const error = (status: number, message: string) =>
  new CloudRefused({ api: 'toys', operation: 'list', status }, message);

/** Observes an account of boxes, locks, passes and doors, and records the calls. */
async function seen(
  { desired, listed = [], refused = [], there = listed, uses = [], instances = {}, prune }: Account,
  one?: string,
): Promise<Seen> {
  const asked: string[] = [];
  const kinds = lockKinds((name) => ({
    observe: {
      async list() {
        asked.push(`list ${name}`);
        if (refused.includes(name)) throw error(403, `no ${name} for you`);
        return { objects: listed.filter(({ kind }) => kind === name) as Observed<Facts>[], uses: [] };
      },
      async reread(_read, { id }) {
        asked.push(`reread ${id}`);
        return there.find((object) => object.id === id) as Observed<Facts> | undefined;
      },
      async search(_read, { address, mark }) {
        asked.push(`search ${address}`);
        return there.filter((object) => object.kind === name && object.name === mark.name) as Observed<Facts>[];
      },
      async usesOf(_read, { id }) {
        asked.push(`uses ${id}`);
        return uses.filter(({ on }) => on === id);
      },
    },
    ...(name === 'pass' ? { ownership: { prunable: true } } : {}),
  }));
  const reader: Pick<Reader, 'login' | 'resourceGroups' | 'instance'> = {
    login: async () => ({ accountId: '0123456789abcdef0123456789abcdef', iamId: 'IBMid-me' }),
    resourceGroups: async () => [],
    async instance(crn) {
      asked.push(`name ${crn}`);
      if (!(crn in instances)) throw error(403, 'not yours');
      return instances[crn] as Awaited<ReturnType<Reader['instance']>>;
    },
  };
  const input = { stack, account: undefined, desired, maxDeletes: undefined, targets: [], ...(prune ? { prune } : {}) };
  const context = { kinds, reader: reader as Reader, endpoints: 'public', now: () => NOW, consents: [] };
  const snapshot = one === undefined ? await observe(input, context) : await observeOne(input, context, one);
  return { snapshot, asked };
}

const lists = ['list box', 'list lock', 'list pass', 'list door'];
const absent = { state: 'absent' } as const;
const box = live.box('b');
const lock = live.lock('k', { facts: { enabled: true } });
const boxes = [declared.box('b')];
const lockToo = declared.lock('k', { enabled: true });
const pass = live.pass('p', idOf.box('b'));
const door = live.door('d', idOf.lock('k'));
const bucket = 'crn:v1:test:public:objects:here:a/1:other:bucket:photos';
const registered: Use = { on: lock.id, by: bucket, preventsDeletion: false };

describe('lists', () => {
  test('are read once, containers first, and believed where nothing differs', async () => {
    const { asked, snapshot } = await seen({ desired: [...boxes, lockToo], listed: [box, lock] });
    expect(asked).toEqual(lists);
    expect([snapshot.idOf('box.b'), snapshot.idOf('lock.k')]).toEqual([box.id, lock.id]);
  });

  test('that are refused are recorded with the error, and nothing of that kind is searched', async () => {
    const { asked, snapshot } = await seen({ desired: [...boxes, lockToo], listed: [box], refused: ['lock'] });
    expect(asked).toEqual(lists);
    expect([...snapshot.unreadable]).toEqual([['lock', expect.stringContaining('no lock for you')]]);
  });

  test('that fail otherwise end the run', async () => {
    const kinds = lockKinds(() => ({
      observe: { list: () => Promise.reject(new CloudUnavailable({ api: 'toys', operation: 'list' }, 'no answer')) },
    }));
    const reader = { login: async () => ({ accountId: 'a', iamId: 'i' }), resourceGroups: async () => [] };
    const input = { stack, account: undefined, desired: boxes, maxDeletes: undefined, targets: [] };
    const context = { kinds, reader: reader as unknown as Reader, endpoints: '', now: () => NOW, consents: [] };
    await expect(observe(input, context)).rejects.toThrow('no answer');
  });
});

describe('a list is not believed', () => {
  test('about an object that would change: it is read again', async () => {
    const shut = live.lock('k', { facts: { enabled: false } });
    const { asked, snapshot } = await seen({ desired: [...boxes, lockToo], listed: [box, shut], there: [box, lock] });
    expect(asked).toEqual([...lists, `reread ${lock.id}`]);
    expect(snapshot.live.get(lock.id)?.facts).toEqual({ enabled: true });
  });

  test('about an object that is gone when it is read again', async () => {
    const shut = live.lock('k', { facts: { enabled: false } });
    const { snapshot } = await seen({ desired: [...boxes, lockToo], listed: [box, shut], there: [box] });
    expect([snapshot.live.get(lock.id), snapshot.idOf('lock.k')]).toEqual([undefined, undefined]);
  });

  test('about an object that would be created: it is searched', async () => {
    const { asked, snapshot } = await seen({ desired: [...boxes, lockToo], listed: [box], there: [box, lock] });
    expect(asked).toEqual([...lists, 'search lock.k']);
    expect(snapshot.idOf('lock.k')).toBe(lock.id);
  });

  test('about a pinned object that it does not show: it is searched', async () => {
    const pinned = declared.lock('k', { crn: lock.id });
    const { asked } = await seen({ desired: [...boxes, pinned], listed: [box] });
    expect(asked).toEqual([...lists, 'search lock.k']);
  });

  test('about a container before its contents', async () => {
    const { asked } = await seen({ desired: [lockToo, ...boxes] });
    expect(asked).toEqual([...lists, 'search box.b', 'search lock.k']);
  });

  test('only where something is declared', async () => {
    const { asked } = await seen({ desired: boxes, listed: [box, lock, live.lock('other'), pass, door] });
    expect(asked).toEqual(lists);
  });
});

describe('uses are read before a deletion', () => {
  test('of the object itself', async () => {
    const { asked, snapshot } = await seen({
      desired: [...boxes, declared.lock('k', absent)],
      listed: [box, lock],
      uses: [registered],
    });
    expect(asked).toContain(`uses ${lock.id}`);
    expect(asked).not.toContain(`uses ${box.id}`);
    expect(snapshot.uses.on(lock.id)).toEqual([registered]);
  });

  test('of its contents', async () => {
    const { asked } = await seen({ desired: [declared.box('b', absent)], listed: [box, lock] });
    expect(asked.filter((one) => one.startsWith('uses'))).toEqual([`uses ${box.id}`, `uses ${lock.id}`]);
  });

  test('of the target of its grant', async () => {
    const { asked } = await seen({
      desired: [...boxes, declared.pass('p', 'box.b', absent)],
      listed: [box, lock, pass],
    });
    expect(asked.filter((one) => one.startsWith('uses'))).toEqual([
      `uses ${pass.id}`,
      `uses ${box.id}`,
      `uses ${lock.id}`,
    ]);
  });

  test('of the declared and of the live target of its grant', async () => {
    const { asked } = await seen({
      desired: [...boxes, declared.box('c'), declared.pass('p', 'box.c', absent)],
      listed: [box, live.box('c'), lock, pass],
    });
    const ids = [pass.id, idOf.box('c'), box.id, lock.id];
    expect(asked.filter((one) => one.startsWith('uses'))).toEqual(ids.map((id) => `uses ${id}`));
  });

  test('and not without one', async () => {
    const { asked } = await seen({ desired: [...boxes, lockToo], listed: [box, lock, pass, door] });
    expect(asked.filter((one) => one.startsWith('uses'))).toEqual([]);
  });
});

describe('users outside the manifest', () => {
  const other = 'crn:v1:test:public:objects:here:a/1:other::';
  const goes = { desired: [...boxes, declared.lock('k', absent)], listed: [box, lock], uses: [registered] };
  const instance = { name: 'photos', resource_group_id: 'g', state: 'active', updated_at: '2026-11-01T00:00:00Z' };

  test('are read by instance, once', async () => {
    const second = { ...registered, by: `${bucket}-too` };
    const { asked, snapshot } = await seen({ ...goes, uses: [registered, second], instances: { [other]: instance } });
    expect(asked.filter((one) => one.startsWith('name'))).toEqual([`name ${other}`]);
    expect(snapshot.externalUsers.get(other)).toEqual({ name: 'photos', service: 'objects', resourceGroup: 'g' });
  });

  test('have the date of their deletion', async () => {
    const gone = { ...instance, state: 'pending_reclamation', deleted_at: '2026-11-20T00:00:00Z' };
    const { snapshot } = await seen({ ...goes, instances: { [other]: gone } });
    expect(snapshot.externalUsers.get(other)).toMatchObject({ deletedAt: '2026-11-20T00:00:00Z' });
  });

  test('that cannot be read have no name', async () => {
    const { asked, snapshot } = await seen(goes);
    expect(asked).toContain(`name ${other}`);
    expect([...snapshot.externalUsers]).toEqual([]);
  });

  test('are not read when nothing is to be deleted', async () => {
    const { asked } = await seen({ ...goes, desired: [...boxes, lockToo] });
    expect(asked).toEqual(lists);
  });
});

describe('with --prune', () => {
  test('an orphan is treated as a tombstone, and its uses are read', async () => {
    const orphan = live.pass('old', idOf.box('b'));
    const { asked, snapshot } = await seen({ desired: boxes, listed: [box, lock, orphan], prune: true });
    expect(snapshot.wanted.get('pass.old')).toMatchObject({ spec: { state: 'absent' }, pruned: true });
    expect(asked).toContain(`uses ${orphan.id}`);
  });

  test('an orphan that holds data is kept', async () => {
    const { asked, snapshot } = await seen({ desired: boxes, listed: [box, lock], prune: true });
    expect([snapshot.wanted.get('lock.k'), asked]).toEqual([undefined, lists]);
  });
});

test('one resource is read with its references alone', async () => {
  const desired = [...boxes, declared.box('c'), lockToo, declared.door('d', 'lock.k')];
  const { asked, snapshot } = await seen({ desired }, 'lock.k');
  expect(asked).toEqual(['list box', 'list lock', 'search box.b', 'search lock.k']);
  expect([...snapshot.wanted.all()].map(({ address }) => address)).toEqual(['box.b', 'lock.k']);
});

import { describe, expect, test } from '@jest/globals';
import { round } from '../../src/apply/round.ts';
import type { Cloud } from '../../src/cloud/reader.ts';
import type { LiveId } from '../../src/model/address.ts';
import { CloudRefused, LostAnswer } from '../../src/model/errors.ts';
import type { ApplyEvent } from '../../src/model/event.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { Use } from '../../src/model/relation.ts';
import type { Desired, Observed } from '../../src/model/resource.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { NOW, snapshotOf } from '../helpers/snapshot.ts';
import { stack } from '../helpers/toy-kind.ts';
import { declared, type Facts, idOf, live, lockKinds, type Name, type Spec } from '../helpers/toy-locks.ts';

const facts = { api: 'toys', operation: 'act' };
const lost = () => new LostAnswer(facts, 'no answer came');
const refused = () => new CloudRefused({ ...facts, status: 400, apiCode: 'NO_ERR' }, 'it is refused');

interface Given {
  readonly desired: readonly Desired[];
  readonly objects?: readonly Observed[];
  readonly consents?: readonly string[];
  readonly parallelism?: number;
  readonly signal?: AbortSignal;
  /** Changes made between plan and apply. */
  readonly meanwhile?: (there: Map<LiveId, Observed>) => void;
  /** Runs before an action takes effect; it may throw the cloud's error. `nth` counts from 1 for each action. */
  readonly before?: (action: string, nth: number, there: Map<LiveId, Observed>) => void | Promise<void>;
  /** Runs after it took effect: an error here is a lost answer. */
  readonly after?: (action: string, nth: number, there: Map<LiveId, Observed>) => void | Promise<void>;
  readonly uses?: readonly Use[];
  /** Runs when this is told. */
  readonly told?: (type: ApplyEvent['type'], there: Map<LiveId, Observed>) => unknown;
}

/** Plans, and runs one round against objects in memory. */
async function done(given: Given) {
  const { desired, objects = [], consents = [], parallelism = 10, uses = [] } = given;
  const there = new Map(objects.map((object) => [object.id, object]));
  const acted: string[] = [];
  /** Each remembers the lists that it has read. */
  const views = new Set<unknown>();
  let atOnce = 0;
  let most = 0;
  /** One action, between the two scripts. */
  const act = async (action: string, change: () => void): Promise<void> => {
    acted.push(action);
    const nth = acted.filter((one) => one === action).length;
    atOnce += 1;
    most = Math.max(most, atOnce);
    try {
      await given.before?.(action, nth, there);
      await Promise.resolve();
      change();
      await given.after?.(action, nth, there);
    } finally {
      atOnce -= 1;
    }
  };
  const kinds = lockKinds((name) => ({
    observe: {
      list: async () => ({
        objects: [...there.values()].filter(({ kind }) => kind === name) as Observed<Facts>[],
        uses: [],
      }),
      reread: async (_read, { id }) => there.get(id) as Observed<Facts> | undefined,
      async search(read, { mark }) {
        views.add(read);
        return [...there.values()].filter((one) => one.kind === name && one.name === mark.name) as Observed<Facts>[];
      },
      usesOf: async (_read, { id }) => uses.filter(({ on }) => on === id),
    },
    actions: {
      async create(_context, { desired: wanted }) {
        const made = madeOf(name, wanted);
        await act(`create ${wanted.address}`, () => there.set(made.id, made));
        return made;
      },
      async update(_context, { desired: wanted, live: old }) {
        const next = { ...old, facts: { ...old.facts, ...wanted.spec } };
        await act(`update ${wanted.address}`, () => there.set(next.id, next));
        return (there.get(next.id) ?? next) as Observed<Facts>;
      },
      delete: async (_context, { desired: wanted, live: old }) =>
        await act(`delete ${wanted.address}`, () => there.delete(old.id)),
      cryptoshred: async (_context, { desired: wanted, live: old }) =>
        await act(`cryptoshred ${wanted.address}`, () => there.delete(old.id)),
    },
  }));
  const snapshot = snapshotOf(kinds, { desired, objects, consents: new Set(consents), registrations: uses });
  const input = { stack, account: undefined, desired, maxDeletes: undefined, targets: [] };
  const plan = makePlan(input, snapshot, kinds, 'public');
  given.meanwhile?.(there);
  let time = 0;
  const clock = {
    now: () => time,
    async sleep(ms: number, signal?: AbortSignal) {
      signal?.throwIfAborted();
      time += ms;
    },
  };
  const context = {
    kinds,
    endpoints: 'public',
    now: () => new Date(NOW.getTime() + time),
    consents,
    cloud: () => ({}) as Cloud,
    clock,
    tell: ({ type }: ApplyEvent) => given.told?.(type, there),
    parallelism,
    waitMs: 3_600_000,
    signal: given.signal ?? new AbortController().signal,
    secret: async () => new Uint8Array(),
  };
  const outcomes = await round(plan, snapshot, context, 3_600_000);
  return { lines: outcomes.map(lineOf), outcomes, acted, there, most, views };
}

function madeOf(name: Name, { mark, relations, spec }: Desired<Spec>): Observed<Facts> {
  const [on] = [...relations.needs.map((need) => need.on), ...relations.grants.map(({ target }) => target)];
  const id = on === undefined ? '' : idOf[on.startsWith('box') ? 'box' : 'lock'](on.split('.')[1] ?? '');
  const more = { facts: spec };
  const made = name === 'box' || name === 'lock' ? live[name](mark.name, more) : live[name](mark.name, id, more);
  return made as Observed<Facts>;
}

function lineOf(outcome: Outcome): string {
  const { address, verb, is } = outcome;
  const why =
    is === 'skipped'
      ? ` for ${outcome.waitedFor}`
      : is === 'failed' || is === 'unknown'
        ? ` ${outcome.error.code}`
        : '';
  return `${address} ${verb} ${is}${why}`;
}

const box = live.box('b');
const lock = live.lock('k');
const boxToo = declared.box('b');
const lockToo = declared.lock('k');
const doorToo = declared.door('d', 'lock.k');
const all = [boxToo, lockToo, doorToo];
const goes = declared.lock('k', { state: 'absent' });

describe('a round', () => {
  test('runs each ready change after its dependencies', async () => {
    const { lines, acted } = await done({ desired: [...all].reverse() });
    expect(acted).toEqual(['create box.b', 'create lock.k', 'create door.d']);
    expect(lines).toEqual(['box.b create done', 'lock.k create done', 'door.d create done']);
  });

  test('runs at most `parallelism` actions at once', async () => {
    const locks = Array.from({ length: 9 }, (_, index) => declared.lock(`k${index}`));
    expect((await done({ desired: [boxToo, ...locks], parallelism: 3 })).most).toBe(3);
  });

  test('skips what depends on a failed change, and nothing else', async () => {
    const second = declared.box('c');
    const { lines } = await done({
      desired: [...all, second],
      before: (action) => {
        if (action === 'create lock.k') throw refused();
      },
    });
    expect(lines).toEqual([
      'box.b create done',
      'box.c create done',
      'lock.k create failed CLOUD_REFUSED',
      'door.d create skipped for lock.k',
    ]);
  });

  test('finishes the action under way after an interrupt, and starts no other', async () => {
    const controller = new AbortController();
    const { lines, acted } = await done({
      desired: all,
      signal: controller.signal,
      before: () => controller.abort(),
    });
    expect(acted).toEqual(['create box.b']);
    expect(lines).toEqual([
      'box.b create done',
      'lock.k create skipped for undefined',
      'door.d create skipped for lock.k',
    ]);
  });
});

describe('a lost answer', () => {
  const losing =
    (...nths: readonly number[]) =>
    (action: string, nth: number) => {
      if (action === 'create lock.k' && nths.includes(nth)) throw lost();
    };

  test('after the create took effect: the object is found', async () => {
    const { lines, acted, views } = await done({ desired: [boxToo, lockToo], objects: [box], after: losing(1) });
    expect([lines, acted]).toEqual([['lock.k create done'], ['create lock.k']]);
    // No list from before it tells what it did.
    expect(views.size).toBe(2);
  });

  test('before the create took effect: it is sent again', async () => {
    const { lines, acted } = await done({ desired: [boxToo, lockToo], objects: [box], before: losing(1) });
    expect([lines, acted.length]).toEqual([['lock.k create done'], 2]);
  });

  test('four times: the outcome is unknown', async () => {
    const { lines, acted } = await done({ desired: [boxToo, lockToo], objects: [box], before: losing(1, 2, 3, 4) });
    expect([lines, acted.length]).toEqual([['lock.k create unknown LOST_ANSWER'], 4]);
  });
});

describe('a refused action', () => {
  test('fails with its code, and is not sent again', async () => {
    const { lines, acted } = await done({
      desired: [boxToo, goes],
      objects: [box, lock],
      before: () => {
        throw refused();
      },
    });
    expect([lines, acted]).toEqual([['lock.k delete failed CLOUD_REFUSED'], ['delete lock.k']]);
  });

  test('is done if another run did it just before', async () => {
    const { lines } = await done({
      desired: [boxToo, goes],
      objects: [box, lock],
      before: (_action, _nth, there) => {
        there.delete(lock.id);
        throw refused();
      },
    });
    expect(lines).toEqual(['lock.k delete done']);
  });
});

describe('a live change since the plan', () => {
  const narrowed = declared.pass('p', 'box.b', { roles: ['Reader'] });
  const pass = (...roles: readonly string[]) => live.pass('p', box.id, { facts: { roles } });

  test('to what is declared: done, without a write', async () => {
    const { lines, acted } = await done({
      desired: [boxToo, narrowed],
      objects: [box, pass('Manager')],
      meanwhile: (there) => there.set(idOf.pass('p'), pass('Reader')),
    });
    expect([lines, acted]).toEqual([['pass.p update done'], []]);
  });

  test('to something else: stale, without a write', async () => {
    const { lines, acted } = await done({
      desired: [boxToo, narrowed],
      objects: [box, pass('Manager')],
      meanwhile: (there) => there.set(idOf.pass('p'), pass('Writer')),
    });
    expect([lines, acted]).toEqual([['pass.p update stale'], []]);
  });

  test('that created the object with our mark: done', async () => {
    const { lines, acted } = await done({
      desired: [boxToo, lockToo],
      objects: [box],
      meanwhile: (there) => there.set(lock.id, lock),
    });
    expect([lines, acted]).toEqual([['lock.k create done'], []]);
  });

  test('that created the object for another stack: stale', async () => {
    const { lines, acted } = await done({
      desired: [boxToo, lockToo],
      objects: [box],
      meanwhile: (there) => there.set(lock.id, { ...lock, marks: [{ stack: 'other', name: 'k' }] }),
    });
    expect([lines, acted]).toEqual([['lock.k create stale'], []]);
  });

  test('that deleted the object: an update is stale, a deletion is done', async () => {
    const gone = { meanwhile: (there: Map<LiveId, Observed>) => void [...there.keys()].map((id) => there.delete(id)) };
    expect((await done({ desired: [boxToo, narrowed], objects: [box, pass('Manager')], ...gone })).lines).toEqual([
      'pass.p update stale',
    ]);
    expect((await done({ desired: [boxToo, goes], objects: [box, lock], ...gone })).lines).toEqual([
      'lock.k delete done',
    ]);
  });
});

describe('just before an irreversible action', () => {
  const shred = declared.lock('k', { state: 'absent', shred: true });
  const door = live.door('d', lock.id);
  const shredding = { desired: [boxToo, shred], consents: ['cryptoshred:lock.k'] };

  test('the reviewed uses are confirmed', async () => {
    const { lines } = await done({ ...shredding, objects: [box, lock, door] });
    expect(lines).toEqual(['lock.k cryptoshred done']);
  });

  test('a new use makes it stale', async () => {
    const uses: Use[] = [{ on: lock.id, by: door.id, preventsDeletion: false }];
    const { lines, acted } = await done({
      ...shredding,
      objects: [box, lock, door],
      uses,
      meanwhile: () => void uses.push({ on: lock.id, by: idOf.door('new'), preventsDeletion: false }),
    });
    expect([lines, acted]).toEqual([['lock.k cryptoshred stale'], []]);
  });

  test('a new state makes it stale', async () => {
    const { lines, acted } = await done({
      ...shredding,
      objects: [box, lock, door],
      meanwhile: (there) => there.set(lock.id, { ...lock, impaired: 'it is disabled' }),
    });
    expect([lines, acted]).toEqual([['lock.k cryptoshred stale'], []]);
  });
});

// What is shown afterwards may be what was asked for: only its own word tells that an update came to nothing.
test('an update that ends as failed has failed, though its object is active', async () => {
  const pass = live.pass('p', box.id, { facts: { roles: ['Manager'] } });
  const narrow = { ...pass, facts: { roles: ['Reader'] } };
  const { lines } = await done({
    desired: [boxToo, declared.pass('p', 'box.b', { roles: ['Reader'] })],
    objects: [box, pass],
    after: (_action, _nth, there) => void there.set(pass.id, { ...narrow, life: { is: 'settling' } }),
    told: (type, there) =>
      type === 'settling' && there.set(pass.id, { ...narrow, life: { is: 'active' }, lastFailure: 'no room' }),
  });
  expect(lines).toEqual(['pass.p update failed SETTLED_AS_FAILED']);
});

describe('an object still being created', () => {
  const settling = (id: LiveId, there: Map<LiveId, Observed>, life: Observed['life']) => {
    const object = there.get(id);
    if (object !== undefined) there.set(id, { ...object, life });
  };

  test('is active before its dependents run', async () => {
    const lives: string[] = [];
    const { lines } = await done({
      desired: all,
      before: (action, _nth, there) => {
        if (action === 'create door.d') lives.push(there.get(lock.id)?.life.is ?? 'none');
      },
    });
    expect([lives, lines.at(-1)]).toEqual([['active'], 'door.d create done']);
  });

  test('fails its change and skips its dependents when its creation fails', async () => {
    const { lines } = await done({
      desired: all,
      objects: [box, { ...lock, life: { is: 'settling' } }],
      meanwhile: (there) => settling(lock.id, there, { is: 'failed', why: 'no room' }),
    });
    expect(lines).toContain('lock.k create failed SETTLED_AS_FAILED');
    expect(lines).not.toContain('door.d create done');
  });
});

import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EmulatorError } from '../../src/emulator/core/emulator-error.ts';
import { Engine } from '../../src/emulator/core/engine.ts';
import { openLogFile } from '../../src/emulator/core/log-file.ts';
import { defaultSettings } from '../../src/emulator/core/settings.ts';
import { Tables } from '../../src/emulator/core/tables.ts';
import type { Timers } from '../../src/emulator/core/world.ts';
import { ports } from '../../src/emulator/surface.ts';

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keystead-log-'));
  file = join(folder, 'data.log');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(timers: Timers = {}, dataFile: string | undefined = file): Engine {
  const tables = new Tables();
  const log = dataFile === undefined ? undefined : openLogFile(dataFile, tables);
  return new Engine({
    tables,
    log,
    timers,
    reactions: [],
    ports,
    settings: defaultSettings,
    spared: ['kept'],
    account: 'a'.repeat(32),
  });
}

function put(engine: Engine, id: string, record: object = { id }): void {
  engine.transact((world) => world.store.table('things').put(id, record));
}

function ids(engine: Engine): readonly string[] {
  return engine.transact((world) => world.store.table<{ id: string }>('things').all()).map((record) => record.id);
}

function failure(work: () => unknown): EmulatorError {
  try {
    work();
  } catch (error) {
    if (error instanceof EmulatorError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a transaction', () => {
  test('that throws leaves no record, no timer and no event behind, in memory and in the file', () => {
    const engine = open();
    put(engine, 'a');
    expect(() =>
      engine.transact((world) => {
        world.store.table('things').put('b', { id: 'b' });
        world.store.table('things').delete('a');
        expect(world.store.table('things').size).toBe(1);
        world.schedule(new Date(0), { kind: 'none', payload: null });
        throw new Error('refused');
      }),
    ).toThrow('refused');
    expect(ids(engine)).toEqual(['a']);
    engine.runDueTimers();
    expect(engine.events()).toEqual([]);
    engine.close();
    const again = open();
    expect(again.state()).toEqual({ things: { a: { id: 'a' } } });
    again.close();
  });

  test('sees its own changes, and a list in the order of first puts', () => {
    const engine = open({}, undefined);
    put(engine, 'a');
    put(engine, 'b');
    const seen = engine.transact((world) => {
      const table = world.store.table<{ id: string; n?: number }>('things');
      table.put('c', { id: 'c' });
      table.put('a', { id: 'a', n: 2 });
      table.delete('b');
      return [table.all(), table.get('b'), table.size];
    });
    expect(seen).toEqual([[{ id: 'a', n: 2 }, { id: 'c' }], undefined, 2]);
  });

  test('freezes what it puts, so that no handler changes a record in place', () => {
    const engine = open({}, undefined);
    const record = { id: 'a', inner: { n: 1 } };
    put(engine, 'a', record);
    expect(() => {
      record.inner.n = 2;
    }).toThrow(TypeError);
  });
});

describe('the data file', () => {
  test('is replayed and compacted on start', () => {
    const engine = open();
    for (let n = 0; n < 20; n += 1) put(engine, 'a', { id: 'a', n });
    put(engine, 'b');
    engine.transact((world) => world.store.table('things').delete('b'));
    engine.close();
    const again = open();
    expect(again.state()).toEqual({ things: { a: { id: 'a', n: 19 } } });
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(2);
    again.close();
  });

  test('loses a torn last line and nothing else', () => {
    const engine = open();
    put(engine, 'a');
    put(engine, 'b');
    engine.close();
    appendFileSync(file, '[["things","c",{"id":');
    const again = open();
    expect(ids(again)).toEqual(['a', 'b']);
    put(again, 'd');
    again.close();
    const third = open();
    expect(ids(third)).toEqual(['a', 'b', 'd']);
    third.close();
  });

  test('that is damaged in the middle is refused by its line, and left as it is', () => {
    const engine = open();
    put(engine, 'a');
    engine.close();
    appendFileSync(file, 'damage\n[]\n');
    const before = readFileSync(file, 'utf8');
    expect(failure(() => open()).message).toContain('is damaged at line 3');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test.each(['apiVersion: keystead/v1\n', 'no line end'])(
    'that holds something else (%j) is never overwritten',
    (text) => {
      writeFileSync(file, text);
      expect(failure(() => open()).message).toContain('is not a data file of the emulator');
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
  );

  test('takes nothing more once it was closed', () => {
    const engine = open();
    engine.close();
    engine.close();
    expect(failure(() => put(engine, 'late')).message).toContain('was closed');
    const again = open();
    expect(ids(again)).toEqual([]);
    again.close();
  });

  test('in a place that cannot be written is one clear error', () => {
    writeFileSync(file, '');
    const error = failure(() => open({}, join(file, 'below', 'data.log')));
    expect(error.message).toContain('cannot be used');
    expect(error.remedy).toContain('folder');
  });

  test('is locked: a second emulator fails and names the process of the first', () => {
    const engine = open();
    expect(failure(() => open()).message).toContain(`in use by the emulator of process ${process.pid}`);
    engine.close();
    open().close();
  });

  test('locked by another live process is refused, and by a dead one taken over', () => {
    writeFileSync(`${file}.lock`, `${process.ppid}\n`);
    expect(failure(() => open()).message).toContain(`process ${process.ppid}`);
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(`${file}.lock`, `${dead}\n`);
    const engine = open();
    expect(readFileSync(`${file}.lock`, 'utf8')).toBe(`${process.pid}\n`);
    engine.close();
  });
});

describe('timers', () => {
  test('run in order of due time, each at its own time, those they set included', () => {
    const ran: string[] = [];
    const engine = open(
      {
        note: (world, payload) => {
          ran.push(`${String(payload)} ${world.now().toISOString().slice(0, 10)}`);
          if (payload !== 'first') return;
          world.schedule(new Date('2020-01-03T00:00:00Z'), { kind: 'note', payload: 'set by first' });
        },
      },
      undefined,
    );
    engine.transact((world) => {
      world.schedule(new Date('2020-01-04T00:00:00Z'), { kind: 'note', payload: 'last' });
      world.schedule(new Date('2020-01-02T00:00:00Z'), { kind: 'note', payload: 'first' });
      world.schedule(new Date('2020-01-02T00:00:00Z'), { kind: 'note', payload: 'second' });
      world.schedule(new Date('9999-01-02T00:00:00Z'), { kind: 'note', payload: 'never' });
    });
    engine.runDueTimers();
    expect(ran).toEqual(['first 2020-01-02', 'second 2020-01-02', 'set by first 2020-01-03', 'last 2020-01-04']);
  });

  test('survive a restart, and run once the clock reaches them', () => {
    const engine = open();
    const dueAt = new Date(engine.now().getTime() + 9 * 24 * 3600_000);
    engine.transact((world) => world.schedule(dueAt, { kind: 'keep', payload: 'x' }));
    engine.close();
    const again = open({ keep: (world, payload) => world.store.table('things').put('x', { id: String(payload) }) });
    again.runDueTimers();
    expect(ids(again)).toEqual([]);
    again.moveClock(9 * 24 * 3600_000);
    expect(ids(again)).toEqual(['x']);
    again.close();
  });

  test('that fail are rolled back, taken out, and told in the activity log', () => {
    const engine = open(
      {
        break: (world) => {
          world.store.table('things').put('half', { id: 'half' });
          throw new Error('broken');
        },
      },
      undefined,
    );
    engine.transact((world) => world.schedule(new Date(0), { kind: 'break', payload: 7 }));
    engine.runDueTimers();
    engine.runDueTimers();
    expect(ids(engine)).toEqual([]);
    expect(engine.events()).toMatchObject([{ action: 'emulator.timer.fail', data: { message: 'broken', payload: 7 } }]);
  });
});

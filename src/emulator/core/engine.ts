import { randomUUID } from 'node:crypto';
import { addTimer, type ClockRecord, clockTable, dropTimer, firstDue, type TimerRecord, timeAfter } from './clock.ts';
import { messageOf } from './emulator-error.ts';
import type { LogFile } from './log-file.ts';
import { makeRations } from './rations.ts';
import { changed } from './settings.ts';
import { secretPrefix, type Tables } from './tables.ts';
import type { ActivityEvent, Json, Ports, Reactions, Settings, Timers, World } from './world.ts';

const eventsTable = 'core/events';

/** What an account is made of. */
export interface EngineOptions {
  readonly tables: Tables;
  /** Undefined keeps everything in memory. */
  readonly log: LogFile | undefined;
  readonly timers: Timers;
  readonly reactions: readonly Reactions[];
  readonly ports: Ports;
  /** Those of the start, to which a reset goes back. */
  readonly settings: Settings;
  /** The tables that a reset leaves alone. */
  readonly spared: readonly string[];
  readonly account: string;
}

/**
 * The emulated account: its records, its time and its timers. Everything that changes goes through `transact`.
 * It holds state over time, hence a class.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #tables: Tables;
  readonly #rations = makeRations();
  #settings: Settings;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#tables = options.tables;
    this.#settings = options.settings;
  }

  get settings(): Settings {
    return this.#settings;
  }

  changeSettings(part: Partial<Settings>): void {
    this.#settings = changed(this.#settings, part);
  }

  now(): Date {
    return timeAfter(this.#clock());
  }

  /** Moves emulator time by as many milliseconds, and runs what has become due. */
  moveClock(ms: number): void {
    this.#write(() =>
      this.#tables.table<ClockRecord>(clockTable).put('clock', { offsetMs: this.#clock().offsetMs + ms }),
    );
    this.runDueTimers();
  }

  /**
   * Runs `work` with a world whose time stands still, and saves what it changed before returning.
   * @param options `now`: the time it stands at; `correlationId`: what its events have in common, made here if absent
   * @throws whatever `work` throws, or the log file's error; in both cases nothing was changed
   */
  transact<T>(work: (world: World) => T, options: { readonly now?: Date; readonly correlationId?: string } = {}): T {
    const { now = this.now(), correlationId = randomUUID() } = options;
    return this.#write(() => work(this.#worldAt(now, correlationId)), now);
  }

  /** A world in which it is as much earlier: for reading only. */
  past(ms: number, now: Date): World {
    const then = new Date(now.getTime() - ms);
    return { ...this.#worldAt(then, ''), store: this.#tables.asOf(then.getTime()) };
  }

  /** Runs every timer that is due by now, the earliest first, each in its own transaction at its own due time. */
  runDueTimers(): void {
    for (let timer = firstDue(this.#tables, this.now()); timer !== undefined; ) {
      this.#run(timer);
      timer = firstDue(this.#tables, this.now());
    }
  }

  events(): readonly ActivityEvent[] {
    return this.#tables.table<ActivityEvent>(eventsTable).all();
  }

  /** Every table by name, its records by id; those with secrets left out. */
  state(): Json {
    const state: Record<string, Record<string, Json>> = {};
    for (const [name, id, record] of this.#tables.records()) {
      if (name.startsWith(secretPrefix)) continue;
      state[name] ??= {};
      // Records are JSON by the store's contract: they were read from it, or are about to be written as it.
      state[name][id] = record as unknown as Json;
    }
    return state;
  }

  /** Back to an account in which nothing was made, at real time and with the settings of the start. */
  reset(): void {
    this.#write(() => {
      for (const [name, id] of this.#tables.records()) {
        if (!this.#options.spared.includes(name)) this.#tables.table(name).delete(id);
      }
    });
    this.#tables.forget();
    this.#rations.clear();
    this.#settings = this.#options.settings;
  }

  close(): void {
    this.#options.log?.close();
  }

  #clock(): ClockRecord {
    return this.#tables.table<ClockRecord>(clockTable).get('clock') ?? { offsetMs: 0 };
  }

  #write<T>(work: () => T, at: Date = this.now()): T {
    try {
      const result = work();
      const writes = this.#tables.pending();
      if (writes.length > 0) this.#options.log?.append(writes);
      this.#tables.commit(writes.length > 0 ? at.getTime() : undefined);
      return result;
    } catch (error) {
      this.#tables.rollBack();
      throw error;
    }
  }

  #run(timer: TimerRecord): void {
    const dueAt = new Date(timer.dueAt);
    try {
      this.transact(
        (world) => {
          dropTimer(this.#tables, timer);
          const run = this.#options.timers[timer.kind];
          if (run === undefined) throw new Error(`no timer is called ${timer.kind}`);
          run(world, timer.payload);
        },
        { now: dueAt },
      );
    } catch (error) {
      // Left in place it would fail again before each request; so it goes, and the activity log says that it did.
      this.transact(
        (world) => {
          dropTimer(this.#tables, timer);
          world.record(timerFailure(timer, error));
        },
        { now: dueAt },
      );
    }
  }

  #worldAt(now: Date, correlationId: string): World {
    const engine = this;
    const tables = this.#tables;
    const world: World = {
      store: tables,
      get settings() {
        return engine.#settings;
      },
      now: () => new Date(now),
      newId: randomUUID,
      schedule: (dueAt, timer) => addTimer(tables, dueAt, timer),
      scheduleIn: (ms, timer) => addTimer(tables, new Date(now.getTime() + ms), timer),
      record: (event) => {
        const events = tables.table<ActivityEvent>(eventsTable);
        events.put(String(events.size), { correlationId, at: now.toISOString(), outcome: 'success', ...event });
      },
      spend: (what, perMinute) => engine.#rations.spend(what, perMinute, now),
      emit: (name, event) => {
        for (const reactions of engine.#options.reactions) reactions[name]?.(world, event);
      },
      ports: engine.#options.ports,
      account: engine.#options.account,
    };
    return world;
  }
}

function timerFailure(timer: TimerRecord, error: unknown): ActivityEvent {
  return {
    action: 'emulator.timer.fail',
    at: timer.dueAt,
    target: timer.kind,
    initiator: 'emulator',
    outcome: 'failure',
    severity: 'critical',
    data: { message: messageOf(error), payload: timer.payload },
  };
}

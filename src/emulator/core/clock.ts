import type { Json, Store, Table } from './world.ts';

/** How far emulator time is from real time. Kept in the data file, so that a restart does not move time. */
export interface ClockRecord {
  readonly offsetMs: number;
}

/** Where the clock's one record lies. */
export const clockTable = 'core/clock';

/** Emulator time: it runs as real time does, moved by the offset. */
export function timeAfter(clock: ClockRecord): Date {
  return new Date(Date.now() + clock.offsetMs);
}

const units: Readonly<Record<string, number>> = {
  W: 7 * 24 * 3600_000,
  D: 24 * 3600_000,
  H: 3600_000,
  M: 60_000,
  S: 1000,
};

/**
 * Reads an ISO 8601 duration such as `P9D` or `PT1H30M`. Years and months have no fixed length and are not read.
 * @returns milliseconds, or `undefined` for anything else
 */
export function readDuration(text: string): number | undefined {
  const parts = /^P(?=.)(\d+W)?(\d+D)?(?:T(?=.)(\d+H)?(\d+M)?(\d+(?:\.\d+)?S)?)?$/.exec(text);
  if (parts === null) return undefined;
  return parts
    .slice(1)
    .filter((part) => part !== undefined)
    .reduce((sum, part) => sum + Number.parseFloat(part) * (units[part.slice(-1)] ?? 0), 0);
}

/** Something that will happen. Timers are records like others: they survive a restart and are rolled back. */
export interface TimerRecord {
  /** Counts up, zero-padded, so that timers of one moment run in the order in which they were set. */
  readonly id: string;
  /** ISO 8601, emulator time. */
  readonly dueAt: string;
  readonly kind: string;
  readonly payload: Json;
}

/** Sets a timer. */
export function addTimer(store: Store, dueAt: Date, timer: { readonly kind: string; readonly payload: Json }): void {
  const counter = store.table<{ readonly last: number }>('core/timer-count');
  const next = (counter.get('timers')?.last ?? 0) + 1;
  counter.put('timers', { last: next });
  const id = String(next).padStart(12, '0');
  timers(store).put(id, { id, dueAt: dueAt.toISOString(), kind: timer.kind, payload: timer.payload });
}

/** Takes a timer out. */
export function dropTimer(store: Store, timer: TimerRecord): void {
  timers(store).delete(timer.id);
}

/** The earliest timer that is due by `now`. */
export function firstDue(store: Store, now: Date): TimerRecord | undefined {
  const first = timers(store).first('due');
  return first !== undefined && first.dueAt <= now.toISOString() ? first : undefined;
}

/** By their due time, and those of one moment in the order in which they were set. */
function timers(store: Store): Table<TimerRecord, 'due'> {
  return store.table('core/timers', { due: ({ dueAt, id }: TimerRecord) => `${dueAt} ${id}` });
}

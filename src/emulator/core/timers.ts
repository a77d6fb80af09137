import type { Json, Store, Table } from './world.ts';

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

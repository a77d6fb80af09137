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
 *
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

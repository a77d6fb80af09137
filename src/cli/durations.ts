import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** `90s`, `60m`, `2h` → milliseconds. */
export function parseDuration(text: string): number {
  const [, number, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  const scale = UNITS[unit ?? ''];
  if (number === undefined || scale === undefined) {
    throw new InvalidArgumentError('Use a number and a unit: 90s, 60m, 2h.');
  }
  return Number(number) * scale;
}

/** A parser of whole numbers in a range. @param words what to use instead of another one */
export function wholeNumber(least: number, most: number, words: string): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(words);
  };
}

/** Milliseconds for people: `0.4 s`, `12 s`, `2 min 5 s`. */
export function showDuration(ms: number): string {
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

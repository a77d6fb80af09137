/** A moment as Key Protect writes it. Source: Key Protect reference, "Quirks an emulator must absorb": whole seconds, `Z`. */
export function dateOf(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`;
}

/** Milliseconds in a second, an hour and a day. */
export const secondMs = 1000;
export const hourMs = 3600 * secondMs;
export const dayMs = 24 * hourMs;

/** The moment so many milliseconds after a date of the API. */
export function after(date: string, ms: number): Date {
  return new Date(Date.parse(date) + ms);
}

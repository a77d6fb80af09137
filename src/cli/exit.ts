import type { Applied } from '../model/outcome.ts';

/** Exit codes (design 7). */
export const exit = {
  ok: 0,
  error: 1,
  changes: 2,
  invalid: 3,
  refused: 5,
  deferred: 6,
  stale: 7,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/** How an interrupted run ends. */
export function exitOfSignal(signal: AbortSignal): ExitCode {
  return signal.reason === 'SIGTERM' ? exit.terminated : exit.interrupted;
}

/** Precedence: 130/143 > 1 > 7 > 5 > 6 > 0. */
export function exitOfApply({ outcomes, deferred, blocked, unreviewed }: Applied, signal: AbortSignal): ExitCode {
  if (signal.aborted) return exitOfSignal(signal);
  const some = (...words: readonly string[]) => outcomes.some(({ is }) => words.includes(is));
  if (some('failed', 'unknown')) return exit.error;
  if (some('stale') || unreviewed.length > 0) return exit.stale;
  if (blocked.length > 0) return exit.refused;
  return some('waiting') || deferred.length > 0 ? exit.deferred : exit.ok;
}

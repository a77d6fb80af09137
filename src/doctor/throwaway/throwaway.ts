import type { Finding, LeftBehind } from '../../model/diagnosis.ts';
import { Interrupted, KeysteadError } from '../../model/errors.ts';
import { ask, notReadable } from '../probe.ts';
import { type Made, openBench, type ThrowawayContext } from './bench.ts';
import { throwawayProbes } from './probes.ts';
import { tidy } from './tidy.ts';

/**
 * Asks what only something that is made can answer, and removes it in every ending: after the last question, an error or an
 * interrupt.
 */
export async function probeThrowaway(
  given: ThrowawayContext,
): Promise<{ readonly findings: readonly Finding[]; readonly left: readonly LeftBehind[] }> {
  const context = { ...given, tell: tellingOnce(given.tell) };
  const { name, signal, tell } = context;
  const made: Made = { instances: new Set(), policies: new Set(), lost: new Set() };
  const findings: Finding[] = [];
  let left: readonly LeftBehind[] = [];
  let ended: string | undefined;
  try {
    const bench = await openBench(context, made);
    for (const probe of throwawayProbes) {
      if (signal.aborted) throw new Interrupted();
      tell(`${probe.probe}: ${probe.asks}`);
      findings.push(await ask(probe, bench));
    }
  } catch (error) {
    if (!(error instanceof KeysteadError)) throw error;
    ended = error instanceof Interrupted ? 'interrupted' : error.message;
  } finally {
    tell(`removing everything named ${name}${signal.aborted ? '; interrupt once more, and it stays there' : ''}`);
    left = await tidy(context, made);
    for (const { what, id, why } of left) tell(`not removed: ${what} ${id}: ${why}`);
  }
  const unasked = throwawayProbes.slice(findings.length).map(({ look, ...question }) => ({
    ...question,
    ...notReadable(ended ?? 'not asked'),
  }));
  return { findings: [...findings, ...unasked], left };
}

/** What is tried again and again is told once. */
function tellingOnce(tell: (text: string) => void): (text: string) => void {
  const told = new Set<string>();
  return (text) => {
    if (!told.has(text)) tell(text);
    told.add(text);
  };
}

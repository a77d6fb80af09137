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
  context: ThrowawayContext,
): Promise<{ readonly findings: readonly Finding[]; readonly left: readonly LeftBehind[] }> {
  const made: Made = { instances: new Set(), policies: new Set(), uncertain: false };
  const findings: Finding[] = [];
  let left: readonly LeftBehind[] = [];
  let ended: string | undefined;
  try {
    const bench = await openBench(context, made);
    for (const probe of throwawayProbes) {
      if (context.signal.aborted) throw new Interrupted();
      context.tell(`${probe.probe}: ${probe.asks}`);
      findings.push(await ask(probe, bench));
    }
  } catch (error) {
    if (!(error instanceof KeysteadError)) throw error;
    ended = error instanceof Interrupted ? 'interrupted' : error.message;
  } finally {
    context.tell(`removing everything named ${context.name}`);
    left = await tidy(context, made);
    for (const { what, id, why } of left) context.tell(`not removed: ${what} ${id}: ${why}`);
  }
  const unasked = throwawayProbes.slice(findings.length).map(({ look, ...question }) => ({
    ...question,
    ...notReadable(ended ?? 'not asked'),
  }));
  return { findings: [...findings, ...unasked], left };
}

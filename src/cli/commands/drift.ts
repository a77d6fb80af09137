import type { PlanInput } from '../../model/plan-input.ts';
import { plan } from '../../pipeline.ts';
import { driftAsJson, driftOf, isDrift, renderDrift } from '../../report/drift.ts';
import { aim } from '../addresses.ts';
import { type ExitCode, exit, exitOfSignal } from '../exit.ts';
import type { Host } from '../host.ts';
import { type LiveOptions, onLive } from '../in-session.ts';
import type { OrderOptions } from '../order.ts';

export type DriftOptions = LiveOptions & Pick<OrderOptions, 'target'>;

/** What was changed outside. The same engine as `plan`, its own report and exit code. */
export async function driftCommand(host: Host, paths: readonly string[], options: DriftOptions): Promise<ExitCode> {
  const aimed = (all: PlanInput) => aim(all, options);
  return await onLive(host, paths, options, aimed, async (wanted, session, output, { signal }) => {
    const { plan: made } = await plan(wanted, session.planning());
    if (signal.aborted) return exitOfSignal(signal);
    output.result(options.format === 'json' ? driftAsJson(made) : renderDrift(made, output));
    return isDrift(driftOf(made)) ? exit.changes : exit.ok;
  });
}

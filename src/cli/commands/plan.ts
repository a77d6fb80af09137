import type { PlanInput } from '../../model/plan-input.ts';
import { plan } from '../../pipeline.ts';
import { planAsJson } from '../../report/plan/summary.ts';
import { renderPlan } from '../../report/plan/text.ts';
import { aim } from '../addresses.ts';
import { strayConsents } from '../consents.ts';
import { type ExitCode, exit, exitOfSignal } from '../exit.ts';
import type { Host } from '../host.ts';
import { type LiveOptions, onLive } from '../in-session.ts';
import type { OrderOptions } from '../order.ts';
import { refuseManifest, savePlan } from '../plan-file.ts';

export interface PlanOptions extends LiveOptions, Omit<OrderOptions, 'expect'> {
  readonly detailedExitcode?: boolean;
  /** Where to save the plan for `apply`. */
  readonly out?: string;
}

/** What would be done; nothing is written, neither there nor here. */
export async function planCommand(host: Host, paths: readonly string[], options: PlanOptions): Promise<ExitCode> {
  const { format, out, allow, detailedExitcode } = options;
  if (out !== undefined) refuseManifest(out);
  const aimed = (all: PlanInput) => aim(all, options);
  return await onLive(host, paths, options, aimed, async (wanted, session, output, { signal }) => {
    const { plan: made } = await plan(wanted, session.planning(allow));
    if (signal.aborted) return exitOfSignal(signal);
    if (out !== undefined) await savePlan(out, made);
    output.result(format === 'json' ? planAsJson(made) : renderPlan(made, output));
    output.note(strayConsents(allow, wanted, made));
    return detailedExitcode && made.changes.length > 0 ? exit.changes : exit.ok;
  });
}

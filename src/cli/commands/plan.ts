import { kinds, plan } from '../../pipeline.ts';
import { planAsJson } from '../../report/plan/summary.ts';
import { renderPlan } from '../../report/plan/text.ts';
import { aim } from '../addresses.ts';
import type { ConnectOptions } from '../connect.ts';
import { strayConsents } from '../consents.ts';
import { type ExitCode, exit, exitOfSignal } from '../exit.ts';
import type { Host } from '../host.ts';
import { inSession } from '../in-session.ts';
import { type ManifestOptions, wantedOrProblems } from '../manifests.ts';
import { createOutput, type OutputOptions } from '../output.ts';
import { refuseManifest, savePlan } from '../plan-file.ts';

export interface PlanOptions extends ManifestOptions, ConnectOptions, OutputOptions {
  readonly format: 'text' | 'json';
  readonly detailedExitcode?: boolean;
  /** Where to save the plan for `apply`. */
  readonly out?: string;
  /** The words of `--allow`. */
  readonly allow: readonly string[];
  /** Addresses. */
  readonly target: readonly string[];
  readonly prune?: true;
}

/** What would be done; nothing is written, neither there nor here. */
export async function planCommand(host: Host, paths: readonly string[], options: PlanOptions): Promise<ExitCode> {
  const output = createOutput(options, host);
  if (options.out !== undefined) refuseManifest(options.out);
  const all = await wantedOrProblems(paths, options, host.env, output);
  if (all === undefined) return exit.invalid;
  const wanted = aim(all, options);
  return await inSession(host, options, output, async ({ connection, endpoints }, interrupts) => {
    const made = await plan(wanted, {
      kinds,
      reader: connection.reader(),
      endpoints,
      now: connection.now,
      consents: options.allow,
    });
    if (interrupts.signal.aborted) return exitOfSignal(interrupts.signal);
    if (options.out !== undefined) await savePlan(options.out, made.plan);
    output.result(options.format === 'json' ? planAsJson(made.plan) : renderPlan(made.plan, output));
    output.note(strayConsents(options.allow, all, made.plan));
    return options.detailedExitcode && made.plan.changes.length > 0 ? exit.changes : exit.ok;
  });
}

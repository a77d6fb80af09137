import { plan } from '../../pipeline.ts';
import { planAsJson } from '../../report/plan/json.ts';
import { renderPlan } from '../../report/plan/text.ts';
import { aim } from '../addresses.ts';
import { type ConnectOptions, openSession } from '../connect.ts';
import { type ExitCode, exit, exitOfSignal } from '../exit.ts';
import { watchInterrupts } from '../interrupts.ts';
import { type ManifestOptions, wantedOrProblems } from '../manifests.ts';
import { createOutput, type OutputOptions, reportError } from '../output.ts';
import { savePlan } from '../plan-file.ts';

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
export async function planCommand(paths: readonly string[], options: PlanOptions): Promise<ExitCode> {
  const output = createOutput(options, process.env);
  const all = await wantedOrProblems(paths, options, process.env, output);
  if (all === undefined) return exit.invalid;
  const wanted = aim(all, options);
  const interrupts = watchInterrupts(output.note);
  const session = await openSession(options, process.env, interrupts.signal);
  try {
    const { connection, endpoints } = session;
    const made = await plan(wanted, {
      reader: connection.reader(),
      endpoints,
      now: connection.now,
      consents: options.allow,
    });
    if (interrupts.signal.aborted) return exitOfSignal(interrupts.signal);
    if (options.out !== undefined) await savePlan(options.out, made.plan);
    output.result(options.format === 'json' ? planAsJson(made.plan) : renderPlan(made.plan, output));
    return options.detailedExitcode && made.plan.changes.length > 0 ? exit.changes : exit.ok;
  } catch (error) {
    if (!interrupts.signal.aborted) throw error;
    reportError(error, output);
    return exitOfSignal(interrupts.signal);
  } finally {
    interrupts.stop();
    await session.close();
  }
}

import { kinds, plan } from '../../pipeline.ts';
import { driftAsJson, driftOf, isDrift, renderDrift } from '../../report/drift.ts';
import { aim } from '../addresses.ts';
import type { ConnectOptions } from '../connect.ts';
import { type ExitCode, exit, exitOfSignal } from '../exit.ts';
import type { Host } from '../host.ts';
import { inSession } from '../in-session.ts';
import { type ManifestOptions, wantedOrProblems } from '../manifests.ts';
import { createOutput, type OutputOptions } from '../output.ts';

export interface DriftOptions extends ManifestOptions, ConnectOptions, OutputOptions {
  readonly format: 'text' | 'json';
  /** Addresses. */
  readonly target: readonly string[];
}

/** What was changed outside. The same engine as `plan`, its own report and exit code. */
export async function driftCommand(host: Host, paths: readonly string[], options: DriftOptions): Promise<ExitCode> {
  const output = createOutput(options, host);
  const all = await wantedOrProblems(paths, options, host.env, output);
  if (all === undefined) return exit.invalid;
  const wanted = aim(all, options);
  return await inSession(host, options, output, async ({ connection, endpoints }, interrupts) => {
    const context = { kinds, reader: connection.reader(), endpoints, now: connection.now, consents: [] };
    const { plan: made } = await plan(wanted, context);
    if (interrupts.signal.aborted) return exitOfSignal(interrupts.signal);
    output.result(options.format === 'json' ? driftAsJson(made) : renderDrift(made, output));
    return isDrift(driftOf(made)) ? exit.changes : exit.ok;
  });
}

import type { PlanInput } from '../model/plan-input.ts';
import { type ConnectOptions, openSession, type Session } from './connect.ts';
import { type ExitCode, exit, exitOfSignal } from './exit.ts';
import type { Host } from './host.ts';
import { type Interrupts, watchInterrupts } from './interrupts.ts';
import { type ManifestOptions, wantedOrProblems } from './manifests.ts';
import { createOutput, type Output, type OutputOptions, reportError } from './output.ts';

/** The flags of every command that reads manifests and what is live of them. */
export interface LiveOptions extends ManifestOptions, ConnectOptions, OutputOptions {
  readonly format: 'text' | 'json';
}

/**
 * What every command does that reads manifests and then what is live: their faults are shown (exit 3), or `work` is done in
 * a session.
 *
 * @param aim what of all that is wanted is meant; it throws where that is not declared
 */
export async function onLive(
  host: Host,
  paths: readonly string[],
  options: LiveOptions,
  aim: (all: PlanInput) => PlanInput,
  work: (wanted: PlanInput, session: Session, output: Output, interrupts: Interrupts) => Promise<ExitCode>,
): Promise<ExitCode> {
  const output = createOutput(options, host);
  const all = await wantedOrProblems(paths, options, host.env, output);
  if (all === undefined) return exit.invalid;
  const wanted = aim(all);
  return await inSession(host, options, output, (session, interrupts) => work(wanted, session, output, interrupts));
}

/**
 * What every command does that logs in: it watches for interrupts, opens a session for `work`, and closes both whatever
 * happens. What fails because of an interrupt ends with the signal's code.
 *
 * @param requests `finished`: an interrupt does not cut their retries short, for work that tidies up after itself
 */
export async function inSession(
  host: Host,
  options: ConnectOptions,
  output: Output,
  work: (session: Session, interrupts: Interrupts) => Promise<ExitCode>,
  requests: 'interruptible' | 'finished' = 'interruptible',
): Promise<ExitCode> {
  const interrupts = watchInterrupts(output.note);
  try {
    const signal = requests === 'finished' ? new AbortController().signal : interrupts.signal;
    const session = await openSession(options, host, signal);
    try {
      return await work(session, interrupts);
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!interrupts.signal.aborted) throw error;
    reportError(error, output);
    return exitOfSignal(interrupts.signal);
  } finally {
    interrupts.stop();
  }
}

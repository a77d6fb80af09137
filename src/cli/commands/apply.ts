import { systemClock } from '../../cloud/clock.ts';
import { SafetyRefusal } from '../../model/errors.ts';
import { type Applied, apply, mayWrite, type Planned, plan, type Wanted } from '../../pipeline.ts';
import { endingAsJson, renderEnding } from '../../report/outcome.ts';
import { renderPlan } from '../../report/plan/text.ts';
import { type ConnectOptions, openSession, type Session } from '../connect.ts';
import { requireExpected } from '../consents.ts';
import { type ExitCode, exit, exitOfApply, exitOfSignal } from '../exit.ts';
import { type Interrupts, watchInterrupts } from '../interrupts.ts';
import { type ManifestOptions, wantedOrProblems } from '../manifests.ts';
import { createOutput, type Output, type OutputOptions, reportError } from '../output.ts';
import { drawProgress } from '../progress.ts';

export interface ApplyOptions extends ManifestOptions, ConnectOptions, OutputOptions {
  readonly format: 'text' | 'json';
  readonly autoApprove?: boolean;
  readonly parallelism: number;
  /** Milliseconds. */
  readonly wait: number;
  /** The words of `--allow`. */
  readonly allow: readonly string[];
  /** The fingerprint of the plan that was reviewed. */
  readonly expect?: string;
}

/** Plans, shows the plan, asks, and does what is ready. */
export async function applyCommand(paths: readonly string[], options: ApplyOptions): Promise<ExitCode> {
  const output = createOutput(options, process.env);
  const wanted = await wantedOrProblems(paths, options, process.env, output);
  if (wanted === undefined) return exit.invalid;
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
    const text = options.format === 'text';
    if (text) output.result(renderPlan(made.plan, output));
    if (options.expect !== undefined && options.expect !== made.plan.fingerprint) {
      const message = `the plan's fingerprint is ${made.plan.fingerprint} now, not ${options.expect}: something changed`;
      output.note(`error[STALE]: ${message}\nhelp: review the plan, then give its fingerprint\n`);
      return exit.stale;
    }
    requireExpected(made.plan, options.expect);
    if (!(await approved(made, options, output, interrupts))) {
      output.note('Nothing was changed.\n');
      return interrupts.signal.aborted ? exitOfSignal(interrupts.signal) : exit.ok;
    }
    if (text && made.plan.changes.length > 0) output.note('\n');
    const applied = await carryOut(wanted, made, session, options, interrupts.signal, output);
    if (!text) output.result(endingAsJson(applied));
    else if (made.plan.changes.length > 0 || applied.outcomes.length > 0)
      output.result(`\n${renderEnding(applied, output)}`);
    return exitOfApply(applied, interrupts.signal);
  } catch (error) {
    if (!interrupts.signal.aborted) throw error;
    reportError(error, output);
    return exitOfSignal(interrupts.signal);
  } finally {
    interrupts.stop();
    await session.close();
  }
}

async function carryOut(
  wanted: Wanted,
  made: Planned,
  { connection, endpoints }: Session,
  { parallelism, wait, allow }: ApplyOptions,
  signal: AbortSignal,
  output: Output,
): Promise<Applied> {
  return await apply(wanted, made, {
    cloud: connection.cloud,
    endpoints,
    clock: systemClock,
    now: connection.now,
    tell: drawProgress(output.note, systemClock.now),
    parallelism,
    waitMs: wait,
    consents: allow,
    signal,
  });
}

/** Without a terminal nothing prompts; the message names the flag. */
async function approved(
  { plan: made }: Planned,
  { autoApprove, format }: ApplyOptions,
  output: Output,
  interrupts: Interrupts,
): Promise<boolean> {
  if (autoApprove || !mayWrite(made)) return true;
  if (!output.interactive) {
    throw new SafetyRefusal('NOT_APPROVED', 'nobody is there to approve this plan', {
      remedy: 'look at `keystead plan` first, then run `keystead apply --auto-approve`',
    });
  }
  // Nobody approves what they have not seen; stdout is for the program that reads the result.
  if (format === 'json') output.note(renderPlan(made, output));
  const { question } = await import('../question.ts');
  // What cannot be undone is named by whoever wants it, letter by letter.
  for (const { address } of made.changes.filter(
    ({ verb, status }) => verb === 'cryptoshred' && status.is !== 'blocked',
  )) {
    const typed = await question(
      `\nType the address of the key that is to be destroyed for good (${address}): `,
      interrupts,
    );
    if (typed !== address) return false;
  }
  const asked = `\nApply these changes to account ${made.account}? Only "yes" is taken for it: `;
  return (await question(asked, interrupts)) === 'yes';
}

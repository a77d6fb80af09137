import { systemClock } from '../../cloud/clock.ts';
import { SafetyRefusal } from '../../model/errors.ts';
import { apply, mayWrite, type Planned, plan } from '../../pipeline.ts';
import { renderResult, resultAsJson } from '../../report/outcome.ts';
import { renderPlan } from '../../report/plan/text.ts';
import type { ConnectOptions } from '../connect.ts';
import { boundIn, requireExpected, strayConsents } from '../consents.ts';
import { type ExitCode, exit, exitOfApply, exitOfSignal } from '../exit.ts';
import type { Host } from '../host.ts';
import { inSession } from '../in-session.ts';
import type { Interrupts } from '../interrupts.ts';
import { type OrderOptions, orderOf, refuseOtherEndpoints, staleness } from '../order.ts';
import { createOutput, type Output, type OutputOptions } from '../output.ts';
import { drawProgress } from '../progress.ts';
import { openSecret } from '../secrets.ts';

export interface ApplyOptions extends OrderOptions, ConnectOptions, OutputOptions {
  readonly autoApprove?: boolean;
  readonly parallelism: number;
  /** Milliseconds. */
  readonly wait: number;
}

/** Plans, shows the plan, asks, and does what is ready. */
export async function applyCommand(host: Host, paths: readonly string[], options: ApplyOptions): Promise<ExitCode> {
  const { clock = systemClock } = host;
  const output = createOutput(options, host);
  const order = await orderOf(paths, options, host.env, output);
  if (order === undefined) return exit.invalid;
  const { wanted, consents, expect } = order;
  return await inSession(host, options, output, async (session, interrupts) => {
    refuseOtherEndpoints(order, session.endpoints);
    const made = await plan(wanted, session.planning(consents));
    const text = options.format === 'text';
    if (text) output.result(renderPlan(made.plan, output));
    output.note(strayConsents(consents, wanted, made.plan));
    const stale = staleness(order, made, output);
    if (stale !== undefined) {
      output.note(stale);
      return exit.stale;
    }
    requireExpected(made.plan, expect);
    const last = new Date(session.connection.now().getTime() + options.wait);
    if (!(await approved(made, last, options, output, interrupts))) {
      output.note('Nothing was changed.\n');
      return interrupts.signal.aborted ? exitOfSignal(interrupts.signal) : exit.ok;
    }
    const { parallelism, wait: waitMs } = options;
    const applied = await apply(wanted, made, {
      ...session.planning(consents),
      cloud: session.connection.cloud,
      clock,
      tell: drawProgress(text ? afterBlankLine(output.note) : output.note, clock.now),
      parallelism,
      waitMs,
      signal: interrupts.signal,
      secret: (source) => openSecret(source, host.env),
    });
    if (!text) output.result(resultAsJson(applied));
    else if (made.plan.changes.length > 0 || applied.outcomes.length > 0)
      output.result(`\n${renderResult(applied, { color: output.color, shown: made.plan.changes })}`);
    return exitOfApply(applied, interrupts.signal);
  });
}

/** Sets what is told apart from the plan above it; where nothing is told there is no second blank line. */
function afterBlankLine(note: Output['note']): Output['note'] {
  let begun = false;
  return (line) => {
    note(begun ? line : `\n${line}`);
    begun = true;
  };
}

/** Without a terminal nothing prompts; the message names the flag. */
async function approved(
  { plan: made }: Planned,
  last: Date,
  { autoApprove, format }: ApplyOptions,
  output: Output,
  interrupts: Interrupts,
): Promise<boolean> {
  if (autoApprove || !mayWrite(made, last)) return true;
  if (!output.interactive) {
    throw new SafetyRefusal('NOT_APPROVED', 'nobody is there to approve this plan', {
      remedy: 'look at `keystead plan` first, then run `keystead apply --auto-approve`',
    });
  }
  // Nobody approves what they have not seen; stdout is for the program that reads the result.
  if (format === 'json') output.note(renderPlan(made, output));
  const { question } = await import('../question.ts');
  // What cannot be undone is named by whoever wants it, letter by letter.
  for (const { address } of boundIn(made)) {
    const typed = await question(
      `\nType the address of the key that is to be destroyed for good (${address}): `,
      interrupts,
    );
    if (typed !== address) return false;
  }
  const asked = `\nApply plan ${made.fingerprint} to account ${made.account}? Only "yes" is taken for it: `;
  return (await question(asked, interrupts)) === 'yes';
}

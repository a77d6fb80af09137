import { type ConnectOptions, openSession, type Session } from './connect.ts';
import { type ExitCode, exitOfSignal } from './exit.ts';
import type { Host } from './host.ts';
import { type Interrupts, watchInterrupts } from './interrupts.ts';
import { type Output, reportError } from './output.ts';

/**
 * What every command does that logs in: it watches for interrupts, opens a session for `work`, and closes both whatever
 * happens. What fails because of an interrupt ends with the signal's code.
 */
export async function inSession(
  host: Host,
  options: ConnectOptions,
  output: Output,
  work: (session: Session, interrupts: Interrupts) => Promise<ExitCode>,
): Promise<ExitCode> {
  const interrupts = watchInterrupts(output.note);
  try {
    const session = await openSession(options, host, interrupts.signal);
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

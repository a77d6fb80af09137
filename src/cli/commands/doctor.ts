import { randomBytes } from 'node:crypto';
import { systemClock } from '../../cloud/clock.ts';
import { diagnose, together } from '../../doctor/doctor.ts';
import { THROWAWAY } from '../../doctor/subjects.ts';
import { probeThrowaway } from '../../doctor/throwaway/throwaway.ts';
import { type Diagnosis, resultOf } from '../../model/diagnosis.ts';
import { SafetyRefusal } from '../../model/errors.ts';
import { assertNever } from '../../model/json.ts';
import { kinds } from '../../pipeline.ts';
import { diagnosisAsJson, renderDiagnosis } from '../../report/doctor.ts';
import { printableLines } from '../../report/printable.ts';
import type { Session } from '../connect.ts';
import { type ExitCode, exit, exitOfSignal } from '../exit.ts';
import type { Host } from '../host.ts';
import { inSession, type LiveOptions } from '../in-session.ts';
import type { Interrupts } from '../interrupts.ts';
import { wantedOrProblems } from '../manifests.ts';
import { createOutput, type Output } from '../output.ts';

export interface DoctorOptions extends LiveOptions {
  /** A name or a CRN. */
  readonly instance?: string;
  readonly probe?: 'throwaway';
  readonly autoApprove?: boolean;
}

/** How the cloud answers, beside what Keystead assumes of it. Only `--probe throwaway` writes there. */
export async function doctorCommand(host: Host, paths: readonly string[], options: DoctorOptions): Promise<ExitCode> {
  const { instance, probe, format } = options;
  const { clock = systemClock } = host;
  const output = createOutput(options, host);
  if (probe !== undefined) refuseUnattended(options, output);
  const wanted = paths.length === 0 ? undefined : await wantedOrProblems(paths, options, host.env, output);
  if (paths.length > 0 && wanted === undefined) return exit.invalid;
  const work = async (session: Session, interrupts: Interrupts): Promise<ExitCode> => {
    const { connection } = session;
    const { signal } = interrupts;
    const raw = connection.raw('reading');
    const context = { kinds, reader: connection.reader(), raw, clock, signal };
    const { diagnosis: read, subjects } = await diagnose({ wanted, instance }, context);
    if (signal.aborted) return exitOfSignal(signal);
    const show = (diagnosis: Diagnosis) =>
      output.result(format === 'json' ? diagnosisAsJson(diagnosis) : renderDiagnosis(diagnosis, output));
    if (probe === undefined) {
      show(read);
      return exitOf(read);
    }
    const [region = ''] = subjects.regions;
    const name = `${THROWAWAY}${randomBytes(4).toString('hex')}`;
    if (!(await approved({ name, region, diagnosis: read }, options, output, interrupts))) {
      output.note('Nothing was created.\n');
      show(read);
      return signal.aborted ? exitOfSignal(signal) : exitOf(read);
    }
    const { findings, left } = await probeThrowaway({
      name,
      subjects,
      cloud: connection.cloud,
      raw: connection.raw('writing'),
      clock,
      signal,
      tell: (text) => output.note(`${printableLines(text)}\n`),
    });
    if (format === 'text') output.note('\n');
    const diagnosis = { ...read, findings: together(read.findings, findings), left };
    show(diagnosis);
    return signal.aborted ? exitOfSignal(signal) : exitOf(diagnosis);
  };
  return await inSession(host, options, output, work, probe === undefined ? 'interruptible' : 'finished');
}

const WHAT = 'a Key Protect instance with a few keys, a key ring and authorizations that nobody can use';

/** @throws SafetyRefusal `NOT_APPROVED` before anything is asked, where nobody can be asked; it names the flag */
function refuseUnattended({ autoApprove = false }: DoctorOptions, { interactive }: Output): void {
  if (autoApprove || interactive) return;
  throw new SafetyRefusal('NOT_APPROVED', 'cannot prompt for approval of --probe throwaway: not a terminal', {
    remedy: `add --auto-approve to create ${WHAT}, all named ${THROWAWAY}…, and have them removed again`,
  });
}

/** @throws SafetyRefusal `OTHER_ACCOUNT` */
async function approved(
  { name, region, diagnosis }: { readonly name: string; readonly region: string; readonly diagnosis: Diagnosis },
  { autoApprove = false }: DoctorOptions,
  output: Output,
  interrupts: Interrupts,
): Promise<boolean> {
  const { account, declaredAccount } = diagnosis;
  if (declaredAccount !== null && declaredAccount !== account) {
    const message = `the manifests belong to account ${declaredAccount}, but the login is to ${account}`;
    throw new SafetyRefusal('OTHER_ACCOUNT', message, { remedy: 'use an API key of that account' });
  }
  if (autoApprove) return true;
  const { question } = await import('../question.ts');
  output.note(
    `\n--probe throwaway creates ${WHAT.replace(' and ', '\nand ')},\nall named ${name}, in ${region} and account ${account}.\n` +
      'It takes a few minutes, may cost a few cents, and removes everything at the end.\n\n',
  );
  return (await question('Type "yes" to continue: ', interrupts)) === 'yes';
}

/** What could not be read is no fault: it counts as 0. */
function exitOf(diagnosis: Diagnosis): ExitCode {
  const result = resultOf(diagnosis);
  switch (result) {
    case 'as assumed':
      return exit.ok;
    case 'differs':
      return exit.changes;
    case 'failed':
      return exit.error;
    default:
      return assertNever(result);
  }
}

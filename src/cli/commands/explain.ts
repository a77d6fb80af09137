import { KeysteadError } from '../../model/errors.ts';
import { given } from '../../model/json.ts';
import { nearest } from '../../model/nearest.ts';
import type { PlanInput } from '../../model/plan-input.ts';
import { problemCodes } from '../../model/problem-codes.ts';
import { explain } from '../../pipeline.ts';
import { renderExplanation } from '../../report/explain.ts';
import { declaring } from '../addresses.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { Host } from '../host.ts';
import { type LiveOptions, onLive } from '../in-session.ts';
import { createOutput, type Output } from '../output.ts';

/** One page on a declared resource as it is live, or one line on a code. */
export async function explainCommand(
  host: Host,
  subject: string,
  paths: readonly string[],
  options: LiveOptions,
): Promise<ExitCode> {
  if (/^[A-Z_]+$/.test(subject)) return explainCode(subject, createOutput(options, host));
  const aimed = (all: PlanInput) => declaring(subject, all);
  return await onLive(host, paths, options, aimed, async (wanted, session, output) => {
    const page = await explain(wanted, session.planning(), subject);
    const json = options.format === 'json';
    output.result(json ? `${JSON.stringify(page, undefined, 2)}\n` : renderExplanation(page, output));
    return exit.ok;
  });
}

function explainCode(code: string, output: Output): ExitCode {
  const text = Object.entries(problemCodes).find(([name]) => name === code)?.[1];
  if (text === undefined) {
    const close = nearest(code, Object.keys(problemCodes));
    const remedy = close === undefined ? undefined : `did you mean ${close}?`;
    throw new KeysteadError('UNKNOWN_CODE', `there is no code ${code}`, given({ remedy }));
  }
  output.result(`${code}: ${text}\n`);
  return exit.ok;
}

import { KeysteadError } from '../../model/errors.ts';
import { nearest } from '../../model/nearest.ts';
import { problemCodes } from '../../model/problem-codes.ts';
import { explain, kinds } from '../../pipeline.ts';
import { renderExplanation } from '../../report/explain.ts';
import { requireDeclared } from '../addresses.ts';
import type { ConnectOptions } from '../connect.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { Host } from '../host.ts';
import { inSession } from '../in-session.ts';
import { type ManifestOptions, wantedOrProblems } from '../manifests.ts';
import { createOutput, type Output, type OutputOptions } from '../output.ts';

export interface ExplainOptions extends ManifestOptions, ConnectOptions, OutputOptions {
  readonly format: 'text' | 'json';
}

/** One page on a declared resource as it is live, or one line on a code. */
export async function explainCommand(
  host: Host,
  subject: string,
  paths: readonly string[],
  options: ExplainOptions,
): Promise<ExitCode> {
  const output = createOutput(options, host);
  if (/^[A-Z_]+$/.test(subject)) return explainCode(subject, output);
  const wanted = await wantedOrProblems(paths, options, host.env, output);
  if (wanted === undefined) return exit.invalid;
  requireDeclared(subject, wanted);
  return await inSession(host, options, output, async ({ connection, endpoints }) => {
    const context = { kinds, reader: connection.reader(), endpoints, now: connection.now, consents: [] };
    const page = await explain(wanted, context, subject);
    const json = options.format === 'json';
    output.result(json ? `${JSON.stringify(page, undefined, 2)}\n` : renderExplanation(page, output));
    return exit.ok;
  });
}

function explainCode(code: string, output: Output): ExitCode {
  const text = Object.entries(problemCodes).find(([name]) => name === code)?.[1];
  if (text === undefined) {
    const close = nearest(code, Object.keys(problemCodes));
    throw new KeysteadError('UNKNOWN_CODE', `there is no code ${code}`, {
      ...(close === undefined ? {} : { remedy: `did you mean ${close}?` }),
    });
  }
  output.result(`${code}: ${text}\n`);
  return exit.ok;
}

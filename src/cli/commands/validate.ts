import { counted } from '../../report/printable.ts';
import { problemsAsJson } from '../../report/problems.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { Host } from '../host.ts';
import { type ManifestOptions, readWanted, shownProblems } from '../manifests.ts';
import { createOutput, type OutputOptions } from '../output.ts';

export interface ValidateOptions extends ManifestOptions, OutputOptions {
  readonly format: 'text' | 'json';
}

/** Offline: every fault at once, or what was found in order. */
export async function validateCommand(
  host: Host,
  paths: readonly string[],
  options: ValidateOptions,
): Promise<ExitCode> {
  const output = createOutput(options, host);
  const validation = await readWanted(paths, options, host.env);
  const { problems, wanted } = validation;
  const verdict = wanted && `Valid: ${counted(wanted.desired.length, 'resource')} in stack ${wanted.stack}.\n`;
  const json = options.format === 'json';
  output.result(json ? problemsAsJson(problems) : `${shownProblems(validation, output)}${verdict ?? ''}`);
  return wanted === undefined ? exit.invalid : exit.ok;
}

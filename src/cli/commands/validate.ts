import { problemsAsJson, renderProblems } from '../../report/problems.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { Host } from '../host.ts';
import { type ManifestOptions, readWanted } from '../manifests.ts';
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
  const { problems, sources, wanted } = await readWanted(paths, options, host.env);
  if (options.format === 'json') output.result(problemsAsJson(problems));
  else {
    const shown = problems.length > 0 ? renderProblems(problems, sources, { color: output.color, width: 100 }) : '';
    const verdict =
      wanted === undefined ? '' : `Valid: ${count(wanted.desired.length, 'resource')} in stack ${wanted.stack}.\n`;
    output.result(`${shown}${verdict}`);
  }
  return wanted === undefined ? exit.invalid : exit.ok;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

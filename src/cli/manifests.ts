import type { PlanInput } from '../model/plan-input.ts';
import { kinds, type Validation, validate, validator } from '../pipeline.ts';
import { problemsAsJson, renderProblems } from '../report/problems.ts';
import type { Output } from './output.ts';
import { refusePlans } from './plan-file.ts';

/** The flags of every command that reads manifests. */
export interface ManifestOptions {
  readonly recursive?: boolean;
  readonly var: readonly string[];
  readonly varFile: readonly string[];
}

/**
 * Reads and checks the manifests at these paths; without one the current directory is meant.
 *
 * @throws KeysteadError `PLAN_FILE` when one of them is a saved plan: as a manifest each of its lines would be a fault
 */
export async function readWanted(
  paths: readonly string[],
  options: ManifestOptions,
  env: NodeJS.ProcessEnv,
): Promise<Validation> {
  await refusePlans(paths);
  return await validate({
    kinds,
    validator,
    paths: paths.length > 0 ? paths : ['.'],
    recursive: options.recursive ?? false,
    cwd: process.cwd(),
    variables: { flags: options.var, files: options.varFile, env },
  });
}

/** Problems for people; '' when there are none. */
export function shownProblems({ problems, sources }: Validation, { color }: Output): string {
  return renderProblems(problems, sources, { color, width: 100 });
}

/** What is wanted, or `undefined` after its faults were shown (exit 3). */
export async function wantedOrProblems(
  paths: readonly string[],
  options: ManifestOptions & { readonly format: string },
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<PlanInput | undefined> {
  const validation = await readWanted(paths, options, env);
  const { wanted, problems } = validation;
  if (wanted === undefined && options.format === 'json') output.result(problemsAsJson(problems));
  else output.note(shownProblems(validation, output));
  return wanted;
}

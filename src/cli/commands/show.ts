import { planAsJson } from '../../report/plan/summary.ts';
import { renderPlan } from '../../report/plan/text.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { Host } from '../host.ts';
import { createOutput, type OutputOptions } from '../output.ts';
import { loadPlan } from '../plan-file.ts';

export interface ShowOptions extends OutputOptions {
  readonly format: 'text' | 'json';
}

/** A saved plan, as `plan` showed it; offline. */
export async function showCommand(host: Host, path: string, options: ShowOptions): Promise<ExitCode> {
  const output = createOutput(options, host);
  const plan = await loadPlan(path);
  output.result(options.format === 'json' ? planAsJson(plan) : renderPlan(plan, output));
  return exit.ok;
}

import type { Plan } from '../model/change.ts';
import { KeysteadError, SafetyRefusal } from '../model/errors.ts';
import { inputOf, type PlanInput } from '../model/plan-input.ts';
import { type Planned, unreviewedIn } from '../pipeline.ts';
import { renderDifference } from '../report/plan/difference.ts';
import { printableLines } from '../report/printable.ts';
import { aim } from './addresses.ts';
import { type ManifestOptions, wantedOrProblems } from './manifests.ts';
import type { Output } from './output.ts';
import { loadPlan, planFileAmong } from './plan-file.ts';

export interface OrderOptions extends ManifestOptions {
  readonly format: 'text' | 'json';
  /** The words of `--allow`. */
  readonly allow: readonly string[];
  /** Addresses. */
  readonly target: readonly string[];
  readonly prune?: true;
  /** The fingerprint of the plan that was reviewed. */
  readonly expect?: string;
}

/** What to apply: manifests with the flags' consents, or what a plan file holds. */
export interface Order {
  readonly wanted: PlanInput;
  readonly consents: readonly string[];
  readonly expect: string | undefined;
  /** The plan file and what it holds; absent for manifests. */
  readonly saved?: { readonly file: string; readonly plan: Plan };
}

/** @returns undefined after the faults of the manifests were shown */
export async function orderOf(
  paths: readonly string[],
  options: OrderOptions,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<Order | undefined> {
  const file = await planFileAmong(paths);
  if (file === undefined) {
    const wanted = await wantedOrProblems(paths, options, env, output);
    return wanted && { wanted: aim(wanted, options), consents: options.allow, expect: options.expect };
  }
  const { allow, target, expect, recursive, var: variables, varFile } = options;
  const more = paths.length > 1 || expect !== undefined || recursive || options.prune;
  if (more || [allow, target, variables, varFile].some((words) => words.length > 0)) {
    const message = `${file} is a plan: its manifests, variables, targets, consents and --prune are in it`;
    const remedy =
      'with a plan file only --auto-approve, --wait, --parallelism, --max-rps and output flags are allowed';
    throw new KeysteadError('PLAN_FILE', message, { remedy });
  }
  const saved = await loadPlan(file);
  const { fingerprint, consents } = saved;
  return { wanted: inputOf(saved), consents, expect: fingerprint, saved: { file, plan: saved } };
}

/** @throws SafetyRefusal `OTHER_ENDPOINTS`: one cloud's plan is never tried on another */
export function refuseOtherEndpoints({ saved }: Order, now: string): void {
  if (saved === undefined || saved.plan.endpoints === now) return;
  const message = `the plan was made for ${saved.plan.endpoints}, but requests would go to ${now}`;
  throw new SafetyRefusal('OTHER_ENDPOINTS', message, {
    remedy: `use the environment that the plan was made in, or plan again and save it with \`--out ${saved.file}\``,
  });
}

/**
 * Why what was reviewed is not what would be done now. A saved plan of which some is done already still holds: what is left
 * is what was reviewed. Of a fingerprint nothing but equality can be told.
 */
export function staleness({ expect, saved }: Order, now: Planned, output: Output): string | undefined {
  if (saved !== undefined) {
    const unreviewed = unreviewedIn(now, saved.plan);
    if (unreviewed.length === 0) return undefined;
    const message = `live no longer gives the plan in ${saved.file}\nhelp: plan again, review it, and save it anew with \`--out ${saved.file}\``;
    return `\n${renderDifference(unreviewed, saved.plan, output)}\nerror[STALE]: ${printableLines(message)}\n`;
  }
  const { fingerprint } = now.plan;
  if (expect === undefined || expect === fingerprint) return undefined;
  const message = `the plan's fingerprint is ${fingerprint} now, not ${expect}: something changed`;
  const remedy = `review the plan above, then go on with \`--expect ${fingerprint}\``;
  return printableLines(`error[STALE]: ${message}\nhelp: ${remedy}\n`);
}

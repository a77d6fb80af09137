import type { Address } from './address.ts';
import type { Plan } from './change.ts';
import type { Desired } from './resource.ts';

/** What the manifests and the flags want, once nothing is wrong with them: all that a plan is made from, besides what is live. */
export interface PlanInput {
  readonly stack: string;
  /** What the stack was called before; absent: it was not renamed. */
  readonly formerStack?: string | undefined;
  /** The account that the manifests belong to, if they say. */
  readonly account: string | undefined;
  readonly desired: readonly Desired[];
  /** `safety.maxDeletes`; absent: the default. */
  readonly maxDeletes: number | undefined;
  /** The addresses of `--target`; none: everything is meant. */
  readonly targets: readonly Address[];
  /** `--prune`: delete orphans that hold no data. */
  readonly prune?: true;
}

/** What a saved plan was made from: `apply PLANFILE` plans again from it. */
export function inputOf(plan: Plan): PlanInput {
  const { stack, formerStack, account, maxDeletes, desired, targets, prune } = plan;
  return { stack, formerStack, account, maxDeletes, desired, targets, ...(prune ? { prune } : {}) };
}

/** The stack, and what it was called before. */
export function stacksOf({ stack, formerStack }: Pick<PlanInput, 'stack' | 'formerStack'>): ReadonlySet<string> {
  return new Set(formerStack === undefined ? [stack] : [stack, formerStack]);
}

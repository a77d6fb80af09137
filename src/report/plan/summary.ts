import type { Plan } from '../../model/change.ts';

/** How many changes there are of each sort. A change counts once: under its verb when ready, else as deferred or blocked. */
export interface Summary {
  readonly create: number;
  readonly change: number;
  /** Always 0: this version deletes nothing. It keeps its place, so that scripts can read the line later too. */
  readonly delete: number;
  /** Marks that were lost and are set again. */
  readonly mark: number;
  readonly deferred: number;
  readonly blocked: number;
}

export function summarize({ changes }: Pick<Plan, 'changes'>): Summary {
  const ready = changes.filter(({ status }) => status.is === 'ready');
  const count = (verb: string) => ready.filter((change) => change.verb === verb).length;
  return {
    create: count('create'),
    change: count('update'),
    delete: 0,
    mark: count('adopt'),
    deferred: changes.filter(({ status }) => status.is === 'deferred').length,
    blocked: changes.filter(({ status }) => status.is === 'blocked').length,
  };
}

/** The last line of a plan, to be parsed: extended only by what is not zero (design 5). */
export function summaryLine(plan: Pick<Plan, 'changes'>): string {
  if (plan.changes.length === 0) return 'No changes. Live state matches the manifests.';
  const { create, change, delete: gone, mark, deferred, blocked } = summarize(plan);
  const more = [
    mark > 0 ? `, ${mark} to mark` : '',
    deferred > 0 ? `, ${deferred} deferred` : '',
    blocked > 0 ? `, ${blocked} blocked` : '',
  ].join('');
  return `Plan: ${create} to create, ${change} to change, ${gone} to delete${more}.`;
}

import type { Plan } from '../../model/change.ts';

/** How many changes there are of each sort. A change counts once: under its verb when ready, else as deferred or blocked. */
export interface Summary {
  readonly create: number;
  readonly change: number;
  readonly delete: number;
  readonly replace: number;
  readonly restore: number;
  readonly cryptoshred: number;
  /** Removed from reclamation at once. */
  readonly reclaim: number;
  readonly rotate: number;
  readonly enable: number;
  readonly disable: number;
  readonly purge: number;
  /** Marks that were lost and are set again. */
  readonly mark: number;
  /** Marks to be removed. */
  readonly forget: number;
  readonly deferred: number;
  readonly blocked: number;
}

export function summarize({ changes }: Pick<Plan, 'changes'>): Summary {
  const ready = changes.filter(({ status }) => status.is === 'ready');
  const count = (verb: string) => ready.filter((change) => change.verb === verb).length;
  return {
    create: count('create'),
    change: count('update'),
    delete: count('delete'),
    replace: count('replace'),
    restore: count('restore'),
    cryptoshred: count('cryptoshred'),
    reclaim: count('reclaim'),
    rotate: count('rotate'),
    enable: count('enable'),
    disable: count('disable'),
    purge: count('purge'),
    mark: count('adopt'),
    forget: count('forget'),
    deferred: changes.filter(({ status }) => status.is === 'deferred').length,
    blocked: changes.filter(({ status }) => status.is === 'blocked').length,
  };
}

/** The last line of a plan, to be parsed: extended only by what is not zero (design 5). */
export function summaryLine(plan: Pick<Plan, 'changes' | 'targets'>): string {
  if (plan.changes.length === 0) {
    return plan.targets.length === 0
      ? 'No changes. Live state matches the manifests.'
      : 'No changes. What --target names matches the manifests.';
  }
  const counts = summarize(plan);
  const { create, change, delete: gone } = counts;
  const extra = [
    'replace',
    'restore',
    'rotate',
    'enable',
    'disable',
    'cryptoshred',
    'reclaim',
    'purge',
    'mark',
    'forget',
  ] as const;
  const more = [
    ...extra.map((verb) => (counts[verb] > 0 ? `, ${counts[verb]} to ${verb}` : '')),
    counts.deferred > 0 ? `, ${counts.deferred} deferred` : '',
    counts.blocked > 0 ? `, ${counts.blocked} blocked` : '',
  ].join('');
  return `Plan: ${create} to create, ${change} to change, ${gone} to delete${more}.`;
}

import type { Change, Plan } from '../../model/change.ts';
import { allVerbs, rowOf } from '../../model/verbs.ts';

/** A change counts once: under its verb when ready, else as deferred or blocked. */
function countsOf(changes: readonly Change[]) {
  const held = (status: Change['status']['is']) => changes.filter((change) => change.status.is === status).length;
  const ready = allVerbs.map((verb) => {
    const count = changes.filter((change) => change.verb === verb && change.status.is === 'ready').length;
    const { counted = verb, alwaysCounted = false } = rowOf(verb);
    return { word: counted, count, isTold: alwaysCounted || count > 0 };
  });
  return { ready, deferred: held('deferred'), blocked: held('blocked') };
}

/** The last line of a plan, to be parsed: extended only by what is not zero (design 5). */
export function summaryLine(plan: Pick<Plan, 'changes' | 'targets'>): string {
  if (plan.changes.length === 0) {
    return plan.targets.length === 0
      ? 'No changes. Live state matches the manifests.'
      : 'No changes. What --target names matches the manifests.';
  }
  const { ready, deferred, blocked } = countsOf(plan.changes);
  const told = [
    ...ready.flatMap(({ word, count, isTold }) => (isTold ? [`${count} to ${word}`] : [])),
    ...(deferred > 0 ? [`${deferred} deferred`] : []),
    ...(blocked > 0 ? [`${blocked} blocked`] : []),
  ];
  return `Plan: ${told.join(', ')}.`;
}

/** A plan for programs: the plan itself, which is inert and holds no secrets, with its counts. Two-space JSON. */
export function planAsJson(plan: Plan): string {
  const { ready, deferred, blocked } = countsOf(plan.changes);
  const counts = Object.fromEntries(ready.map(({ word, count }) => [word, count]));
  return `${JSON.stringify({ ...plan, summary: { ...counts, deferred, blocked } }, undefined, 2)}\n`;
}

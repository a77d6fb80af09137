import type { Plan } from '../../model/change.ts';
import { summarize } from './summary.ts';

/** A plan for programs: the plan itself, which is inert and holds no secrets, with its counts. Two-space JSON. */
export function planAsJson(plan: Plan): string {
  return `${JSON.stringify({ ...plan, summary: summarize(plan) }, undefined, 2)}\n`;
}

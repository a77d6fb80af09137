import { marksOnceSet, otherStacks } from '../../model/ownership.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import type { Verb } from '../../model/verbs.ts';
import { type LivePolicy, withMark, writeDescription } from './facts.ts';
import type { AuthorizationSpec } from './spec.ts';

/** What IBM's clients have been seen to keep whole; the API publishes no limit (UNSURE, platform reference 2.2). */
const DESCRIPTION_LIMIT = 300;

/** What people read of a policy after an update: while other stacks share it, a text that stands is left standing. */
export function textAfter(desired: Desired<AuthorizationSpec>, live: Observed<LivePolicy>): string {
  const { text } = live.facts;
  const theirs = otherStacks(desired, live).length > 0 && text !== '';
  return theirs ? text : (desired.spec.description ?? text).trim();
}

/** Whether a description would be longer than is known to be kept whole. One that is there already is not our doing. */
export function overfull(
  verb: Verb,
  desired: Desired<AuthorizationSpec>,
  live: Observed<LivePolicy> | undefined,
): string | undefined {
  if (verb !== 'create' && verb !== 'update' && verb !== 'adopt') return undefined;
  const own = desired.spec.description?.trim() ?? '';
  const standing = verb === 'create' ? undefined : live;
  const text = standing === undefined ? own : verb === 'adopt' ? standing.facts.text : textAfter(desired, standing);
  const standingMarks = standing?.marks ?? [];
  const marks = verb === 'adopt' ? marksOnceSet(standingMarks, desired) : withMark(standingMarks, desired.mark);
  const next = writeDescription(text, marks);
  const before = standing?.facts.policy.description ?? '';
  if (next.length <= DESCRIPTION_LIMIT || next.length <= before.length) return undefined;
  const room = DESCRIPTION_LIMIT - writeDescription('', marks).length - 1;
  const whose = standing === undefined ? `of ${desired.address}` : `of policy ${standing.name}`;
  const message = `the description ${whose} would be ${next.length} characters long with its ownership marks`;
  if (room <= 0) return `${message}, and ${DESCRIPTION_LIMIT} are kept; remove the mark of a stack that is no more`;
  const where = verb === 'adopt' ? 'its text' : '`description`';
  return `${message}, and ${DESCRIPTION_LIMIT} are kept; shorten ${where} to ${room} characters first`;
}

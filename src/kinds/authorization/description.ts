import { type Mark, sameMark } from '../../model/address.ts';
import { marksOnceSet, otherStacks } from '../../model/ownership.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import type { Verb } from '../../model/verbs.ts';
import type { LivePolicy } from './facts.ts';
import type { AuthorizationSpec } from './spec.ts';

const MARK = /\s*\[keystead:([a-z0-9-]+)\/([a-z0-9-]+)\]/g;

/** What IBM's clients have been seen to keep whole; the API publishes no limit (UNSURE, platform reference 2.2). */
const DESCRIPTION_LIMIT = 300;

/** Whether a text that people wrote would read as a mark, or nearly so. */
export function mentionsMark(text: string): boolean {
  return /\[keystead:/i.test(text);
}

function markText(mark: Mark): string {
  return `[keystead:${mark.stack}/${mark.name}]`;
}

/** A policy's description in two halves: what people wrote, and whose it is. */
export function readDescription(description: string): { readonly text: string; readonly marks: readonly Mark[] } {
  const marks = [...description.matchAll(MARK)].map(([, stack = '', name = '']) => ({ stack, name }));
  return { text: description.replaceAll(MARK, '').trim(), marks };
}

export function writeDescription(text: string, marks: readonly Mark[]): string {
  return [text.trim(), ...marks.map(markText)].filter((part) => part !== '').join(' ');
}

/** With a mark that may be there already. */
export function withMark(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  return marks.some((other) => sameMark(other, mark)) ? marks : [...marks, mark];
}

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

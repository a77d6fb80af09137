import type { Mark } from '../../model/address.ts';

const MARK = /\s*\[keystead:([a-z0-9-]+)\/([a-z0-9-]+)\]/g;

/** What IBM's clients have been seen to keep whole; the API publishes no limit (UNSURE, platform reference 2.2). */
export const DESCRIPTION_LIMIT = 300;

/** Whether a text that people wrote would read as a mark, or nearly so. */
export function mentionsMark(text: string): boolean {
  return /\[keystead:/i.test(text);
}

export function markText(mark: Mark): string {
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

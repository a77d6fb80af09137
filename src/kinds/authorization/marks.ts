import { type Mark, sameMark } from '../../model/address.ts';

const MARK = /\s*\[keystead:([a-z0-9-]+)\/([a-z0-9-]+)\]/g;

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

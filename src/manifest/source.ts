import type { Location } from '../model/resource.ts';

/** One file's text, and where its lines begin. */
export interface Source {
  /** As messages name it: relative to the working directory when inside it. */
  readonly file: string;
  readonly text: string;
  /** Offsets, in UTF-16 units; the first is 0. */
  readonly lineStarts: readonly number[];
}

export function sourceOf(file: string, text: string): Source {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return { file, text, lineStarts };
}

/**
 * The place of a range of offsets. A range over several lines is marked up to the end of its first line; one past the
 * end of the text (where a parser notices that something is missing) at the end of the last line that says anything.
 */
export function placeOf(source: Source, start: number, end: number): Location {
  const from = start < source.text.length ? start : source.text.trimEnd().length;
  const line = lineAt(source.lineStarts, from);
  const lineStart = source.lineStarts[line] ?? 0;
  const nextLine = source.lineStarts[line + 1];
  const lineEnd = nextLine === undefined ? source.text.length : nextLine - 1;
  const to = Math.max(Math.min(end, lineEnd), from);
  return { file: source.file, line: line + 1, column: from - lineStart + 1, endColumn: to - lineStart + 1 };
}

/** Binary search: the last line that begins at or before the offset, from 0. */
function lineAt(lineStarts: readonly number[], offset: number): number {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

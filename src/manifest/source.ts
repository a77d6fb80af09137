import { LineCounter } from 'yaml';
import type { Location } from '../model/resource.ts';

/** One file's text, and where its lines begin. */
export interface Source {
  /** As messages name it: relative to the working directory when inside it. */
  readonly file: string;
  readonly text: string;
  readonly lines: LineCounter;
}

export function sourceOf(file: string, text: string): Source {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return { file, text, lines };
}

/**
 * The place of a range of offsets. A range over several lines is marked up to the end of its first line; one past the
 * end of the text (where a parser notices that something is missing) at the end of the last line that says anything.
 */
export function placeOf({ file, text, lines }: Source, start: number, end: number): Location {
  const from = start < text.length ? start : text.trimEnd().length;
  const { line, col } = lines.linePos(from);
  const nextLine = lines.lineStarts[line];
  const lineEnd = nextLine === undefined ? text.length : nextLine - 1;
  return { file, line, column: col, endColumn: col + Math.max(Math.min(end, lineEnd) - from, 0) };
}

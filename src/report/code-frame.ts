import type { Location } from '../model/resource.ts';
import { cells, printable } from './printable.ts';

/** A marked line of source, ready to print. */
export interface Frame {
  /** The line itself, clipped around the mark. */
  readonly line: string;
  /** Spaces and then `^`s under what is marked. */
  readonly mark: string;
}

const TAB = '  ';
const CUT = '…';

/**
 * Draws the line that a location names.
 *
 * @param width columns that the line may take
 * @returns undefined when the source has no such line
 */
export function frameOf(lines: readonly string[], at: Location, width: number): Frame | undefined {
  const line = lines[at.line - 1];
  if (line === undefined) return undefined;
  const start = Math.min(at.column - 1, line.length);
  const end = Math.min(Math.max(at.endColumn ?? at.column, at.column + 1) - 1, Math.max(line.length, start + 1));
  const before = shown(line.slice(0, start));
  const after = shown(line.slice(end));
  // The mark stays, with some of what is around it: most of what stands before, since that names the field.
  const text = takeStart(shown(line.slice(start, end)), Math.max(width - 20, 10));
  const rest = Math.max(width - cells(text), 0);
  const left = cells(before) <= rest ? before : takeEnd(before, Math.max(rest - Math.min(cells(after), 10), 1));
  const right = takeStart(after, rest - cells(left));
  return {
    line: `${left}${text}${right}`.trimEnd(),
    mark: `${' '.repeat(cells(left))}${'^'.repeat(Math.max(cells(text), 1))}`,
  };
}

/** A neighbouring line, cut at the width. */
export function plainLine(line: string, width: number): string {
  return takeStart(shown(line), width);
}

/** Lines of a text as locations count them. */
export function linesOf(text: string): readonly string[] {
  return text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

function takeStart(text: string, width: number): string {
  if (cells(text) <= width) return text;
  let taken = '';
  let used = 1;
  for (const character of text) {
    used += cells(character);
    if (used > width) break;
    taken += character;
  }
  return width < 1 ? '' : `${taken}${CUT}`;
}

function takeEnd(text: string, width: number): string {
  const reversed = takeStart([...text].reverse().join(''), width);
  return [...reversed].reverse().join('');
}

function shown(text: string): string {
  return printable(text.replaceAll('\t', TAB));
}

/** One line of a text that was changed. */
export interface Line {
  readonly sign: '+' | '-' | ' ';
  readonly text: string;
}

/**
 * What differs between two texts, line by line, each stretch after the line that stands before it.
 *
 * @param before '' for a file that is new
 */
export function difference(before: string, after: string): readonly Line[] {
  const lines = align(linesOf(before), linesOf(after));
  return lines.filter(({ sign }, at) => sign !== ' ' || (lines[at + 1] ?? { sign: ' ' }).sign !== ' ');
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** The longest common subsequence, and what was taken out and put in between. */
function align(before: readonly string[], after: readonly string[]): readonly Line[] {
  // common[i][j]: how many lines the two have in common from i and j on.
  const common = Array.from({ length: before.length + 1 }, () => Array<number>(after.length + 1).fill(0));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    const row = common[i] ?? [];
    for (let j = after.length - 1; j >= 0; j -= 1) {
      row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  for (let i = 0, j = 0; i < before.length || j < after.length; ) {
    const [old, text] = [before[i], after[j]];
    if (old !== undefined && old === text) {
      lines.push({ sign: ' ', text: old });
      i += 1;
      j += 1;
    } else if (old !== undefined && (text === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ sign: '-', text: old });
      i += 1;
    } else if (text !== undefined) {
      lines.push({ sign: '+', text });
      j += 1;
    }
  }
  return lines;
}

import type { Problem } from '../model/errors.ts';
import type { Location } from '../model/resource.ts';
import { frameOf, linesOf, plainLine } from './code-frame.ts';
import { type Paint, painter } from './paint.ts';
import { counted, printable } from './printable.ts';

export interface ProblemStyle {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

/**
 * Problems for people: each with its code, its place, the line it stands on and what to do; the last line counts them.
 *
 * @param sources file as named in locations → its text; what is missing gets no code frame
 * @returns '' when there are none; else text that ends in a newline
 */
export function renderProblems(
  problems: readonly Problem[],
  sources: ReadonlyMap<string, string>,
  style: ProblemStyle,
): string {
  if (problems.length === 0) return '';
  const lines = new Map([...sources].map(([file, text]) => [file, linesOf(text)]));
  const draw: Drawing = { lines, width: style.width, paint: painter(style.color) };
  const blocks = problems.map((problem) => `${renderProblem(problem, draw).join('\n')}\n\n`);
  return `${blocks.join('')}${countLine(problems)}\n`;
}

/** `2 errors, 1 warning`. */
function countLine(problems: readonly Problem[]): string {
  const { errors, warnings } = countsOf(problems);
  const counts = [errors > 0 ? counted(errors, 'error') : '', warnings > 0 ? counted(warnings, 'warning') : ''];
  return counts.filter((words) => words !== '').join(', ');
}

/** Problems for machines: one JSON document and a newline; places as in `model/resource.ts`. */
export function problemsAsJson(problems: readonly Problem[]): string {
  const { errors, warnings } = countsOf(problems);
  return `${JSON.stringify({ formatVersion: 1, valid: errors === 0, errors, warnings, problems }, null, 2)}\n`;
}

interface Drawing {
  /** Of each file. */
  readonly lines: ReadonlyMap<string, readonly string[]>;
  readonly width: number;
  readonly paint: Paint;
}

type Style = Parameters<Paint>[0];

const styles: Readonly<Record<Problem['severity'], Style>> = { error: ['red', 'bold'], warning: ['yellow', 'bold'] };

function renderProblem(problem: Problem, draw: Drawing): readonly string[] {
  const { severity, code, message, at, also, remedy } = problem;
  const gutter = String(Math.max(at?.line ?? 1, also?.line ?? 1)).length;
  return [
    `${draw.paint(styles[severity], `${severity}[${code}]`)}${draw.paint('bold', `: ${printable(message)}`)}`,
    ...(at === undefined ? [] : placeLines(at, { draw, gutter, arrow: '-->', style: styles[severity] })),
    ...(also === undefined ? [] : placeLines(also, { draw, gutter, arrow: ':::', style: 'blue', note: ' first here' })),
    ...(remedy === undefined ? [] : helpLines(remedy, draw)),
  ];
}

interface PlaceStyle {
  readonly draw: Drawing;
  /** Columns that line numbers take. */
  readonly gutter: number;
  readonly arrow: string;
  readonly style: Style;
  readonly note?: string;
}

function placeLines(at: Location, { draw, gutter, arrow, style, note = '' }: PlaceStyle): readonly string[] {
  const margin = ' '.repeat(gutter);
  const bar = (label: string, text: string): string =>
    `${draw.paint('blue', `${label.padStart(gutter)} |`)}${text === '' ? '' : ` ${text}`}`;
  const head = `${margin}${draw.paint('blue', arrow)} ${printable(at.file)}:${at.line}:${at.column}`;
  const lines = draw.lines.get(at.file) ?? [];
  const width = Math.max(draw.width - gutter - 3 - note.length, 20);
  const frame = frameOf(lines, at, width);
  if (frame === undefined) return [head];
  const above = lines[at.line - 2];
  return [
    head,
    bar('', ''),
    ...(above === undefined || above.trim() === '' ? [] : [bar(String(at.line - 1), plainLine(above, width))]),
    bar(String(at.line), frame.line),
    bar('', draw.paint(style, `${frame.mark}${note}`)),
  ];
}

/** Further lines stand two spaces in, as they are: they may be YAML to paste. */
function helpLines(remedy: string, draw: Drawing): readonly string[] {
  const [first = '', ...others] = remedy.trimEnd().split('\n').map(printable);
  return [`${draw.paint('green', 'help')}: ${first}`, ...others.map((line) => (line === '' ? '' : `  ${line}`))];
}

function countsOf(problems: readonly Problem[]): { errors: number; warnings: number } {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return { errors, warnings: problems.length - errors };
}

/** A command of a README, and what is shown there of its output. */
export interface Told {
  readonly command: string;
  /** Counted from 1. */
  readonly line: number;
  /** Absent: none is shown, and any is right. `…` on a line of its own stands for any lines. */
  readonly output: readonly string[] | undefined;
}

export const ELLIPSIS = '…';

/**
 * The commands of a README, in order: in `console` blocks what follows `$ `, with its output below; in `sh` blocks every
 * line, without output. A backslash at the end goes on with the next line.
 */
export function commandsIn(markdown: string): readonly Told[] {
  const lines = markdown.split('\n');
  const told: Told[] = [];
  let fence = '';
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line.startsWith('```')) fence = fence === '' ? line.slice(3) || 'text' : '';
    else if (isCommand(line, fence)) {
      const first = index;
      while (lines[index]?.endsWith('\\')) index += 1;
      const command = lines.slice(first, index + 1).join('\n');
      const output = fence === 'console' ? outputBelow(lines, index) : undefined;
      told.push({ command: command.replace(/^\$ /, ''), line: first + 1, output });
    }
  }
  return told;
}

function isCommand(line: string, fence: string): boolean {
  return fence === 'sh' ? line !== '' && !line.startsWith('#') : fence === 'console' && line.startsWith('$ ');
}

/** Up to the next command or the end of the block; empty lines at the end set it apart from that. */
function outputBelow(lines: readonly string[], command: number): readonly string[] {
  const rest = lines.slice(command + 1);
  const output = rest.slice(
    0,
    rest.findIndex((line) => line.startsWith('```') || line.startsWith('$ ')),
  );
  return output.slice(0, output.findLastIndex((line) => line !== '') + 1);
}

/** The words of a README and those of this run for the same: ids, fingerprints, the emulator's address, paths. */
export interface Words {
  /** A text of the README in the words of this run. */
  toRun(text: string): string;
  toReadme(text: string): string;
  /**
   * Whether the run printed what the README shows, but for what varies: times of day, durations, and ids, which from then
   * on stand for those of the README.
   */
  learn(shown: readonly string[], printed: string): boolean;
  /** The same for an output that is shown otherwise: its ids stand for those of the README by their order. */
  guess(shown: readonly string[], printed: string): void;
}

const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{16}\b/g;
/** In a regular expression, where points are escaped. */
const TIME = /(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\\\.\d+)?Z/g;
const DURATION = / \(\d[\d.]* s\)$/;

/** @param fixed what is known from the beginning: in the README → in this run */
export function wordsOf(fixed: readonly (readonly [string, string])[]): Words {
  const words = new Map(fixed);
  const toRun = (text: string): string => {
    let said = text;
    for (const [readme, run] of words) said = said.replaceAll(readme, run);
    return said;
  };
  return {
    toRun,
    toReadme(text) {
      let said = text;
      for (const [readme, run] of words) said = said.replaceAll(run, readme);
      return said;
    },
    learn(shown, printed) {
      const ids = shown.flatMap((line) => line.match(ID) ?? []).filter((id) => !words.has(id));
      const names = [...new Set(ids)];
      let pattern = shown.map((line) => patternOf(toRun(line))).join('');
      // The first time an id of the README is seen, any is right; after that the same.
      for (const [index, name] of names.entries()) {
        const [before = '', ...others] = pattern.split(name);
        pattern = [before, others.join(`\\k<id${index}>`)].join(`(?<id${index}>[0-9a-f-]+)`);
      }
      const lines = printed === '' || printed.endsWith('\n') ? printed : `${printed}\n`;
      const found = new RegExp(`^${pattern}$`).exec(lines);
      if (found === null) return false;
      for (const [index, name] of names.entries()) words.set(name, found.groups?.[`id${index}`] ?? name);
      return true;
    },
    guess(shown, printed) {
      const names = shown.join('\n').match(ID) ?? [];
      const ids = printed.match(ID) ?? [];
      if (names.length !== ids.length) return;
      for (const [index, name] of names.entries()) words.set(name, ids[index] ?? name);
    },
  };
}

/** A line as a regular expression, without what varies but ids. */
function patternOf(line: string): string {
  if (line.trim() === ELLIPSIS) return '(?:.*\\n)*?';
  const text = line
    .replace(DURATION, '')
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(TIME, '$1T[\\d:.]+Z');
  return `${text}(?: \\(\\d[\\d.]* s\\))?\\n`;
}

/** A README with other outputs for some of its commands. */
export function withOutputs(markdown: string, outputs: ReadonlyMap<Told, readonly string[]>): string {
  const lines = markdown.split('\n');
  for (const [{ command, line, output = [] }, printed] of [...outputs].reverse()) {
    lines.splice(line - 1 + command.split('\n').length, output.length, ...printed);
  }
  return lines.join('\n');
}

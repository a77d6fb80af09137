import { KeysteadError, SafetyRefusal } from '../model/errors.ts';
import { printableLines } from '../report/printable.ts';
import { type ExitCode, exit } from './exit.ts';
import type { Host } from './host.ts';

/** Where a command speaks: stdout is the result, stderr is for people (design 7). */
export interface Output {
  result(text: string): void;
  note(text: string): void;
  readonly color: boolean;
  /** Whether a person can be asked. */
  readonly interactive: boolean;
}

export interface OutputOptions {
  /** `--no-color` makes it false. */
  readonly color: boolean;
  /** `--input=false` makes it false. */
  readonly input?: boolean;
}

export function createOutput({ color, input = true }: OutputOptions, { env, stdin, stdout, stderr }: Host): Output {
  return {
    result: (text) => void stdout.write(text),
    note: (text) => void stderr.write(text),
    color: color && wantsColor(env, stdout.isTTY === true),
    interactive: input && stdin.isTTY === true && stderr.isTTY === true && !env['CI'],
  };
}

function wantsColor(env: NodeJS.ProcessEnv, terminal: boolean): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0';
  return terminal && env['TERM'] !== 'dumb';
}

/** One clear message on stderr, no stack trace; the exit code that goes with it. */
export function reportError(error: unknown, output: Pick<Output, 'note'>): ExitCode {
  if (error instanceof KeysteadError) {
    const help = error.remedy === undefined ? '' : `\nhelp: ${error.remedy}`;
    output.note(`error[${error.code}]: ${printableLines(`${error.message}${help}`)}\n`);
    return error instanceof SafetyRefusal ? exit.refused : exit.error;
  }
  const message = error instanceof Error ? error.message : String(error);
  output.note(
    `error[BUG]: ${printableLines(message)}\nhelp: this is a fault in keystead; --log-level debug shows where it happened\n`,
  );
  return exit.error;
}

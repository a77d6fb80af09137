import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Emulator } from '../../src/emulator/start.ts';
import { keystead, type Ran } from '../helpers/cli.ts';
import { type Console, consoleOf, liveWorld } from '../helpers/console.ts';
import { type Api, withEmulator } from '../helpers/emulator.ts';
import { withFolder } from '../helpers/folder.ts';
import { lakehouse } from '../helpers/manifests.ts';

/** What a refusal is arranged in, and its remedy tried in: the built command, a folder with `k.yaml`, and an account. */
export interface Scene {
  readonly emulator: Emulator;
  readonly api: Api;
  readonly console: Console;
  run(...args: readonly string[]): Promise<Ran>;
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  remove(file: string): Promise<void>;
  /** The CRN of the key of that name. */
  keyCrn(name: string): string;
}

/**
 * A refusal, and the way out of it that its own message names.
 *
 * To add one, add a row to a table in this folder (`tables.ts` joins them): `arrange` leads to it, `args` is the command
 * that is refused with `code`, and `goOn` does what the message says with nothing but what `printed` holds. What was printed
 * is kept as test/golden/refusals/<name>.txt.
 */
export interface Refusal {
  readonly name: string;
  arrange(scene: Scene): Promise<unknown>;
  readonly args: readonly string[];
  readonly code: number;
  /** @returns the run that goes on */
  goOn(scene: Scene, printed: string): Promise<Ran>;
  /** How that run ends; default 0. */
  readonly ends?: number;
}

/** The command that is refused once more, with the flags that the message names. */
export const withFlags =
  (args: readonly string[]): Refusal['goOn'] =>
  async ({ run }, printed) =>
    await run(...args, ...flagsIn(printed));

/** Every flag that stands in backticks, with its value, as arguments. */
export function flagsIn(printed: string): readonly string[] {
  const words = [...printed.matchAll(/`(?:keystead \w+ )?(--[^`]+)`/g)].map(([, flags = '']) => flags);
  return [...new Set(words)].flatMap((flags) => flags.split(' '));
}

/** What stands in backticks and is no flag but YAML, such as `account: …`. */
export function yamlIn(printed: string): string {
  return /`([a-zA-Z]+: [^`]+)`/.exec(printed)?.[1] ?? '';
}

/** A block to paste: the line that ends in a colon alone, and what is indented below it. */
export function blockIn(printed: string, title: string): string {
  const lines = printed.split('\n');
  const at = lines.findIndex((line) => line.trim() === `${title}:`);
  const indent = /^ */.exec(lines[at] ?? '')?.[0].length ?? 0;
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => !line.startsWith(' '.repeat(indent + 1)));
  const body = (end < 0 ? rest : rest.slice(0, end)).map((line) => `${line.slice(indent)}\n`);
  return body.join('');
}

/** Runs a test in an account of its own, with the main job as `k.yaml` and nothing made yet. */
export async function withScene(test: (scene: Scene) => Promise<void>): Promise<void> {
  await withEmulator(async ({ emulator, api }) => {
    await withFolder({ 'k.yaml': lakehouse }, async (cwd) => {
      await test({
        emulator,
        api,
        console: consoleOf(emulator, api),
        run: (...args) => keystead(args, { cwd, env: emulator.environment }),
        read: (file) => readFile(join(cwd, file), 'utf8'),
        write: (file, text) => writeFile(join(cwd, file), text),
        remove: (file) => rm(join(cwd, file)),
        keyCrn: (name) => liveWorld(emulator).keys.find((key) => key.name === name)?.crn ?? '',
      });
    });
  });
}

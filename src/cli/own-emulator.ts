import { readFile } from 'node:fs/promises';
import type { Disposition } from '../emulator/core/settings.ts';
import type { Seed } from '../emulator/seed/seed.ts';
import type { Emulator, EmulatorOptions } from '../emulator/start.ts';
import { KeysteadError } from '../model/errors.ts';
import { given } from '../model/json.ts';

/** An emulator inside this process. */
export type OwnEmulator = Emulator;

/** How to start an emulator inside this process: the flags of `keystead emulate`. */
export interface OwnEmulatorOptions {
  /** 0: any free one. */
  readonly port?: number;
  /** The file that keeps the state. Absent: in memory. */
  readonly data?: string;
  /** IBM Cloud's own delays instead of short ones. */
  readonly realistic?: boolean;
  /** How it takes what sources leave open. Absent: kind. */
  readonly disposition?: Disposition;
  /** `name=value`, each a setting of the emulator; they go over `realistic` and `disposition`. */
  readonly setting?: readonly string[];
  /** A file with a fault rule or a list of them, in YAML or JSON. */
  readonly faults?: string;
  /** Where a new account starts in time. */
  readonly clock?: Date;
  /** Absent: 127.0.0.1. */
  readonly host?: string;
  /** Lets other machines in. */
  readonly allowNetwork?: boolean;
  /** Further names of this machine. */
  readonly allowHost?: readonly string[];
  /** A file with initial resources. */
  readonly seed?: string;
}

/**
 * Starts an emulator inside this process. It is loaded only here and only now: no other command pays for it.
 *
 * @throws KeysteadError `EMULATOR` when the port is taken or is not of this machine, the data file is locked, damaged or
 *         not writable, and for settings, faults and a seed that are none or are refused
 */
export async function startOwnEmulator(options: OwnEmulatorOptions): Promise<OwnEmulator> {
  const [{ startEmulator }, { EmulatorError }, { defaultSettings, readSettings, realisticSettings }] =
    await Promise.all([
      import('../emulator/start.ts'),
      import('../emulator/core/emulator-error.ts'),
      import('../emulator/core/settings.ts'),
    ]);
  const { port, host, allowNetwork, allowHost: allowHosts, data: dataFile, clock: now, disposition } = options;
  const named = readSettings(assigned(options.setting ?? [], defaultSettings));
  if (typeof named === 'string') {
    throw new KeysteadError('EMULATOR', `--setting: ${named}.`, { remedy: 'Write --setting provisioningMs=60000.' });
  }
  try {
    const faults = options.faults === undefined ? [] : await openFaults(options.faults);
    const seed = options.seed === undefined ? {} : await openSeed(options.seed);
    const delays = options.realistic ? realisticSettings : {};
    const settings = { ...delays, ...seed.settings, ...given({ disposition }), ...named };
    return await startEmulator(given({ port, host, allowNetwork, allowHosts, dataFile, now, settings, faults, seed }));
  } catch (error) {
    if (!(error instanceof EmulatorError)) throw error;
    throw new KeysteadError('EMULATOR', error.message, { remedy: error.remedy, cause: error });
  }
}

/**
 * A value is a number, a word, or a list of words with commas between them; what is said for one service has its name
 * after a dot. @param likes settings as they are: which of them are words
 */
function assigned(assignments: readonly string[], likes: object): Readonly<Record<string, unknown>> {
  const named: Record<string, unknown> = {};
  for (const text of assignments) {
    const [path = '', written = ''] = text.split(/=(.*)/s);
    const [name = '', service] = path.split(/\.(.*)/s);
    const isWord = typeof Reflect.get(likes, name) === 'string';
    const value = /^\d+$/.test(written) ? Number(written) : isWord ? written : written.split(',');
    named[name] = service === undefined ? value : { ...Object(named[name]), [service]: value };
  }
  return named;
}

async function openFaults(file: string): Promise<NonNullable<EmulatorOptions['faults']>> {
  const { readFaults } = await import('../emulator/core/faults-file.ts');
  return readFaults(await readText(file, 'Name a file with fault rules in YAML or JSON.'), file);
}

async function openSeed(file: string): Promise<Seed> {
  const { readSeed } = await import('../emulator/seed/read.ts');
  return readSeed(await readText(file, 'Give --seed the path of a YAML file.'), file);
}

async function readText(file: string, remedy: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new KeysteadError('EMULATOR', `${file} cannot be read: ${why}.`, { remedy, cause: error });
  }
}

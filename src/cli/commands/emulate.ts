import { type ExitCode, exit } from '../exit.ts';
import type { Host } from '../host.ts';
import { watchInterrupts } from '../interrupts.ts';
import { createOutput, type OutputOptions } from '../output.ts';
import { startOwnEmulator } from '../own-emulator.ts';

export interface EmulateOptions extends OutputOptions {
  /** 0: any free one. */
  readonly port: number;
  /** Absent: in memory. */
  readonly data?: string;
  /** IBM Cloud's own delays instead of short ones. */
  readonly realistic?: boolean;
  /** Absent: 127.0.0.1. */
  readonly host?: string;
  /** Lets other machines in. */
  readonly allowNetwork?: boolean;
  /** Further names of this machine. */
  readonly allowHost?: readonly string[];
  /** `name=value`. */
  readonly setting?: readonly string[];
  /** A file with fault rules. */
  readonly faults?: string;
  /** Where a fresh account starts in time. */
  readonly clock?: Date;
  /** What there is from the start. */
  readonly seed?: string;
}

/** Serves until it is interrupted. stdout is the environment, ready to be evaluated by a shell. */
export async function emulateCommand(host: Host, options: EmulateOptions): Promise<ExitCode> {
  const output = createOutput(options, host);
  const interrupts = watchInterrupts(() => undefined);
  const emulator = await startOwnEmulator({
    port: options.port,
    ...(options.data === undefined ? {} : { dataFile: options.data }),
    ...(options.realistic ? { realistic: true } : {}),
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.allowNetwork ? { allowNetwork: true } : {}),
    ...(options.allowHost === undefined ? {} : { allowHosts: options.allowHost }),
    ...(options.setting === undefined ? {} : { settings: options.setting }),
    ...(options.faults === undefined ? {} : { faultsFile: options.faults }),
    ...(options.clock === undefined ? {} : { now: options.clock }),
    ...(options.seed === undefined ? {} : { seedFile: options.seed }),
  });
  const lines = Object.entries(emulator.environment).map(([name, value]) => `export ${name}=${value}\n`);
  output.result(lines.join(''));
  output.note(`Emulating IBM Cloud at ${emulator.url}, where a browser shows what is in it; Ctrl-C ends it.\n`);
  await new Promise<void>((resolve) => {
    if (interrupts.signal.aborted) resolve();
    interrupts.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await emulator.close();
  interrupts.stop();
  return exit.ok;
}

import { type ExitCode, exit } from '../exit.ts';
import type { Host } from '../host.ts';
import { watchInterrupts } from '../interrupts.ts';
import { createOutput, type OutputOptions } from '../output.ts';
import { type OwnEmulatorOptions, startOwnEmulator } from '../own-emulator.ts';

/** Serves until it is interrupted. stdout is the environment, ready to be evaluated by a shell. */
export async function emulateCommand(host: Host, options: OwnEmulatorOptions & OutputOptions): Promise<ExitCode> {
  const output = createOutput(options, host);
  const interrupts = watchInterrupts(() => undefined);
  const emulator = await startOwnEmulator(options);
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

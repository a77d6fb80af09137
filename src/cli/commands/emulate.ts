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
  const environment = { ...emulator.environment, ...preferred(emulator.environment) };
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${value}\n`);
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

/**
 * What clients prefer to the variables above, and a shell may have set: with it a real API key would be sent, or a private
 * host asked past the emulator. Source: terraform-provider-ibm, ibm/provider/provider.go.
 */
function preferred({ IBMCLOUD_API_KEY: key = '' }: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { IC_API_KEY: key, IC_VISIBILITY: 'public' };
}

import { rmSync } from 'node:fs';
import { mkdtemp, readFile, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { given } from '../../model/json.ts';
import { painter } from '../../report/paint.ts';
import { outsideOf } from '../demo/outside.ts';
import { play } from '../demo/script.ts';
import { createStage } from '../demo/stage.ts';
import { type ExitCode, exit, exitOfSignal } from '../exit.ts';
import type { Host } from '../host.ts';
import { watchInterrupts } from '../interrupts.ts';
import { createOutput, type OutputOptions } from '../output.ts';
import { type OwnEmulatorOptions, startOwnEmulator } from '../own-emulator.ts';

/** How the demo looks, and how the emulator behind it behaves. */
type DemoOptions = OutputOptions & Pick<OwnEmulatorOptions, 'disposition'>;

type RunProgram = (args: readonly string[], host: Host) => Promise<number>;

/**
 * The main job, by the real commands, against an emulator of its own, in a temporary folder that is removed after.
 *
 * @returns 0 only if every step ended as told
 */
export async function demoCommand(host: Host, options: DemoOptions, runProgram: RunProgram): Promise<ExitCode> {
  // The manifest is that of the first example, which ships with the program.
  const program = await realpath(process.argv[1] ?? '');
  const example = join(dirname(program), '..', 'examples', '01-data-virtualization', 'keystead.yaml');
  const manifest = (await readFile(example, 'utf8')).replace(/^# yaml-language-server:.*\n/, '');
  // The command that is running says so itself.
  const interrupts = watchInterrupts(() => undefined);
  const folder = await mkdtemp(join(tmpdir(), 'keystead-demo-'));
  const back = process.cwd();
  const leave = (): void => {
    process.chdir(back);
    rmSync(folder, { recursive: true, force: true });
  };
  // Also for an end that comes without warning, such as a closed pipe or a second interrupt.
  process.on('exit', leave);
  process.chdir(folder);
  const emulator = await startOwnEmulator({
    data: join(folder, 'cloud.log'),
    ...given({ disposition: options.disposition }),
  });
  try {
    const { color, result: print } = createOutput(options, host);
    const paint = painter(color);
    const env = { ...withoutIbm(host.env), ...emulator.environment, ...(color ? { FORCE_COLOR: '1' } : {}) };
    const outside = outsideOf(emulator);
    // IBM Cloud takes minutes; half a second shows the waiting as well.
    outside.setPace(400);
    const keystead = (args: readonly string[], write: (text: string) => void) => {
      interrupts.signal.throwIfAborted();
      return runProgram(args, { env, stdin: {}, stdout: { write }, stderr: { write } });
    };
    await play(manifest, createStage({ keystead, paint, print }), outside);
    interrupts.signal.throwIfAborted();
    const end = paint('bold', 'Every step ended as told.');
    print(`\n${end} Nothing is left behind: the emulator and its folder are gone.\n`);
    return exit.ok;
  } catch (error) {
    if (interrupts.signal.aborted) return exitOfSignal(interrupts.signal);
    throw error;
  } finally {
    await emulator.close();
    leave();
    process.off('exit', leave);
    interrupts.stop();
  }
}

/** No credential or endpoint of a real account reaches the demo. */
function withoutIbm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(IBMCLOUD_|IC_|KEYSTEAD_)/.test(name)));
}

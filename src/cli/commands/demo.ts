import { rmSync } from 'node:fs';
import { mkdtemp, readFile, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { painter } from '../../report/paint.ts';
import { outsideOf } from '../demo/outside.ts';
import { type Processes, processesIn } from '../demo/processes.ts';
import { scenesOf } from '../demo/scenes.ts';
import { createStage } from '../demo/stage.ts';
import { type ExitCode, exit, exitOfSignal } from '../exit.ts';
import type { Host } from '../host.ts';
import { watchInterrupts } from '../interrupts.ts';
import { createOutput, type Output, type OutputOptions } from '../output.ts';

/**
 * The main job, by the real commands, against a real emulator process, in a temporary folder that is removed after.
 *
 * @returns 0 only if every step ended as told
 */
export async function demoCommand(host: Host, options: OutputOptions): Promise<ExitCode> {
  // The commands are this very program; the manifest is that of the first example, which ships with it.
  const program = await realpath(process.argv[1] ?? '');
  const example = join(dirname(program), '..', 'examples', '01-data-virtualization', 'keystead.yaml');
  const manifest = (await readFile(example, 'utf8')).replace(/^# yaml-language-server:.*\n/, '');
  // A terminal sends its interrupt to the command that is running as well, which says so itself.
  const interrupts = watchInterrupts(() => undefined);
  const folder = await mkdtemp(join(tmpdir(), 'keystead-demo-'));
  const processes = processesIn(folder, program);
  const leave = (): void => {
    processes.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  // Also for an end that comes without warning, such as a closed pipe or a second interrupt.
  process.on('exit', leave);
  try {
    const means = { env: host.env, processes, folder, signal: interrupts.signal };
    return await play(manifest, means, createOutput(options, host));
  } catch (error) {
    if (interrupts.signal.aborted) return exitOfSignal(interrupts.signal);
    throw error;
  } finally {
    await processes.stop();
    leave();
    process.off('exit', leave);
    interrupts.stop();
  }
}

async function play(
  manifest: string,
  means: Pick<Host, 'env'> & {
    readonly processes: Processes;
    readonly folder: string;
    readonly signal: AbortSignal;
  },
  output: Output,
): Promise<ExitCode> {
  const { signal, processes } = means;
  const paint = painter(output.color);
  const environment = await processes.startEmulator();
  const outside = outsideOf(environment);
  // IBM Cloud takes minutes; half a second shows the waiting as well.
  await outside.setPace(400);
  const env = { ...withoutIbm(means.env), ...environment, ...(output.color ? { FORCE_COLOR: '1' } : {}) };
  const stage = createStage({ ...means, env, outside, paint, print: output.result });
  for (const [index, { title, steps }] of scenesOf(manifest).entries()) {
    output.result(`\n${paint('bold', `${index + 1}. ${title}`)}\n`);
    for (const step of steps) {
      await stage.perform(step);
      if (signal.aborted) return exitOfSignal(signal);
    }
  }
  output.result(
    `\n${paint('bold', 'Every step ended as told.')} Nothing is left behind: the emulator and its folder are gone.\n`,
  );
  return exit.ok;
}

/** No credential or endpoint of a real account reaches the demo. */
function withoutIbm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(IBMCLOUD_|IC_|KEYSTEAD_)/.test(name)));
}

import { copyFile, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { KeysteadError } from '../../model/errors.ts';
import { painter } from '../../report/paint.ts';
import { runCommand, startEmulatorProcess } from '../demo/processes.ts';
import { scenes } from '../demo/scenes.ts';
import { type ExitCode, exit } from '../exit.ts';
import { createOutput, type OutputOptions } from '../output.ts';

/**
 * The main job, by the real commands, against a real emulator process, in a temporary folder that is removed after.
 *
 * @returns 0 only if every step ended as told
 */
export async function demoCommand(options: OutputOptions): Promise<ExitCode> {
  const output = createOutput(options, process.env);
  const paint = painter(output.color);
  // The commands below are this very program; the example is the one that ships with it.
  const program = await realpath(process.argv[1] ?? '');
  const example = join(dirname(program), '..', 'examples', '01-data-virtualization', 'keystead.yaml');
  const folder = await mkdtemp(join(tmpdir(), 'keystead-demo-'));
  const emulator = await startEmulatorProcess(program, folder);
  try {
    await hurry(emulator.environment);
    await copyFile(example, join(folder, 'keystead.yaml'));
    const manifest = await readFile(example, 'utf8');
    const env = { ...withoutIbm(process.env), ...emulator.environment, ...(output.color ? { FORCE_COLOR: '1' } : {}) };
    for (const [index, scene] of scenes.entries()) {
      output.result(`\n${paint('bold', `${index + 1}. ${scene.title}`)}\n`);
      for (const [name, text] of Object.entries(scene.files?.(manifest) ?? {}))
        await writeFile(join(folder, name), text);
      if (scene.behindTheBack) await scene.behindTheBack(emulator.environment);
      for (const { args, ends } of scene.commands) {
        output.result(`\n${paint('cyan', `$ keystead ${args.join(' ')}`)}\n`);
        const code = await runCommand(program, args, { cwd: folder, env, print: output.result });
        output.result(paint('dim', `(exit ${code})\n`));
        if (code !== ends) {
          throw new KeysteadError('DEMO', `keystead ${args.join(' ')} ended with ${code}, not ${ends}`);
        }
      }
    }
    output.result(
      `\n${paint('bold', 'Every step ended as told.')} Nothing is left behind: the emulator and its folder are gone.\n`,
    );
    return exit.ok;
  } finally {
    await emulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** IBM Cloud takes minutes to provision, the emulator two seconds; half a second shows the waiting as well. */
async function hurry(environment: Readonly<Record<string, string>>): Promise<void> {
  const url = `${environment['IBMCLOUD_IAM_API_ENDPOINT']}/_emulator/settings`;
  await fetch(url, { method: 'POST', body: JSON.stringify({ provisioningMs: 500 }) });
}

/** No credential or endpoint of a real account reaches the demo. */
function withoutIbm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(IBMCLOUD_|IC_|KEYSTEAD_)/.test(name)));
}

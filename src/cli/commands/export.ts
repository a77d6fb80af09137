import { writeFile } from 'node:fs/promises';
import { KeysteadError } from '../../model/errors.ts';
import type { Exported } from '../../model/exported.ts';
import { isObject } from '../../model/json.ts';
import { kinds, validator } from '../../pipeline.ts';
import { exportLive } from '../../pipeline-export.ts';
import { renderManifest } from '../../report/manifest.ts';
import { printable } from '../../report/printable.ts';
import type { ConnectOptions } from '../connect.ts';
import { type ExitCode, exit, exitOfSignal } from '../exit.ts';
import type { Host } from '../host.ts';
import { inSession } from '../in-session.ts';
import { createOutput, type OutputOptions } from '../output.ts';

export interface ExportOptions extends ConnectOptions, OutputOptions {
  /** Names or CRNs. */
  readonly instance: readonly string[];
  readonly service: readonly string[];
  readonly all?: boolean;
  readonly stack?: string;
  /** A file that is not there yet. */
  readonly out?: string;
}

/** What is live as a manifest; nothing is written there. */
export async function exportCommand(host: Host, options: ExportOptions): Promise<ExitCode> {
  const { instance, service, all = false, stack, out } = options;
  if (!all && instance.length === 0 && service.length === 0) {
    throw new KeysteadError('NOTHING_CHOSEN', 'nothing says what to export', {
      remedy: 'add --instance NAME, --service NAME, or --all',
    });
  }
  const output = createOutput(options, host);
  return await inSession(host, options, output, async ({ connection }, interrupts) => {
    const wish = { instances: instance, services: service, all, stack };
    const exported = await exportLive(wish, { kinds, validator, reader: connection.reader(), now: connection.now });
    if (interrupts.signal.aborted) return exitOfSignal(interrupts.signal);
    const text = renderManifest(exported);
    if (out === undefined) output.result(text);
    else await writeNew(out, text);
    output.note(summaryOf(exported, out));
    return exit.ok;
  });
}

/** @throws KeysteadError `FILE_EXISTS`, since what stands there may have been edited by hand; `UNWRITABLE` */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    if (!isObject(error) || error['code'] !== 'EEXIST') {
      const remedy = 'choose another --out';
      throw new KeysteadError('UNWRITABLE', `${path} cannot be written`, { remedy, cause: error });
    }
    const remedy = 'choose another --out, or remove the file first';
    throw new KeysteadError('FILE_EXISTS', `${path} exists already, and export overwrites nothing`, {
      remedy,
      cause: error,
    });
  }
}

function summaryOf({ blocks, leftOut, unread, isPlaceholder }: Exported, out: string | undefined): string {
  const existing = blocks.filter(({ spec }) => spec['existing'] === true).length;
  const parts = [
    `${blocks.length - existing} exported`,
    ...(existing > 0 ? [`${existing} only referred to`] : []),
    ...(leftOut.length > 0 ? [`${leftOut.length} left out`] : []),
    ...(unread.length > 0 ? [`${unread.length} not readable`] : []),
  ];
  const next = `keystead plan --allow adopt${out === undefined ? '' : ` ${printable(out)}`}`;
  const first = isPlaceholder ? 'Set `stack` in it, then ' : 'Next: ';
  return `${parts.join(', ')}. ${first}${next}\n`;
}

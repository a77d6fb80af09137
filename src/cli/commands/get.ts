import { KeysteadError } from '../../model/errors.ts';
import type { LiveObject, Looked } from '../../model/live-object.ts';
import type { PlanInput } from '../../model/plan-input.ts';
import { get } from '../../pipeline.ts';
import { rawText, renderLiveObject, valueAt, valuesOf } from '../../report/live-object.ts';
import { closestOf, declaring } from '../addresses.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { Host } from '../host.ts';
import { type LiveOptions, onLive } from '../in-session.ts';

export interface GetOptions extends LiveOptions {
  readonly field?: string;
}

/** What is live of one declared resource, or one field of it, for scripts. */
export async function getCommand(
  host: Host,
  address: string,
  paths: readonly string[],
  options: GetOptions,
): Promise<ExitCode> {
  const aimed = (all: PlanInput) => declaring(address, all);
  return await onLive(host, paths, options, aimed, async (wanted, session, output) => {
    const object = required(address, await get(wanted, session.planning(), address), options);
    output.result(shown(object, options));
    return exit.ok;
  });
}

/**
 * A script that goes on with the CRN of a destroyed key would fail later and less clearly, so that is no answer; how it is,
 * is one.
 *
 * @throws KeysteadError `NOT_LIVE`, `NOT_KNOWN`
 */
function required(address: string, looked: Looked, { field, format }: GetOptions): LiveObject {
  switch (looked.is) {
    case 'live':
      return looked.object;
    case 'ended':
      if (field === 'state' || (field === undefined && format === 'json')) return looked.object;
      throw new KeysteadError('NOT_LIVE', `${address} is not live: ${looked.why}`, {
        remedy: `\`keystead explain ${address}\` says what can be done`,
      });
    case 'not found':
      throw new KeysteadError('NOT_LIVE', `${address} is declared, and it is not live`, {
        remedy: '`keystead apply` makes it',
      });
    case 'unknown':
      throw new KeysteadError('NOT_KNOWN', `what is live of ${address} cannot be told: ${looked.why}`);
  }
}

function shown(object: LiveObject, { field, format }: GetOptions): string {
  if (field === undefined) {
    return format === 'json' ? `${JSON.stringify(object, undefined, 2)}\n` : renderLiveObject(object);
  }
  const value = valueAt(object, field);
  if (value === undefined) {
    const remedy = closestOf(field, Object.keys(valuesOf(object)).sort(), 'it has');
    throw new KeysteadError('NO_VALUE', `${object.address} has no value for ${field}`, { remedy });
  }
  return format === 'json' ? `${JSON.stringify(value)}\n` : rawText(value);
}

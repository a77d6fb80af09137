import { parse } from 'yaml';
import { EmulatorError, messageOf } from '../emulator-error.ts';
import { readSettings } from '../settings.ts';
import type { Seed } from './seed.ts';
// biome-ignore lint/correctness/useImportExtensions: the module is generated, its types are beside it; Biome would name those
import { type SeedFault, validateSeed } from './validators.gen.mjs';

const remedy = 'The seed must fit schemas/emulator-seed.schema.json.';

/**
 * Reads a seed, YAML or JSON.
 *
 * @param name what the text is called in messages
 * @throws EmulatorError for what is no seed, naming every fault
 */
export function readSeed(text: string, name: string): Seed {
  const value = parseSeed(text, name) ?? {};
  if (!isSeed(value)) {
    const faults = (validateSeed.errors ?? []).map(wordsOf);
    throw new EmulatorError(`${name} is no seed: ${[...new Set(faults)].join('; ')}.`, remedy);
  }
  const settings = readSettings({ ...value.settings });
  if (typeof settings === 'string') throw new EmulatorError(`${name} is no seed: /settings: ${settings}.`, remedy);
  return value;
}

function parseSeed(text: string, name: string): unknown {
  try {
    return parse(text, { schema: 'core', logLevel: 'error' });
  } catch (error) {
    const [message = ''] = messageOf(error).split('\n');
    throw new EmulatorError(`${name} is no YAML: ${message}`, remedy, { cause: error });
  }
}

function isSeed(value: unknown): value is Seed {
  return validateSeed(value);
}

function wordsOf({ instancePath, message = 'is wrong', params }: SeedFault): string {
  const extra = params['additionalProperty'] ?? params['allowedValues'];
  const what =
    extra === undefined ? message : `${message} (${Array.isArray(extra) ? extra.join(', ') : String(extra)})`;
  return `${instancePath === '' ? '/' : instancePath}: ${what}`;
}

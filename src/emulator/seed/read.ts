import { EmulatorError } from '../core/emulator-error.ts';
import { readSettings } from '../core/settings.ts';
import { readYaml } from '../core/yaml.ts';
import type { Seed } from './seed.ts';
// biome-ignore lint/correctness/useImportExtensions: the module is generated, its types are beside it; Biome would name those
import { type SeedFault, validateSeed } from './validators.gen.mjs';

const remedy = 'The seed must fit schemas/emulator-seed.schema.json.';

/**
 * Reads a seed, YAML or JSON.
 * @param name what the text is called in messages
 * @throws EmulatorError for what is no seed, a line with file:line:column for every fault
 */
export function readSeed(text: string, name: string): Seed {
  const { value: written, at } = readYaml(text, name, remedy);
  const value = written ?? {};
  if (!isSeed(value)) {
    const faults = (validateSeed.errors ?? []).map((fault) => `${at(...placeOf(fault))}: ${wordsOf(fault)}.`);
    throw new EmulatorError([...new Set(faults)].join('\n'), remedy);
  }
  const settings = readSettings({ ...value.settings });
  if (typeof settings === 'string') throw new EmulatorError(`${at('/settings')}: /settings: ${settings}.`, remedy);
  return value;
}

/** A member that should not be there is shown itself, not what it is in. */
function placeOf({ instancePath, params }: SeedFault): readonly [pointer: string, member: string | undefined] {
  const stray = params['additionalProperty'];
  return [instancePath, typeof stray === 'string' ? stray : undefined];
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

import type { Plan } from '../model/change.ts';
import { KeysteadError } from '../model/errors.ts';
import { isObject } from '../model/json.ts';
import { checksumOf, fingerprintOf } from './fingerprint.ts';
// biome-ignore lint/correctness/useImportExtensions: the module is generated, its types stand beside it
import { validatePlan } from './validators.gen.mjs';

/** The newest format that this version reads and writes. */
const FORMAT = 1;

/**
 * Reads a plan file, as `plan --out` wrote it.
 *
 * @param file only for messages
 * @throws KeysteadError `PLAN_FILE` when it is no plan, of a newer format, or edited
 */
export function readPlan(text: string, file: string): Plan {
  const refuse = (message: string, remedy: string) => new KeysteadError('PLAN_FILE', `${file} ${message}`, { remedy });
  const again = `plan again and save it with \`--out ${file}\``;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new KeysteadError('PLAN_FILE', `${file} is not JSON`, { remedy: again, cause: error });
  }
  if (isObject(value) && typeof value['formatVersion'] === 'number' && value['formatVersion'] > FORMAT) {
    throw refuse(
      `is of format ${value['formatVersion']}; this version reads ${FORMAT}`,
      `use the version that wrote it, or ${again}`,
    );
  }
  if (!isPlan(value)) {
    const [fault] = validatePlan.errors ?? [];
    throw refuse(`is not a plan: ${fault?.instancePath || '/'} ${fault?.message ?? 'is wrong'}`, again);
  }
  if (checksumOf(value) !== value.checksum || fingerprintOf(value.account, value.changes) !== value.fingerprint) {
    throw refuse('was edited: what it holds does not give its checksum', again);
  }
  return value;
}

function isPlan(value: unknown): value is Plan {
  return validatePlan(value);
}

import type { Common } from '../../model/resource.ts';
import { type Finding, finding } from '../finding.ts';
import type { KeyWritten } from './spec.gen.ts';

/** Words that Key Protect keeps for its own paths. Source: Key Protect docs, "Creating key aliases". */
const RESERVED = new Set(
  (
    'allowed_ip key keys metadata policy policies registration registrations ring rings rotate wrap unwrap rewrap ' +
    'version versions'
  ).split(' '),
);

/** Source: Key Protect API reference, "Limits". */
const SHORTEST_NAME = 2;

/** Offline rules that a key can break by itself. */
export function* check(spec: KeyWritten & Common, name: string): Iterable<Finding> {
  // What is pinned may be called anything.
  if (spec.name === undefined && spec.crn === undefined && name.length < SHORTEST_NAME) {
    const message = `"${name}" is too short for the name of a key, which has 2 to 90 characters`;
    yield finding('', 'INVALID_VALUE', message, 'add `name: …`, or choose a longer map key');
  }
  for (const [index, alias] of (spec.aliases ?? []).entries()) {
    const pointer = `/aliases/${index}`;
    if (RESERVED.has(alias)) yield finding(pointer, 'RESERVED_NAME', `Key Protect reserves the alias "${alias}"`);
    else if (alias.startsWith('keystead_')) {
      const message = 'aliases that start with keystead_ are ownership marks';
      yield finding(pointer, 'RESERVED_NAME', message, 'choose another alias');
    }
  }
  if (spec.rotation !== undefined && spec.type === 'standard') {
    const message = 'a standard key has no rotation policy; only generated root keys do';
    yield finding('/rotation', 'ROTATION_OF_STANDARD_KEY', message, 'remove `rotation`, or make it a root key');
  } else if (spec.rotation !== undefined && spec.rotation.enabled !== false && !spec.rotation.intervalMonths) {
    const message = 'a rotation policy needs its interval';
    yield finding('/rotation', 'MISSING_FIELD', message, 'add `intervalMonths: 3` (1 to 12 months)');
  }
  for (const field of ['enabled', 'rotatedSince'] as const) {
    if (spec[field] === undefined || spec.type !== 'standard') continue;
    const message = `a standard key has no \`${field}\`; only root keys rotate and can be disabled`;
    yield finding(`/${field}`, 'ROOT_KEYS_ONLY', message, `remove \`${field}\`, or make it a root key`);
  }
  yield* checkMaterial(spec);
}

/** One place, and a way that the key can take. Source: Key Protect docs, "Importing root keys", "Importing standard keys". */
function* checkMaterial({ material, type, rotation }: KeyWritten): Iterable<Finding> {
  if (material === undefined) return;
  if ((material.env === undefined) === (material.file === undefined)) {
    const remedy = 'say one of `env: NAME` and `file: PATH`';
    yield finding('/material', 'MATERIAL_FORM', 'key material comes from one place', remedy);
  }
  if (material.encoding !== undefined && material.env !== undefined) {
    const message = 'an environment variable always holds base64';
    yield finding('/material/encoding', 'MATERIAL_FORM', message, 'remove `encoding`');
  }
  if (material.secureImport === true && type === 'standard') {
    const message = 'only root keys are imported with an import token';
    yield finding('/material/secureImport', 'MATERIAL_FORM', message, 'remove `secureImport`');
  }
  if (rotation !== undefined && type !== 'standard') {
    const message = 'an imported key has no rotation policy; Key Protect cannot make its new material';
    const remedy = 'remove `rotation`; `rotatedSince` with new material rotates it';
    yield finding('/rotation', 'ROTATION_OF_IMPORTED_KEY', message, remedy);
  }
}

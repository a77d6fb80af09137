import type { Common } from '../../model/resource.ts';
import type { Finding } from '../kind.ts';
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

/** One place, and a way that the key can take. Source: Key Protect docs, "Importing root keys", "Importing standard keys". */
function checkMaterial({ material, type, rotation }: KeyWritten): readonly Finding[] {
  if (material === undefined) return [];
  const findings: Finding[] = [];
  const fault = (field: string, message: string, remedy: string): void => {
    findings.push({ pointer: `/material${field}`, code: 'MATERIAL_FORM', message, remedy });
  };
  if ((material.env === undefined) === (material.file === undefined)) {
    fault('', 'key material comes from one place', 'say one of `env: NAME` and `file: PATH`');
  }
  if (material.encoding !== undefined && material.env !== undefined) {
    fault('/encoding', 'an environment variable always holds base64', 'remove `encoding`');
  }
  if (material.secureImport === true && type === 'standard') {
    fault('/secureImport', 'only root keys are imported with an import token', 'remove `secureImport`');
  }
  if (rotation !== undefined && type !== 'standard') {
    findings.push({
      pointer: '/rotation',
      code: 'ROTATION_OF_IMPORTED_KEY',
      message: 'an imported key has no rotation policy; Key Protect cannot make its new material',
      remedy: 'remove `rotation`; `rotatedSince` with new material rotates it',
    });
  }
  return findings;
}

/** Offline rules that a key can break by itself. */
export function check(spec: KeyWritten & Common, name: string): readonly Finding[] {
  const findings: Finding[] = [];
  // What is pinned may be called anything.
  if (spec.name === undefined && spec.crn === undefined && name.length < SHORTEST_NAME) {
    findings.push({
      pointer: '',
      code: 'INVALID_VALUE',
      message: `"${name}" is too short for the name of a key, which has 2 to 90 characters`,
      remedy: `add \`name: …\`, or choose a longer map key`,
    });
  }
  for (const [index, alias] of (spec.aliases ?? []).entries()) {
    const pointer = `/aliases/${index}`;
    if (RESERVED.has(alias)) {
      findings.push({ pointer, code: 'RESERVED_NAME', message: `Key Protect reserves the alias "${alias}"` });
    } else if (alias.startsWith('keystead_')) {
      findings.push({
        pointer,
        code: 'RESERVED_NAME',
        message: `aliases that start with keystead_ are ownership marks`,
        remedy: 'choose another alias',
      });
    }
  }
  if (spec.rotation !== undefined && spec.type === 'standard') {
    findings.push({
      pointer: '/rotation',
      code: 'ROTATION_OF_STANDARD_KEY',
      message: 'a standard key has no rotation policy; only generated root keys do',
      remedy: 'remove `rotation`, or make it a root key',
    });
  } else if (spec.rotation !== undefined && spec.rotation.enabled !== false && !spec.rotation.intervalMonths) {
    findings.push({
      pointer: '/rotation',
      code: 'MISSING_FIELD',
      message: 'a rotation policy needs its interval',
      remedy: 'add `intervalMonths: 3` (1 to 12 months)',
    });
  }
  for (const field of ['enabled', 'rotatedSince'] as const) {
    if (spec[field] === undefined || spec.type !== 'standard') continue;
    findings.push({
      pointer: `/${field}`,
      code: 'ROOT_KEYS_ONLY',
      message: `a standard key has no \`${field}\`; only root keys rotate and can be disabled`,
      remedy: `remove \`${field}\`, or make it a root key`,
    });
  }
  findings.push(...checkMaterial(spec));
  return findings;
}

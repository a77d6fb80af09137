import type { KpInstancePolicy } from '../../cloud/key-protect/shapes.ts';
import type { Reader } from '../../cloud/reader.ts';
import type { FieldChange } from '../../model/change.ts';
import { isRefused } from '../../model/errors.ts';
import { isObject } from '../../model/json.ts';
import type { KeyProtectInstanceWritten } from './spec.gen.ts';

export type Policies = NonNullable<KeyProtectInstanceWritten['policies']>;
type Access = NonNullable<Policies['keyCreateImportAccess']>;

/** What an instance's policies are; `refused`: this login may not read them. */
export type LivePolicies = readonly KpInstancePolicy[] | 'refused';

/** The manifest's word for each switch of `keyCreateImportAccess`, and what it is when it was never set. */
const SWITCHES = {
  createRootKey: { word: 'create_root_key', unset: true },
  createStandardKey: { word: 'create_standard_key', unset: true },
  importRootKey: { word: 'import_root_key', unset: true },
  importStandardKey: { word: 'import_standard_key', unset: true },
  enforceToken: { word: 'enforce_token', unset: false },
} as const;
type Switch = keyof typeof SWITCHES;
const switches = Object.keys(SWITCHES) as readonly Switch[];

export async function readPolicies(read: Reader, instance: string): Promise<LivePolicies> {
  try {
    return await read.instancePolicies(instance);
  } catch (error) {
    // Key Protect answers 401 for a missing role too.
    if (isRefused(error, 401, 403)) return 'refused';
    throw error;
  }
}

/** In the manifest's words. Source: Key Protect API reference, "Instance policies". */
export function policiesOf(live: readonly KpInstancePolicy[]): Policies {
  const rotation = policy(live, 'rotation');
  const months = rotation?.attributes?.['interval_month'];
  return {
    dualAuthDelete: policy(live, 'dualAuthDelete') !== undefined,
    metrics: policy(live, 'metrics') !== undefined,
    rotation:
      rotation === undefined
        ? { enabled: false }
        : { enabled: true, ...(typeof months === 'number' ? { intervalMonths: months } : {}) },
    keyCreateImportAccess: accessOf(live),
  };
}

/** The data of a policy that is in force. */
function policy(live: readonly KpInstancePolicy[], type: keyof Policies): KpInstancePolicy['policy_data'] | undefined {
  const found = live.find(({ policy_type }) => policy_type === type)?.policy_data;
  return found?.enabled === true ? found : undefined;
}

function accessOf(live: readonly KpInstancePolicy[]): Access {
  const found = policy(live, 'keyCreateImportAccess');
  if (found === undefined) return { enabled: false };
  const entries = switches.map((name) => {
    const { word, unset } = SWITCHES[name];
    const value = found.attributes?.[word];
    return [name, typeof value === 'boolean' ? value : unset] as const;
  });
  return { enabled: true, ...Object.fromEntries(entries) };
}

/** Whether what is wanted of one policy is so: of what has members, those that are said. */
export function isPolicyMet(want: unknown, have: unknown): boolean {
  if (!isObject(want)) return want === have;
  const live: Readonly<Record<string, unknown>> = isObject(have) ? have : {};
  const enabled = want['enabled'] ?? true;
  if (live['enabled'] !== enabled) return false;
  return enabled === false || Object.entries(want).every(([name, value]) => name === 'enabled' || live[name] === value);
}

/** Those that differ, of what is wanted. */
export function changedPolicies(want: Policies | undefined, fields: readonly FieldChange[]): Policies | undefined {
  const changed = Object.entries(want ?? {}).filter(([name]) =>
    fields.some(({ field }) => field === `policies.${name}`),
  );
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}

/** The policies to be written, whole: a switch that is not said stays as it is. */
export function wireOf(want: Policies, live: readonly KpInstancePolicy[]): readonly KpInstancePolicy[] {
  const { dualAuthDelete, metrics, rotation, keyCreateImportAccess: access } = want;
  const set = (
    policy_type: keyof Policies,
    enabled: boolean,
    attributes?: KpInstancePolicy['policy_data']['attributes'],
  ) => [{ policy_type, policy_data: { enabled, ...(enabled && attributes ? { attributes } : {}) } }];
  return [
    ...(dualAuthDelete === undefined ? [] : set('dualAuthDelete', dualAuthDelete)),
    ...(metrics === undefined ? [] : set('metrics', metrics)),
    ...(rotation === undefined
      ? []
      : set('rotation', rotation.enabled ?? true, { interval_month: rotation.intervalMonths ?? null })),
    ...(access === undefined
      ? []
      : set('keyCreateImportAccess', access.enabled ?? true, switchesOf({ ...accessOf(live), ...access }))),
  ];
}

function switchesOf(access: Access): Readonly<Record<string, boolean>> {
  return Object.fromEntries(switches.map((name) => [SWITCHES[name].word, access[name] ?? SWITCHES[name].unset]));
}

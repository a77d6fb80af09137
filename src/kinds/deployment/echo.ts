import { parseCrn } from '../../model/crn.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';

/**
 * The parameters of an instance as Resource Controller echoes them: those of the latest request, as the service wrote them
 * down. Real answers hold `"none"` and `""` where there is no key, `"2048MB"` and `"0 cores"` where a number was sent, and
 * nothing at all of what an earlier request set.
 * Source: ManageIQ/manageiq-providers-ibm_cloud, recorded answer vpc/cloud_manager/refresher.yml (2021-10-26); IBM Quantum
 * docs, "Platform APIs": "`parameters` only stores the most recent request to modify the instance".
 */

/** The value at a path of member names joined by `/`. */
export function valueAt(parameters: Json | undefined, path: string): Json | undefined {
  return path
    .split('/')
    .reduce<Json | undefined>((value, name) => (isObject(value) ? value[name] : undefined), parameters);
}

/** The same parameters with that value there; `undefined`: without what stands there. */
export function withValue(parameters: JsonObject, path: string, value: Json | undefined): JsonObject {
  const [name = '', ...deeper] = path.split('/');
  const { [name]: old, ...others } = parameters;
  if (deeper.length === 0) return value === undefined ? others : { ...parameters, [name]: value };
  if (value === undefined && !isObject(old)) return parameters;
  const inner = withValue(isObject(old) ? old : {}, deeper.join('/'), value);
  return Object.keys(inner).length === 0 ? others : { ...parameters, [name]: inner };
}

/** The key whose full CRN stands at a path. */
export function keyAt(parameters: Json | undefined, path: string): string | undefined {
  const value = valueAt(parameters, path);
  return typeof value === 'string' && isKey(value) ? value : undefined;
}

/** Every full CRN of a key, however deep. */
export function keysIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return isKey(value) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(keysIn);
}

function isKey(text: string): boolean {
  return parseCrn(text)?.type === 'key';
}

/** The live value in the form of the wanted one: services echo other types, and amounts with a unit. */
export function align(want: unknown, have: unknown): unknown {
  if (typeof want === 'boolean' && (have === 'true' || have === 'false')) return have === 'true';
  if (typeof want === 'string' && (typeof have === 'boolean' || typeof have === 'number')) {
    return isSameAmount(want, have) ? want : String(have);
  }
  if (isSameAmount(want, have)) return want;
  const there = amountIn(have);
  return typeof want === 'number' && there?.unit === '' ? there.number : have;
}

function isSameAmount(want: unknown, have: unknown): boolean {
  // Two texts of digits are no amounts: version 1.10 is not 1.1.
  if ([want, have].every((text) => typeof text === 'string' && amountIn(text)?.unit === '')) return want === have;
  const [wanted, there] = [amountIn(want), amountIn(have)];
  if (wanted === undefined || there === undefined || wanted.number !== there.number) return false;
  return wanted.unit === there.unit || wanted.unit === '' || there.unit === '';
}

/** A number, with the unit that a service may have written behind it. */
function amountIn(value: unknown): { readonly number: number; readonly unit: string } | undefined {
  if (typeof value === 'number') return { number: value, unit: '' };
  const [, digits = '', unit = ''] = typeof value === 'string' ? (AMOUNT.exec(value) ?? []) : [];
  return digits === '' ? undefined : { number: Number(digits), unit: unit.toLowerCase() };
}

const AMOUNT = /^\s*(-?\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i;

import { parseCrn } from '../../model/crn.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Refs } from '../../model/resource.ts';
import { encryptionOf, keyParameters } from '../../services/table.ts';
import { keyAt } from './echo.ts';
import type { DeploymentWritten } from './spec.gen.ts';

/** As written, `parameters` known to be plain data. */
export type DeploymentSpec = Omit<DeploymentWritten, 'parameters'> & { parameters?: JsonObject };

export const ENCRYPTION_KEY = '/encryption/key';

type Member = 'key' | 'env';

/** `{ key: NAME }` and nothing else. */
function wordOf(value: Json, member: Member): string | undefined {
  const word = isObject(value) && Object.keys(value).length === 1 ? value[member] : undefined;
  return typeof word === 'string' ? word : undefined;
}

/** The same data with what `instead` says in the place of a value, wherever it says anything; by JSON pointer. */
export function replaceIn(
  value: Json,
  pointer: string,
  instead: (value: Json, pointer: string) => Json | undefined,
): Json {
  const other = instead(value, pointer);
  if (other !== undefined) return other;
  if (Array.isArray(value)) {
    return value.map((item: Json, index) => replaceIn(item, `${pointer}/${index}`, instead));
  }
  if (!isObject(value)) return value;
  const members = Object.entries(value);
  return Object.fromEntries(
    members.map(([name, item = null]) => [name, replaceIn(item, `${pointer}/${name}`, instead)]),
  );
}

/** Every `{ key: NAME }` in `parameters`, or `{ env: NAME }`, with its JSON pointer. */
export function wordsIn({ parameters = {} }: Pick<DeploymentSpec, 'parameters'>, member: Member) {
  const found: { readonly pointer: string; readonly word: string }[] = [];
  replaceIn(parameters, '/parameters', (value, pointer) => {
    const word = wordOf(value, member);
    if (word !== undefined) found.push({ pointer: `${pointer}/${member}`, word });
    return word;
  });
  return found;
}

/** JSON pointers of every `{ key: NAME }` in `parameters`, and of every full CRN of a key. */
export function keyPlaces(parameters: JsonObject): readonly string[] {
  const found: string[] = [];
  replaceIn(parameters, '/parameters', (value, pointer) => {
    const isKey = typeof value === 'string' && parseCrn(value)?.type === 'key';
    if (isKey || wordOf(value, 'key') !== undefined) found.push(pointer);
    return wordOf(value, 'key');
  });
  return found;
}

/** Full CRNs of keys, in the parameters that carry them. */
export function keysWritten({ service, plan, parameters }: DeploymentSpec) {
  return keyParameters(service, plan).flatMap(({ path }) => {
    const word = keyAt(parameters, path);
    return word === undefined ? [] : [{ pointer: `/parameters/${path}`, word }];
  });
}

/** What is known of the parameter that a reference stands in. */
export function keyParameterAt({ service, plan }: Pick<DeploymentSpec, 'service' | 'plan'>, pointer: string) {
  const own = pointer === ENCRYPTION_KEY ? encryptionOf(service)?.parameter : undefined;
  const path = own ?? pointer.replace(/^\/parameters\//, '').replace(/\/key$/, '');
  return keyParameters(service, plan).find((parameter) => parameter.path === path);
}

/**
 * `parameters` with each `{ key: NAME }` replaced by what `resolve` says of its reference.
 *
 * @param resolve a live id, or a value that stands for one not known yet
 */
export function fillKeys(
  { parameters = {} }: Pick<DeploymentSpec, 'parameters'>,
  refs: Refs,
  resolve: (ref: string) => Json,
): JsonObject {
  const filled = replaceIn(parameters, '/parameters', (value, pointer) =>
    wordOf(value, 'key') === undefined ? undefined : resolve(refs[`${pointer}/key`] ?? ''),
  );
  return isObject(filled) ? filled : {};
}

/** What services call passwords, tokens and keys of their own. Not a key's CRN, which is no secret. */
const NAME =
  /pass(word|wd|phrase)?$|^pwd$|pwd$|secret|token$|credential|api[-_]?key$|private[-_]?key|access[-_]?key|(connection|conn)[-_]?string|hmac/i;
/** Private keys, tokens, and addresses or settings with a password in them, whatever they are called. */
const VALUE =
  /-----BEGIN [A-Z ]*PRIVATE KEY|^eyJ[\w-]+\.[\w-]+\.|^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@|^(Bearer|Basic) |(pass(word|wd)?|pwd|secret|token|api[-_]?key)["']?\s*=\s*[^\s;,]/i;

/**
 * Parameters in two halves: what may be shown, and the names of members that hold a secret, however deep. A service may echo
 * what it was sent.
 */
export function parted(parameters: JsonObject): { readonly open: JsonObject; readonly secret: readonly string[] } {
  const members = Object.entries(parameters);
  const secret = members.flatMap(([name, value]) => (isSecret(name, value) ? [name] : []));
  return { open: Object.fromEntries(members.filter(([name]) => !secret.includes(name))), secret };
}

function isSecret(name: string, value: Json | undefined): boolean {
  const { name: called, value: said } = isObject(value) ? value : {};
  if (typeof called === 'string' && said !== undefined && isSecret(called, said)) return true;
  if (isObject(value)) return Object.entries(value).some(([member, inner]) => isSecret(member, inner));
  if (Array.isArray(value)) return value.some((inner: Json) => isSecret(name, inner));
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  const text = String(value);
  if (text.startsWith('crn:')) return false;
  return NAME.test(name) || VALUE.test(text);
}

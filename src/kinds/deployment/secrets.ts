import { isObject, type Json, type JsonObject } from '../../model/json.ts';

/** What services call passwords, tokens and keys of their own. Not a key's CRN, which is no secret. */
const NAME =
  /pass(word|wd|phrase)?$|^pwd$|pwd$|secret|token$|credential|api[-_]?key$|private[-_]?key|access[-_]?key|(connection|conn)[-_]?string|hmac/i;
/** Private keys, tokens, and addresses with a password in them, whatever they are called. */
const VALUE =
  /-----BEGIN [A-Z ]*PRIVATE KEY|^eyJ[\w-]+\.[\w-]+\.|^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@|^(Bearer|Basic) /i;

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
  if (isObject(value)) return Object.entries(value).some(([member, inner]) => isSecret(member, inner));
  if (Array.isArray(value)) return value.some((inner: Json) => isSecret(name, inner));
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  const text = String(value);
  if (text.startsWith('crn:')) return false;
  return NAME.test(name) || VALUE.test(text);
}

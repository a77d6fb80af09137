/**
 * Cloud Resource Names: `crn:v1:<cname>:<ctype>:<service>:<location>:<scope>:<instance>:<type>:<resource>`, always ten
 * segments; an instance's CRN ends with `::`.
 * Source: IBM Cloud docs, "Cloud Resource Names".
 */
export interface Crn {
  readonly service: string;
  readonly location: string;
  /** 32 hexadecimal digits; absent where the scope is not an account. */
  readonly account: string | undefined;
  /** The instance's GUID. */
  readonly instance: string;
  readonly type: string;
  readonly resource: string;
}

const SEGMENTS = 10;

/** @returns undefined when the text is not a CRN of ten segments. */
export function parseCrn(text: string): Crn | undefined {
  const parts = text.split(':');
  if (parts.length !== SEGMENTS || parts[0] !== 'crn' || parts[1] !== 'v1') return undefined;
  const [, , , , service = '', location = '', scope = '', instance = '', type = '', resource = ''] = parts;
  if (service === '') return undefined;
  return { service, location, account: /^a\/(.+)$/.exec(scope)?.[1], instance, type, resource };
}

export function isCrn(text: string): boolean {
  return text.startsWith('crn:');
}

/** The CRN of the instance that a resource's CRN lies in: its first eight segments. */
export function instanceCrnOf(crn: string): string {
  return `${crn.split(':').slice(0, 8).join(':')}::`;
}

/** A bare id where a name or a full CRN is wanted: a UUID or 32 hexadecimal digits. */
export function looksLikeBareId(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text) || /^[0-9a-f]{32}$/i.test(text);
}

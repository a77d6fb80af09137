/** JSON pointers (RFC 6901): '' is the whole, '/keys/dv-root' one resource. */
export function pointerTo(parent: string, segment: string | number): string {
  return `${parent}/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

export function segmentsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** As people say it: `keys.dv-root.rotation`, `authorizations.a.roles[0]`. */
export function inWords(pointer: string): string {
  const [first, ...others] = segmentsOf(pointer);
  if (first === undefined) return 'the manifest';
  return `${first}${others.map((segment) => (/^\d+$/.test(segment) ? `[${segment}]` : `.${segment}`)).join('')}`;
}

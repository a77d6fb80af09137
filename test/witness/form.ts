/** Members that hold what a service or a caller put there: their insides have no form of their own. */
const FREE = new Set(['parameters', 'extensions', 'details', 'context']);

/** Paths of a JSON value, each with the kinds of value that stand there: `resources[].state` → number. */
export type Form = ReadonlyMap<string, ReadonlySet<string>>;

/** The form of several values of one kind. */
export function formOf(values: readonly unknown[]): Form {
  const form = new Map<string, Set<string>>();
  for (const value of values) collect(value, '', form);
  return form;
}

function collect(value: unknown, path: string, form: Map<string, Set<string>>): void {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
  form.set(path, (form.get(path) ?? new Set()).add(kind));
  if (Array.isArray(value)) for (const item of value) collect(item, `${path}[]`, form);
  if (kind !== 'object' || FREE.has(path.slice(path.lastIndexOf('.') + 1))) return;
  for (const [name, member] of Object.entries(Object(value))) {
    if (member !== undefined) collect(member, path === '' ? name : `${path}.${name}`, form);
  }
}

/**
 * How the second form differs from the first: `lacks PATH`, `adds PATH`, and `PATH is KIND` for a kind that the first
 * never has there. What lies inside a member that is missing goes without saying.
 */
export function differences(recorded: Form, emulated: Form): readonly string[] {
  const missing = (from: Form, other: Form) =>
    [...from.keys()].filter((path) => !other.has(path) && (path === '' || other.has(outside(path))));
  const kinds = [...emulated].flatMap(([path, found]) => {
    const known = recorded.get(path);
    return known === undefined ? [] : [...found].filter((kind) => !known.has(kind)).map((kind) => `${path} is ${kind}`);
  });
  return [
    ...missing(recorded, emulated).map((path) => `lacks ${path}`),
    ...missing(emulated, recorded).map((path) => `adds ${path}`),
    ...kinds,
  ].sort();
}

function outside(path: string): string {
  if (path.endsWith('[]')) return path.slice(0, -2);
  return path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : '';
}

/** Where what was kept of a body says something else than the body; an empty list where the body has none says the same. */
export function strayed(kept: unknown, body: unknown, path = ''): readonly string[] {
  if (Array.isArray(kept)) {
    const list: readonly unknown[] = Array.isArray(body) ? body : [];
    if (kept.length !== list.length) return [path];
    return kept.flatMap((item: unknown, index) => strayed(item, list[index], `${path}[${index}]`));
  }
  if (typeof kept !== 'object' || kept === null) return Object.is(kept, body) ? [] : [path];
  return Object.entries(kept).flatMap(([name, member]) =>
    strayed(member, typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined, `${path}.${name}`),
  );
}

import type { Operation } from './world.ts';

/** An operation that a request asks for, with the decoded segments of its path. */
export interface Match {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

/** Where private endpoints are: a path below leads to the same operation as the one without. */
export const privateRoot = '/private';

/** Finds the operation of a request, by its raw path. */
export type Route = (method: string, path: string) => Match | undefined;

/**
 * Makes the lookup over a table of operations; earlier rows win.
 *
 * Segments are matched while they are still encoded and decoded once afterwards: a CRN in a path carries `%2F`.
 * Source: platform reference, "Hosts and base URLs" (client transport facts).
 */
export function makeRoute(operations: readonly Operation[]): Route {
  const rows = operations.map((operation) => ({ operation, pattern: segmentsOf(operation.path) }));
  return (method, path) => {
    const segments = segmentsOf(path.startsWith(`${privateRoot}/`) ? path.slice(privateRoot.length) : path);
    for (const { operation, pattern } of rows) {
      if (operation.method !== method || pattern.length !== segments.length) continue;
      const params = matchSegments(pattern, segments);
      if (params !== undefined) return { operation, params };
    }
    return undefined;
  };
}

function segmentsOf(path: string): readonly string[] {
  return path.replace(/\/$/, '').split('/').slice(1);
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== segment) return undefined;
      continue;
    }
    const value = decode(segment);
    if (value === undefined || value === '') return undefined;
    params[name] = value;
  }
  return params;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A stray percent sign: no operation has such a path.
    return undefined;
  }
}

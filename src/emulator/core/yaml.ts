import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { EmulatorError } from './emulator-error.ts';

/** What a YAML or JSON file says, and where. */
export interface Written {
  /** Null where nothing is written. */
  readonly value: unknown;
  /** `file:line:column` of what a JSON pointer names, or of that member of it. */
  at(pointer: string, member?: string): string;
}

/**
 * Reads YAML or JSON.
 * @param name what the text is called in messages
 * @throws EmulatorError for what is neither, with its line and column
 */
export function readYaml(text: string, name: string, remedy: string): Written {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'core', logLevel: 'error', lineCounter: lines });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const [error] = document.errors;
  if (error !== undefined) {
    const [message = ''] = error.message.split('\n');
    const what = message.replace(/ at line \d+, column \d+:?$/, '');
    throw new EmulatorError(`${at(error.pos[0])}: no YAML: ${what}.`, remedy, { cause: error });
  }
  return {
    value: document.toJS(),
    at: (pointer, member) => {
      const path = pointer.split('/').slice(1).map(unescaped);
      // What stands behind an alias is shown where the alias is.
      for (let depth = path.length; depth >= 0; depth -= 1) {
        const node: unknown = document.getIn(path.slice(0, depth), true);
        const start = isMap(node) && depth === path.length ? keyOf(node.items, member) : undefined;
        const offset = start ?? rangeOf(node);
        if (offset !== undefined) return at(offset);
      }
      return at(0);
    },
  };
}

function keyOf(items: readonly { readonly key: unknown }[], member: string | undefined): number | undefined {
  const key = items.map((item) => item.key).find((one) => isScalar(one) && one.value === member);
  return rangeOf(key);
}

function rangeOf(node: unknown): number | undefined {
  const range: unknown = typeof node === 'object' && node !== null ? Reflect.get(node, 'range') : undefined;
  return Array.isArray(range) ? Number(range[0]) : undefined;
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

import type { Emulator } from '../../src/emulator/start.ts';
import { isObject } from '../../src/model/json.ts';
import { at, text } from './platform.ts';

type Row = Readonly<Record<string, unknown>>;

/** One live object as the emulator has it: what it is called, and the marks that are on it. */
export interface Bearer {
  /** CRN, or a policy's id. */
  readonly id: string;
  readonly name: string;
  /** `<stack>/<map key>`, sorted. */
  readonly marks: readonly string[];
}

function rows(emulator: Emulator, table: string): readonly Row[] {
  const found = at(emulator.state(), table);
  return isObject(found) ? Object.values(found).filter(isObject) : [];
}

function words(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function marksAmong(texts: readonly string[], pattern: RegExp): readonly string[] {
  return texts.flatMap((one) => [...one.matchAll(pattern)].map(([, stack, name]) => `${stack}/${name}`)).sort();
}

/** Everything that can bear a mark and is not gone, sorted by its id. */
export function bearers(emulator: Emulator): readonly Bearer[] {
  const tags = new Map(rows(emulator, 'tagging/tags').map((row) => [text(row, 'crn'), words(row['tags'])]));
  const keys = rows(emulator, 'key-protect/keys').map((row) => ({
    id: text(row, 'crn'),
    name: text(row, 'name'),
    marks: marksAmong(words(row['aliases']), /^keystead_([a-z0-9-]+)_([a-z0-9-]+)$/g),
  }));
  const policies = rows(emulator, 'policy/policies')
    .filter((row) => row['state'] === 'active')
    .map((row) => ({
      id: text(row, 'id'),
      name: 'policy',
      marks: marksAmong([String(row['description'] ?? '')], /\[keystead:([a-z0-9-]+)\/([a-z0-9-]+)\]/g),
    }));
  const instances = rows(emulator, 'resource-controller/instances')
    .filter((row) => row['state'] !== 'removed')
    .map((row) => ({
      id: text(row, 'crn'),
      name: text(row, 'name'),
      marks: marksAmong(tags.get(text(row, 'crn')) ?? [], /^keystead:([a-z0-9-]+)\.([a-z0-9-]+)$/g),
    }));
  return [...keys, ...policies, ...instances].sort((left, right) => (left.id < right.id ? -1 : 1));
}

import { addressOf } from '../model/address.ts';
import type { Problem } from '../model/errors.ts';
import { given, isObject, type Json } from '../model/json.ts';
import type { Declared, Location } from '../model/resource.ts';
import type { Fault } from './fault.ts';
import { locate } from './locate.ts';
import { inWords, pointerTo } from './pointer.ts';
import type { Written } from './written.ts';

/** One document, read and checked. */
export interface Checked {
  readonly written: Written;
  readonly value: Json;
  readonly faults: readonly Fault[];
}

/** Everything that a set of manifests declares, variables substituted and schema checked; references not yet looked up. */
export interface Manifest {
  /** '' when no document says it, or says it wrongly. */
  readonly stack: string;
  /** What the stack was called before. */
  readonly formerStack: string | undefined;
  /** Absent: nothing protects against a login to another account. */
  readonly account: string | undefined;
  readonly defaults: { readonly region?: string; readonly resourceGroup?: string };
  /** `state: absent` at the top: delete the whole stack. */
  readonly absent: boolean;
  /** `safety.maxDeletes`; absent: the default. */
  readonly maxDeletes: number | undefined;
  /** By address. Of a name declared twice, the first. */
  readonly declared: readonly Declared[];
}

interface Joined {
  /** What the documents say together, without what has faults. */
  readonly manifest: Manifest;
  /** Addresses of resources that are declared, but with faults. */
  readonly broken: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** What stands in one document at most. */
const SETTINGS = ['stack', 'formerStack', 'account', 'state', 'defaults', 'safety', 'variables'] as const;

/** @param blocks the map of a manifest → the kind of its resources, for example `keys` → `key` */
export function joinDocuments(documents: readonly Checked[], blocks: ReadonlyMap<string, string>): Joined {
  const settings = joinSettings(documents);
  const resources = joinResources(documents, blocks);
  const { stack, formerStack, account, state, defaults, safety } = settings.values;
  const manifest: Manifest = {
    stack: textOf(stack) ?? '',
    formerStack: textOf(formerStack),
    account: textOf(account),
    defaults: given({ region: textIn(defaults, 'region'), resourceGroup: textIn(defaults, 'resourceGroup') }),
    absent: state === 'absent',
    maxDeletes: isObject(safety) && typeof safety['maxDeletes'] === 'number' ? safety['maxDeletes'] : undefined,
    declared: resources.declared,
  };
  return { manifest, broken: resources.broken, problems: [...settings.problems, ...resources.problems] };
}

type Setting = (typeof SETTINGS)[number];

function joinSettings(documents: readonly Checked[]): {
  values: Partial<Record<Setting, Json>>;
  problems: readonly Problem[];
} {
  const values: Partial<Record<Setting, Json>> = {};
  const problems: Problem[] = [];
  for (const setting of SETTINGS) {
    const pointer = pointerTo('', setting);
    const saying = documents.filter(({ value }) => isObject(value) && value[setting] !== undefined);
    const [first, ...others] = saying;
    if (first === undefined) continue;
    if (isObject(first.value) && !faultyPointers(first).has(pointer)) values[setting] = first.value[setting] ?? null;
    for (const other of others) {
      problems.push({
        code: 'DUPLICATE_SETTING',
        severity: 'error',
        message: `"${setting}" stands in two documents`,
        remedy: 'Keep it in one of them; it holds for all.',
        at: locate(other.written, pointer, 'key'),
        also: locate(first.written, pointer, 'key'),
      });
    }
  }
  return { values, problems };
}

function joinResources(documents: readonly Checked[], blocks: ReadonlyMap<string, string>) {
  const declared = new Map<string, Declared>();
  const places = new Map<string, () => Location>();
  const broken = new Set<string>();
  const problems: Problem[] = [];
  for (const document of documents) {
    const faulty = faultyPointers(document);
    for (const { kind, name, pointer, spec } of resourcesOf(document, blocks)) {
      const address = addressOf(kind, name);
      const at = () => locate(document.written, pointer, 'key');
      const first = places.get(address);
      if (first !== undefined) {
        const message = `${inWords(pointer)} is declared twice`;
        problems.push({ code: 'DUPLICATE_NAME', severity: 'error', message, at: at(), also: first() });
        continue;
      }
      places.set(address, at);
      if (faulty.has(pointer) || !isObject(spec)) broken.add(address);
      else {
        const inside = (inner: string) =>
          locate(document.written, `${pointer}${inner}`, inner === '' ? 'key' : 'value');
        declared.set(address, { address, kind, name, spec, at: inside });
      }
    }
  }
  return { declared: [...declared.values()].sort(byAddress), broken, problems };
}

function* resourcesOf({ value }: Checked, blocks: ReadonlyMap<string, string>) {
  for (const [block, kind] of blocks) {
    const map = isObject(value) ? value[block] : undefined;
    if (!isObject(map)) continue;
    for (const [name, spec] of Object.entries(map))
      yield { kind, name, pointer: pointerTo(pointerTo('', block), name), spec };
  }
}

/** The pointers of settings and resources that have faults, in themselves or in what they hold. */
function faultyPointers({ faults }: Checked): ReadonlySet<string> {
  const errors = faults.filter(({ problem }) => problem.severity === 'error');
  return new Set(errors.flatMap(({ pointer }) => [1, 2].map((depth) => pointer.split('/', depth + 1).join('/'))));
}

function byAddress(left: Declared, right: Declared): number {
  return left.address < right.address ? -1 : 1;
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textIn(map: Json | undefined, name: string): string | undefined {
  return isObject(map) ? textOf(map[name]) : undefined;
}

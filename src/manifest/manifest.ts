import type { Problem } from '../model/errors.ts';
import { isObject, type Json } from '../model/json.ts';
import { inFileOrder, withoutRepeats } from './fault.ts';
import { type Checked, joinDocuments, type Manifest } from './join.ts';
import { locate } from './locate.ts';
import { parseYaml } from './parse.ts';
import { toPlain } from './plain.ts';
import { segmentsOf } from './pointer.ts';
import { readFiles, readNamedFiles } from './read.ts';
import { schemaFaults } from './validate.ts';
// biome-ignore lint/correctness/useImportExtensions: the module is generated, its types are beside it; Biome would name those
import type { ManifestValidator } from './validators.gen.mjs';
import { settleVariables, type Values } from './variable-values.ts';
import { substitute } from './variables.ts';
import type { Written } from './written.ts';

export interface ManifestInput {
  /** Files, and directories of *.yaml and *.yml. */
  readonly paths: readonly string[];
  /** Directories inside directories too. */
  readonly recursive: boolean;
  readonly cwd: string;
  readonly variables: {
    /** What stands after each --var. */
    readonly flags: readonly string[];
    /** What stands after each --var-file. */
    readonly files: readonly string[];
    readonly env: Readonly<Record<string, string | undefined>>;
  };
  /** The map of a manifest → the kind of its resources, for example `keys` → `key`. */
  readonly blocks: ReadonlyMap<string, string>;
  /** Checks a document against the schema of these blocks. */
  readonly validator: ManifestValidator;
}

export interface Reading {
  /** Absent when any problem is an error. */
  readonly manifest: Manifest | undefined;
  /** What is healthy in spite of errors, so that references in it can be checked too. */
  readonly partial: Manifest;
  /** Addresses that are declared with faults of their own: references to them are not unknown. */
  readonly broken: ReadonlySet<string>;
  /** Whether every file could be parsed. If not, what is missing from `partial` and `broken` may stand in the others. */
  readonly complete: boolean;
  /** Sorted by file, line and column. */
  readonly problems: readonly Problem[];
  /** File as named in locations → its text, for code frames. */
  readonly sources: ReadonlyMap<string, string>;
}

/**
 * Reads manifests, telling every fault of every file at once (design 3).
 *
 * Never throws for what a user wrote. Touches files only through read.ts.
 */
export async function readManifest(input: ManifestInput): Promise<Reading> {
  const files = await readFiles(input.paths, input);
  const variableFiles = await readNamedFiles(input.variables.files, input.cwd);
  const parsed = files.sources.map(parseYaml);
  const unread = [...files.problems, ...parsed.flatMap((file) => file.problems)];
  const complete = unread.length === 0;
  const plain = parsed.flatMap((file) => file.documents).map((written) => plainDocument(written, input.blocks));
  const { values, problems: variableProblems } = settleVariables(
    plain.map(({ value }) => value),
    { ...input.variables, files: variableFiles.sources },
  );
  // Of variables that no document declares, a file that cannot be parsed may hold the declarations.
  const closed = complete || plain.some(({ value }) => says(value, 'variables'));
  const checked = plain.map((document) => check(document, values, closed, input.validator));
  const joined = joinDocuments(checked, input.blocks);
  const problems = inFileOrder(
    withoutRepeats([
      ...unread,
      ...variableFiles.problems,
      ...variableProblems,
      ...checked.flatMap(({ faults }) => faults.map(({ problem }) => problem)),
      ...joined.problems,
      ...stackProblems(checked, joined.manifest),
      ...(complete ? wholeProblems(checked) : []),
    ]),
  );
  const { manifest: partial, broken } = joined;
  const manifest = problems.some(({ severity }) => severity === 'error') ? undefined : partial;
  const sources = new Map([...files.sources, ...variableFiles.sources].map(({ file, text }) => [file, text]));
  return { manifest, partial, broken, complete, problems, sources };
}

function plainDocument(written: Written, blocks: ReadonlyMap<string, string>): Checked {
  const isNames = (pointer: string): boolean => {
    const [block, ...deeper] = segmentsOf(pointer);
    return block !== undefined && blocks.has(block) && deeper.length === 0;
  };
  return { written, ...toPlain(written, isNames) };
}

function check(
  { written, value, faults }: Checked,
  values: Values,
  closed: boolean,
  validator: ManifestValidator,
): Checked {
  const substituted = substitute(written, value, values);
  const told = closed
    ? substituted.faults
    : substituted.faults.filter(({ problem }) => problem.code !== 'VARIABLE_UNKNOWN');
  const broken = [...faults, ...substituted.faults].map(({ pointer }) => pointer);
  const schema = schemaFaults(written, substituted.value, broken, validator);
  return { written, value: substituted.value, faults: [...faults, ...told, ...schema] };
}

/** A stack that is called as before was not renamed. */
function stackProblems(documents: readonly Checked[], { stack, formerStack }: Manifest): readonly Problem[] {
  if (formerStack === undefined || formerStack !== stack) return [];
  const saying = documents.find(({ value }) => says(value, 'formerStack'));
  return [
    {
      code: 'FORMER_NAME',
      severity: 'error',
      message: `"formerStack" is "${stack}", which is what the stack is called now`,
      remedy: 'Remove it, or say what the stack was called before.',
      ...(saying === undefined ? {} : { at: locate(saying.written, '/formerStack') }),
    },
  ];
}

const EXPECTED = [
  {
    setting: 'stack',
    code: 'MISSING_FIELD',
    severity: 'error',
    message: 'no document says "stack"',
    remedy: 'Add stack: a name for the owner of everything declared here, for example stack: lakehouse-prod.',
  },
  {
    setting: 'account',
    code: 'ACCOUNT_UNSET',
    severity: 'warning',
    message: 'no document says "account", so a login to the wrong account would not be noticed',
    remedy: 'Add account: the id of the IBM Cloud account that these manifests belong to.',
  },
] as const;

/** What can be said only of all documents together. */
function wholeProblems(documents: readonly Checked[]): readonly Problem[] {
  const [first] = documents;
  if (first === undefined) {
    return [{ code: 'NO_MANIFESTS', severity: 'error', message: 'no manifest stands in the files that were read' }];
  }
  // Not maps: their fault says enough.
  if (!documents.some(({ value }) => isObject(value))) return [];
  const missing = EXPECTED.filter(({ setting }) => !documents.some(({ value }) => says(value, setting)));
  return missing.map(({ setting: _, ...problem }) => ({ ...problem, at: locate(first.written, '') }));
}

function says(document: Json, name: string): boolean {
  return isObject(document) && document[name] !== undefined;
}

import { constants, type Stats } from 'node:fs';
import { lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { Problem } from '../model/errors.ts';
import { placeOf, type Source, sourceOf } from './source.ts';

/** 8 MB, design 3. */
const MAX_BYTES = 8 * 1024 * 1024;

const CHUNK_BYTES = 64 * 1024;

/** What was read, and what could not be. */
export interface Files {
  /** Each file once, sorted by name. */
  readonly sources: readonly Source[];
  readonly problems: readonly Problem[];
}

/**
 * Reads manifests: files as named, and the *.yaml and *.yml files of directories. Hidden entries are skipped. A file
 * that is reached twice (named and in a named directory, or through a link) is read once.
 *
 * @param recursive directories inside directories too
 * @param cwd       what relative paths start from
 */
export async function readFiles(
  paths: readonly string[],
  options: { recursive: boolean; cwd: string },
): Promise<Files> {
  const problems: Problem[] = [];
  const found = new Map<string, string>();
  const walk: Walk = { ...options, problems, found, entered: new Set() };
  for (const path of paths) await visitPath(resolve(options.cwd, path), walk);
  const sources: Source[] = [];
  for (const path of [...found.values()].sort()) {
    const read = await readOne(path, displayName(path, options.cwd));
    if ('source' in read) sources.push(read.source);
    else problems.push(read.problem);
  }
  return { sources, problems };
}

interface Walk {
  readonly recursive: boolean;
  readonly cwd: string;
  readonly problems: Problem[];
  /** Real path → the path it was first reached by. */
  readonly found: Map<string, string>;
  /** Real paths of directories, so that links cannot lead around in circles. */
  readonly entered: Set<string>;
}

async function visitPath(path: string, walk: Walk): Promise<void> {
  const stats = await statOf(path, walk, 'named');
  if (stats === undefined) return;
  if (!stats.isDirectory()) {
    walk.found.set(await realpath(path), path);
    return;
  }
  const seen = await visitDirectory(path, walk);
  if (seen.manifests > 0) return;
  walk.problems.push({
    code: 'NO_MANIFESTS',
    severity: 'error',
    message: `${displayName(path, walk.cwd)} holds no *.yaml or *.yml file`,
    remedy:
      seen.directories > 0 && !walk.recursive
        ? 'Name the directory that holds the manifests, or add --recursive.'
        : 'Name a manifest, or a directory that holds one.',
  });
}

async function visitDirectory(path: string, walk: Walk): Promise<{ manifests: number; directories: number }> {
  const seen = { manifests: 0, directories: 0 };
  const real = await realpath(path);
  if (walk.entered.has(real)) return { manifests: 1, directories: 0 };
  walk.entered.add(real);
  for (const name of (await namesIn(path, walk)).sort()) {
    const isManifest = /\.ya?ml$/.test(name);
    const inside = join(path, name);
    const stats = await statOf(inside, walk, isManifest ? 'manifest' : 'other');
    if (stats?.isDirectory()) {
      seen.directories += 1;
      if (walk.recursive) seen.manifests += (await visitDirectory(inside, walk)).manifests;
    } else if (isManifest) {
      // One that cannot be read counts: it has its own problem.
      seen.manifests += 1;
      if (stats !== undefined) walk.found.set(await realpath(inside), inside);
    }
  }
  return seen;
}

async function namesIn(path: string, walk: Walk): Promise<string[]> {
  try {
    return (await readdir(path)).filter((name) => !name.startsWith('.'));
  } catch (error) {
    walk.problems.push(unreadable(displayName(path, walk.cwd), reasonOf(error)));
    return [];
  }
}

/** Follows links. What is no manifest by its name may dangle; what was named or is one may not. */
async function statOf(path: string, walk: Walk, as: 'named' | 'manifest' | 'other'): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (as === 'other') return undefined;
    const name = displayName(path, walk.cwd);
    const linked = codeOf(error) === 'ENOENT' && (await isLink(path));
    if (linked) walk.problems.push(unreadable(name, 'it is a link to something that does not exist'));
    else if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') walk.problems.push(noSuchPath(name));
    else walk.problems.push(unreadable(name, reasonOf(error)));
    return undefined;
  }
}

/** Whether something stands at the path itself, which `stat` did not find: then it is a link to nowhere. */
async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
}

/** Reads one file that a user named for another purpose than as a manifest, for example a --var-file. */
export async function readNamedFile(path: string, cwd: string): Promise<{ source: Source } | { problem: Problem }> {
  const full = resolve(cwd, path);
  const problems: Problem[] = [];
  const stats = await statOf(full, { recursive: false, cwd, problems, found: new Map(), entered: new Set() }, 'named');
  const [problem] = problems;
  if (stats === undefined && problem !== undefined) return { problem };
  return readOne(full, displayName(full, cwd));
}

async function readOne(path: string, name: string): Promise<{ source: Source } | { problem: Problem }> {
  try {
    const stats = await stat(path);
    // Before it is opened: opening a pipe would wait for its writer.
    if (!stats.isFile()) return { problem: unreadable(name, `it is ${kindOf(stats)}, not a file`) };
    if (stats.size > MAX_BYTES) return { problem: tooLarge(name) };
    const bytes = await readBounded(path);
    if (bytes === undefined) return { problem: tooLarge(name) };
    return decode(name, bytes);
  } catch (error) {
    return { problem: unreadable(name, reasonOf(error)) };
  }
}

/** @returns undefined when more than the limit came, whatever the file's size said before. */
async function readBounded(path: string): Promise<Buffer | undefined> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const parts: Buffer[] = [];
    let total = 0;
    while (total <= MAX_BYTES) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(CHUNK_BYTES));
      if (bytesRead === 0) return Buffer.concat(parts);
      parts.push(buffer.subarray(0, bytesRead));
      total += bytesRead;
    }
    return undefined;
  } finally {
    await handle.close();
  }
}

function decode(name: string, bytes: Buffer): { source: Source } | { problem: Problem } {
  if (decodes(bytes, false)) return { source: sourceOf(name, new TextDecoder().decode(bytes)) };
  // Where: the longest prefix that is still the beginning of UTF-8 text, by bisection.
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decodes(bytes.subarray(0, middle), true)) good = middle;
    else bad = middle;
  }
  // A character that the prefix cuts is not counted: it is the one at fault.
  const at = new TextDecoder().decode(bytes.subarray(0, good), { stream: true }).length;
  return {
    problem: {
      code: 'NOT_UTF8',
      severity: 'error',
      message: `${name} is not UTF-8 text`,
      remedy: 'Save the file as UTF-8.',
      at: placeOf(sourceOf(name, new TextDecoder().decode(bytes)), at, at + 1),
    },
  };
}

/** @param cut whether a character may be cut short at the end */
function decodes(bytes: Uint8Array, cut: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: cut });
    return true;
  } catch {
    return false; // the only reason why a fatal decoder throws
  }
}

function displayName(path: string, cwd: string): string {
  const inside = relative(cwd, path);
  if (inside === '') return '.';
  return inside === '..' || inside.startsWith(`..${sep}`) ? path : inside;
}

function noSuchPath(name: string): Problem {
  return { code: 'NO_SUCH_PATH', severity: 'error', message: `${name} does not exist` };
}

function tooLarge(name: string): Problem {
  return {
    code: 'FILE_TOO_LARGE',
    severity: 'error',
    message: `${name} is larger than 8 MB`,
    remedy: 'Split it into several files; their maps are merged.',
  };
}

function unreadable(name: string, reason: string): Problem {
  return { code: 'UNREADABLE_FILE', severity: 'error', message: `${name} cannot be read: ${reason}` };
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM') return 'permission is missing';
  if (code === 'ELOOP') return 'its links lead around in a circle';
  if (code === 'ENOENT') return 'it went away while it was read';
  if (code === undefined) throw error;
  return code;
}

function codeOf(error: unknown): string | undefined {
  const has = typeof error === 'object' && error !== null && 'code' in error;
  return has && typeof error.code === 'string' ? error.code : undefined;
}

import { isUtf8 } from 'node:buffer';
import { constants, type Stats } from 'node:fs';
import { lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Problem } from '../model/errors.ts';
import { isObject } from '../model/json.ts';
import { placeOf, type Source, sourceOf } from './source.ts';

/** 8 MB, design 3. */
const MAX_BYTES = 8 * 1024 * 1024;

/** What was read, and what could not be. */
export interface Files {
  readonly sources: readonly Source[];
  readonly problems: readonly Problem[];
}

/**
 * Reads manifests: files as named, and the *.yaml and *.yml files of directories. Hidden entries are skipped. A file
 * that is reached twice (named and in a named directory, or through a link) is read once.
 *
 * @param recursive directories inside directories too
 * @param cwd       what relative paths start from
 * @returns each file once, sorted by name
 */
export async function readFiles(
  paths: readonly string[],
  { recursive, cwd }: { recursive: boolean; cwd: string },
): Promise<Files> {
  const walk: Walk = { recursive, cwd, sources: [], problems: [], found: new Map(), entered: new Set() };
  for (const path of paths) await visitPath(resolve(cwd, path), walk);
  for (const path of [...walk.found.values()].sort()) await readInto(walk, path);
  return walk;
}

/** Reads files that a user named for another purpose than as manifests, for example by --var-file; in the order given. */
export async function readNamedFiles(paths: readonly string[], cwd: string): Promise<Files> {
  const reading: Reading = { cwd, sources: [], problems: [] };
  for (const path of paths) await readInto(reading, resolve(cwd, path));
  return reading;
}

interface Reading {
  readonly cwd: string;
  readonly sources: Source[];
  readonly problems: Problem[];
}

interface Walk extends Reading {
  readonly recursive: boolean;
  /** Real path → the path it was first reached by. */
  readonly found: Map<string, string>;
  /** Real paths of directories, so that links cannot lead around in circles. */
  readonly entered: Set<string>;
}

async function visitPath(path: string, walk: Walk): Promise<void> {
  const stats = await orTold(stat(path), path, walk);
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
  const names = (await orTold(readdir(path), path, walk)) ?? [];
  for (const name of names.filter((entry) => !entry.startsWith('.')).sort()) {
    const isManifest = /\.ya?ml$/.test(name);
    const inside = join(path, name);
    // Links are followed. What is no manifest by its name may dangle.
    const stats = await (isManifest ? orTold(stat(inside), inside, walk) : stat(inside).catch(() => undefined));
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

async function readInto({ cwd, sources, problems }: Reading, path: string): Promise<void> {
  const name = displayName(path, cwd);
  const bytes = await orTold(bytesOf(path, name), path, { cwd, problems });
  if (bytes === undefined) return;
  if ('code' in bytes) problems.push(bytes);
  else if (isUtf8(bytes)) sources.push(sourceOf(name, new TextDecoder().decode(bytes)));
  else problems.push(notUtf8(name, bytes));
}

async function bytesOf(path: string, name: string): Promise<Buffer | Problem> {
  // Opening a pipe would wait for its writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return unreadable(name, `it is ${kindOf(stats)}, not a file`);
    // One byte more than is allowed, whatever the file's size is said to be.
    const bytes = await buffer(file.createReadStream({ end: MAX_BYTES, autoClose: false }));
    if (bytes.length <= MAX_BYTES) return bytes;
    return {
      code: 'FILE_TOO_LARGE',
      severity: 'error',
      message: `${name} is larger than 8 MB`,
      remedy: 'Split it into several files; their maps are merged.',
    };
  } finally {
    await file.close();
  }
}

/** Where it is wrong, it differs from the same text written as UTF-8; a character that is cut there is the one at fault. */
function notUtf8(name: string, bytes: Buffer): Problem {
  const rewritten = Buffer.from(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  const good = bytes.findIndex((byte, index) => byte !== rewritten[index]);
  const at = new TextDecoder().decode(bytes.subarray(0, good), { stream: true }).length;
  return {
    code: 'NOT_UTF8',
    severity: 'error',
    message: `${name} is not UTF-8 text`,
    remedy: 'Save the file as UTF-8.',
    at: placeOf(sourceOf(name, new TextDecoder().decode(bytes)), at, at + 1),
  };
}

function displayName(path: string, cwd: string): string {
  const inside = relative(cwd, path);
  if (inside === '') return '.';
  return inside === '..' || inside.startsWith(`..${sep}`) ? path : inside;
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a directory';
  return stats.isFIFO() ? 'a pipe' : 'a device';
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission is missing',
  EPERM: 'permission is missing',
  ENXIO: 'it is a socket, not a file',
  ELOOP: 'its links lead around in a circle',
};

/** What was asked of the file system; undefined after its refusal was told. */
async function orTold<T>(
  asked: Promise<T>,
  path: string,
  { cwd, problems }: Pick<Reading, 'cwd' | 'problems'>,
): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    const code = isObject(error) ? error['code'] : undefined;
    if (typeof code !== 'string') throw error;
    const name = displayName(path, cwd);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') problems.push(unreadable(name, reasons[code] ?? code));
    else if (await isLink(path)) problems.push(unreadable(name, 'it is a link to something that does not exist'));
    else problems.push({ code: 'NO_SUCH_PATH', severity: 'error', message: `${name} does not exist` });
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

function unreadable(name: string, reason: string): Problem {
  return { code: 'UNREADABLE_FILE', severity: 'error', message: `${name} cannot be read: ${reason}` };
}

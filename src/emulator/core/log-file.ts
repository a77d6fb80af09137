import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { EmulatorError, messageOf, systemCode } from './emulator-error.ts';
import type { Tables, Write } from './tables.ts';

/** The first line of every data file: whatever else a user points at is never overwritten. */
const header = JSON.stringify({ file: 'keystead-emulator', version: 1 });

/** An open data file. */
export interface LogFile {
  /**
   * Appends one transaction as one line and hands it to the system before it returns, so that a killed process loses
   * none whose answer went out.
   * @throws EmulatorError when it cannot be written or was closed; the file is then as it was before
   */
  append(writes: readonly Write[]): void;
  /** Closing again does nothing. */
  close(): void;
}

/**
 * Opens a data file, replays it into `tables`, and compacts it: the log starts again from a snapshot.
 * @throws EmulatorError when it is locked, not writable, not a data file, or damaged
 */
export function openLogFile(path: string, tables: Tables): LogFile {
  let release: (() => void) | undefined;
  try {
    fs.mkdirSync(dirname(path), { recursive: true });
    release = takeLock(path);
    replay(path, readLines(path), tables);
    return appendTo(path, writeSnapshot(path, tables), release);
  } catch (error) {
    release?.();
    throw error instanceof EmulatorError ? error : unusable(path, error);
  }
}

function readLines(path: string): readonly string[] {
  let text: string;
  try {
    text = fs.readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
  // What follows the last newline was being written when the process ended: nobody was told that it happened.
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
}

function replay(path: string, lines: readonly string[], tables: Tables): void {
  const [first, ...rest] = lines;
  if (first === undefined) {
    assertEmpty(path);
    return;
  }
  if (first !== header) throw foreign(path);
  rest.forEach((line, index) => {
    const writes = parseWrites(line);
    if (writes === undefined) {
      throw new EmulatorError(
        `The data file ${path} is damaged at line ${index + 2}.`,
        'Restore it from a copy, or remove it to start with an empty account.',
      );
    }
    for (const write of writes) tables.load(write);
  });
}

/** A file without one whole line is new, or the header itself was torn; anything else is not ours. */
function assertEmpty(path: string): void {
  try {
    if (!header.startsWith(fs.readFileSync(path, 'utf8'))) throw foreign(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

function parseWrites(line: string): readonly Write[] | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) && value.every(isWrite) ? value : undefined;
  } catch {
    // Not JSON: the caller names the line.
    return undefined;
  }
}

function isWrite(value: unknown): value is Write {
  if (!Array.isArray(value) || value.length !== 3) return false;
  return typeof value[0] === 'string' && typeof value[1] === 'string' && typeof value[2] === 'object';
}

/** Written beside and renamed: a process killed here leaves the old file whole. @returns the open file, at its end */
function writeSnapshot(path: string, tables: Tables): { readonly fd: number; readonly size: number } {
  const temporary = `${path}.new`;
  const fd = fs.openSync(temporary, 'w', 0o600);
  const text = [header, ...tables.records().map((write) => JSON.stringify([write])), ''].join('\n');
  const size = writeAll(fd, text);
  fs.fsyncSync(fd);
  fs.renameSync(temporary, path);
  return { fd, size };
}

function appendTo(path: string, opened: { readonly fd: number; readonly size: number }, release: () => void): LogFile {
  let size = opened.size;
  let isOpen = true;
  return {
    append(writes) {
      // The number of a closed descriptor may by now be another file's.
      if (!isOpen) throw new EmulatorError(`The data file ${path} was closed.`, 'Start the emulator again.');
      try {
        size += writeAll(opened.fd, `${JSON.stringify(writes)}\n`, size);
      } catch (error) {
        fs.ftruncateSync(opened.fd, size);
        throw unusable(path, error);
      }
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      fs.closeSync(opened.fd);
      release();
    },
  };
}

/** One write may take only a part. @returns how many bytes were written */
function writeAll(fd: number, text: string, at = 0): number {
  const bytes = Buffer.from(text, 'utf8');
  let done = 0;
  while (done < bytes.length) done += fs.writeSync(fd, bytes, done, bytes.length - done, at + done);
  return bytes.length;
}

function foreign(path: string): EmulatorError {
  return new EmulatorError(
    `${path} is not a data file of the emulator.`,
    'Name another file; this one was left as it is.',
  );
}

function unusable(path: string, cause: unknown): EmulatorError {
  return new EmulatorError(
    `The data file ${path} cannot be used: ${messageOf(cause)}.`,
    'Name a file in a folder that you may write to.',
    { cause },
  );
}

/** Locks of this process: its own id in a lock file that it does not hold is a leftover of an earlier process. */
const held = new Set<string>();

/**
 * Takes the lock beside a data file, so that two emulators never append to one log.
 * The lock of a process that is gone is taken over.
 * @returns gives the lock back; calling it again does nothing
 * @throws  EmulatorError naming the process that holds it
 */
function takeLock(dataFile: string): () => void {
  const lock = `${dataFile}.lock`;
  if (held.has(lock)) throw inUse(dataFile, lock, process.pid);
  const own = `${lock}.${process.pid}`;
  fs.writeFileSync(own, `${process.pid}\n`);
  try {
    // link, unlike write, fails when the name is there already, and the file is complete when it appears.
    if (!linked(own, lock)) {
      removeIfStale(dataFile, lock);
      if (!linked(own, lock)) throw inUse(dataFile, lock, holderOf(lock));
    }
  } finally {
    fs.rmSync(own, { force: true });
  }
  held.add(lock);
  return () => {
    if (held.delete(lock)) fs.rmSync(lock, { force: true });
  };
}

function linked(from: string, to: string): boolean {
  try {
    fs.linkSync(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function removeIfStale(dataFile: string, lock: string): void {
  const holder = holderOf(lock);
  if (holder !== undefined && isAlive(holder)) throw inUse(dataFile, lock, holder);
  const aside = `${lock}.stale.${process.pid}`;
  try {
    fs.renameSync(lock, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  // Another process may have taken the stale lock over between the look and the rename: then this is its lock.
  const moved = holderOf(aside);
  if (moved !== holder) linked(aside, lock);
  fs.rmSync(aside, { force: true });
}

function holderOf(lock: string): number | undefined {
  try {
    const pid = Number.parseInt(fs.readFileSync(lock, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and another user's.
    return systemCode(error) === 'EPERM';
  }
}

function inUse(dataFile: string, lock: string, holder: number | undefined): EmulatorError {
  return new EmulatorError(
    `The data file ${dataFile} is in use by the emulator of process ${holder ?? 'unknown'}.`,
    `Stop that process, or use another data file. If no emulator runs there, remove ${lock}.`,
  );
}

import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { EmulatorError, systemCode } from './emulator-error.ts';

/** Locks of this process: its own id in a lock file that it does not hold is a leftover of an earlier process. */
const held = new Set<string>();

/**
 * Takes the lock beside a data file, so that two emulators never append to one log.
 * The lock of a process that is gone is taken over.
 *
 * @returns gives the lock back; calling it again does nothing
 * @throws  EmulatorError naming the process that holds it
 */
export function takeLock(dataFile: string): () => void {
  const lock = `${dataFile}.lock`;
  if (held.has(lock)) throw inUse(dataFile, lock, process.pid);
  const own = `${lock}.${process.pid}`;
  writeFileSync(own, `${process.pid}\n`);
  try {
    // link, unlike write, fails when the name is there already, and the file is complete when it appears.
    if (!linked(own, lock)) {
      removeIfStale(dataFile, lock);
      if (!linked(own, lock)) throw inUse(dataFile, lock, holderOf(lock));
    }
  } finally {
    rmSync(own, { force: true });
  }
  held.add(lock);
  return () => {
    if (held.delete(lock)) rmSync(lock, { force: true });
  };
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
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
    renameSync(lock, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  // Another process may have taken the stale lock over between the look and the rename: then this is its lock.
  const moved = holderOf(aside);
  if (moved !== holder) linked(aside, lock);
  rmSync(aside, { force: true });
}

function holderOf(lock: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(lock, 'utf8'), 10);
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

import { expect } from '@jest/globals';
import type { RequestRecord } from '../../src/emulator/core/request-log.ts';
import type { Emulator } from '../../src/emulator/start.ts';
import type { ApplyEvent } from '../../src/model/event.ts';

/**
 * What holds for every request that Keystead sends in any test: a key is destroyed by force in a cryptoshred step only,
 * and no command but `apply`, and `doctor --probe throwaway`, writes. `withEmulator` and the helpers that run commands see to it.
 */

/** POSTs that change nothing. */
const READING = ['POST /identity/token', 'POST /v3/resources/search'];

/** Keystead's own requests, not those that a test sends itself. */
function own(requests: readonly RequestRecord[]): readonly RequestRecord[] {
  return requests.filter(({ userAgent }) => userAgent?.startsWith('keystead/') === true);
}

/** Keystead's requests that could change something, as `METHOD path?query`. */
export function writesOf(requests: readonly RequestRecord[]): readonly string[] {
  return own(requests)
    .filter(({ method, path }) => method !== 'GET' && method !== 'HEAD' && !READING.includes(`${method} ${path}`))
    .map(({ method, path, query }) => `${method} ${path}${query === '' ? '' : `?${query}`}`);
}

/** The keys that were to be destroyed by force, each once however often it was asked for. */
function forcedIn(requests: readonly RequestRecord[]): readonly string[] {
  const forced = own(requests).filter(
    ({ method, path, query }) =>
      method === 'DELETE' && path.startsWith('/api/v2/keys/') && new URLSearchParams(query).get('force') === 'true',
  );
  return [...new Set(forced.map(({ path }) => path))];
}

/** Watches what Keystead sends to one emulator. */
export interface Watch {
  readonly requests: () => readonly RequestRecord[];
  /** So many cryptoshred steps were begun. */
  shred(steps: number): void;
  /** Holds that no more keys were destroyed by force than steps were begun. */
  hold(): void;
}

/** The emulators of this moment, by their URL: all that a command knows of its emulator. */
const watches = new Map<string, Watch>();

export function watchRequests({ url, requests }: Pick<Emulator, 'url' | 'requests'>): Watch {
  let begun = 0;
  const watch: Watch = {
    requests,
    shred(steps) {
      begun += steps;
    },
    hold: () => expect({ forced: forcedIn(requests()).slice(begun) }).toEqual({ forced: [] }),
  };
  watches.set(url, watch);
  return watch;
}

function watchOf({ url }: Pick<Emulator, 'url'>): Watch {
  const watch = watches.get(url);
  if (watch === undefined) throw new Error(`nobody watches ${url}`);
  return watch;
}

/** Tells the watch of an emulator what an apply inside this process does. */
export function noteEvent(emulator: Pick<Emulator, 'url'>, event: ApplyEvent): void {
  if (event.type === 'started' && event.verb === 'cryptoshred') watchOf(emulator).shred(1);
}

/**
 * To be called before a command runs.
 *
 * @param line the command's arguments
 * @param env names the emulator, if it is one of this file's
 * @returns to be called after it, with all that it has said
 */
export function watchCommand(env: Readonly<Record<string, string>>, line: readonly string[]): (said: string) => void {
  const watch = watches.get(env['IBMCLOUD_IAM_API_ENDPOINT'] ?? '');
  if (watch === undefined) return () => undefined;
  const before = watch.requests().length;
  return (said) => {
    const [command = ''] = line;
    if (line.includes('throwaway')) return;
    if (command === 'apply') watch.shred(said.match(/: cryptoshredding…\r?$/gm)?.length ?? 0);
    else expect({ command, writes: writesOf(watch.requests().slice(before)) }).toEqual({ command, writes: [] });
  };
}

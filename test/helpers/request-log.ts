import { expect } from '@jest/globals';
import type { RequestRecord } from '../../src/emulator/request-log.ts';
import type { ApplyEvent } from '../../src/model/event.ts';

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

/** Only the cryptoshred step destroys keys by force: no more keys than such steps. A request that is sent again counts once. */
export function expectForceOnlyToShred(requests: readonly RequestRecord[], events: readonly ApplyEvent[]): void {
  const forced = own(requests).filter(
    ({ method, path, query }) =>
      method === 'DELETE' && path.startsWith('/api/v2/keys/') && new URLSearchParams(query).get('force') === 'true',
  );
  const keys = [...new Set(forced.map(({ path }) => path))];
  const steps = events.filter((event) => event.type === 'started' && event.verb === 'cryptoshred');
  expect({ forced: keys.slice(steps.length) }).toEqual({ forced: [] });
}

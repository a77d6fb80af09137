import type { Kinds } from '../kinds/kind.ts';
import { type OpenSnapshot, openSnapshot, type Snapshot } from '../model/snapshot.ts';
import type { Wanted } from '../model/wanted.ts';
import { identifyWith } from './match.ts';

/** A snapshot of the same live objects that may be written to; the uses are those that were reviewed. */
export function copyOf(snapshot: Snapshot, kinds: Kinds, wanted: Wanted = snapshot.wanted): OpenSnapshot {
  return openSnapshot({ ...snapshot, wanted, objects: snapshot.live.all() }, identifyWith(kinds));
}

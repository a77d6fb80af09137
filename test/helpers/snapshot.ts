import { identifyWith } from '../../src/decide/match.ts';
import type { Kind } from '../../src/kinds/kind.ts';
import { kindsOf } from '../../src/kinds/kinds.ts';
import type { Use } from '../../src/model/relation.ts';
import type { Desired, Observed } from '../../src/model/resource.ts';
import { type OpenSnapshot, openSnapshot, type SnapshotInput } from '../../src/model/snapshot.ts';
import { indexWanted } from '../../src/model/wanted.ts';
import { catalog, stack } from './toy-kind.ts';

export const NOW = new Date('2026-11-24T12:00:00Z');

export interface World extends Partial<Omit<SnapshotInput, 'wanted' | 'objects'>> {
  readonly desired?: readonly Desired[];
  readonly objects?: readonly Observed[];
  readonly registrations?: readonly Use[];
}

/** A snapshot of small literals. */
export function snapshotOf(
  kinds: Iterable<Kind>,
  { desired = [], objects = [], registrations = [], ...more }: World,
): OpenSnapshot {
  const snapshot = openSnapshot(
    {
      wanted: indexWanted(desired),
      catalog,
      now: NOW,
      consents: new Set(),
      stacks: new Set([stack]),
      objects,
      ...more,
    },
    identifyWith(kindsOf([...kinds])),
  );
  snapshot.register(registrations);
  return snapshot;
}

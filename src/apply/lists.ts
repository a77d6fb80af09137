import type { Kind } from '../kinds/kind.ts';
import type { LiveId } from '../model/address.ts';
import type { Change } from '../model/change.ts';
import { KeysteadError } from '../model/errors.ts';
import { groupBy } from '../model/group-by.ts';
import type { Outcome } from '../model/outcome.ts';
import { isDeletion, stepsOf } from '../model/verbs.ts';
import { createPace } from './pace.ts';
import { LAG_MS, type Run } from './run.ts';

/** What a list is to show of one change that was done. */
interface Write {
  readonly kind: Kind;
  readonly outcome: Outcome;
  readonly made: LiveId | undefined;
  readonly gone: LiveId | undefined;
}

/**
 * Ends a round. A list may lag behind what single reads answered, and the next plan begins with lists: one list a kind is
 * read until it shows all that was made and nothing that was deleted.
 *
 * @param outcomes one of each change, in their order
 * @returns those that no list shows in time, and the failures that they are
 */
export async function unlisted(
  run: Run,
  changes: readonly Change[],
  outcomes: readonly Outcome[],
): Promise<ReadonlyMap<Outcome, Outcome>> {
  const writes = changes.flatMap((change, index) => writeOf(run, change, outcomes[index]));
  const byKind = groupBy(writes, ({ kind }) => kind);
  const unseen = await Promise.all([...byKind].map(([kind, own]) => unseenOf(run, kind, own)));
  const message = `it was written, but the list does not show it after ${LAG_MS / 1000} s; run the same command again: it looks first`;
  const error = { code: 'NOT_SEEN', message };
  return new Map(
    unseen.flat().map(({ outcome }) => {
      const { address, verb } = outcome;
      return [outcome, { address, verb, is: 'failed', error }];
    }),
  );
}

function writeOf(
  { context, snapshot }: Run,
  { address, verb, target }: Change,
  outcome: Outcome | undefined,
): readonly Write[] {
  const desired = snapshot.wanted.get(address);
  if (desired === undefined || outcome?.is !== 'done') return [];
  const steps = stepsOf(verb);
  const made = steps.includes('create') ? snapshot.idOf(address) : undefined;
  const gone = steps.some(isDeletion) ? target?.id : undefined;
  return made === undefined && gone === undefined ? [] : [{ kind: context.kinds.of(desired), outcome, made, gone }];
}

async function unseenOf({ context }: Run, kind: Kind, writes: readonly Write[]): Promise<readonly Write[]> {
  const { clock, signal } = context;
  const { listed } = kind.observe;
  if (listed === undefined) return [];
  const ids = writes.flatMap(({ made, gone }) => [made ?? [], gone ?? []].flat());
  const pace = createPace(clock, signal);
  const until = clock.now() + LAG_MS;
  let open = writes;
  try {
    for (;;) {
      const there = await listed(context.cloud(), ids);
      open = open.filter(({ made, gone }) => (made && !there.has(made)) || (gone && there.has(gone)));
      if (open.length === 0 || clock.now() >= until) return open;
      await pace.wait();
    }
  } catch (error) {
    // Each was done, as its own answer said; why the list cannot be read is for the next plan to tell.
    if (error instanceof KeysteadError) return [];
    throw error;
  }
}

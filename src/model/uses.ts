import type { LiveId } from './address.ts';
import { holdersOf } from './containment.ts';
import { instanceCrnOf, isCrn } from './crn.ts';
import { instanceWord } from './grant-index.ts';
import { addTo } from './group-by.ts';
import type { Live } from './live.ts';
import type { Grant, Ref, Use } from './relation.ts';

/**
 * Every use that is known: registrations, and live or reclaiming objects that carry a key's CRN. Without the second half a
 * key could be deleted in the minute before its service registers.
 */
export interface Uses {
  all(): Iterable<Use>;
  /** Uses of an object, or of what is inside it. */
  on(id: Ref): readonly Use[];
  /** Uses that a grant may be about: the rules say which are. */
  under(grant: Grant): readonly Use[];
}

/**
 * @param registrations what the keys' API told
 * @param live where what is used lies, and who carries a key's CRN
 */
export function indexUses(registrations: Iterable<Use>, live: Live): Uses {
  const byPair = new Map<string, Use>();
  const registered = new Set<string>();
  for (const use of registrations) {
    byPair.set(`${use.on} ${use.by}`, use);
    registered.add(`${use.on} ${instanceOf(use.by)}`);
  }
  for (const { id, life, relations } of live.all()) {
    if (life.is === 'failed' || life.is === 'lost') continue;
    for (const {
      on,
      by: { instance = id },
    } of relations.needs) {
      const pair = `${on} ${instance}`;
      if (!registered.has(pair)) byPair.set(pair, { on, by: instance, preventsDeletion: false, unregistered: true });
    }
  }
  const onRef = new Map<Ref, Use[]>();
  const byInstance = new Map<string, Use[]>();
  for (const use of byPair.values()) {
    for (const holder of holdersOf(use.on, live.containers)) addTo(onRef, holder, use);
    addTo(byInstance, instanceWord(instanceOf(use.by)), use);
  }
  return {
    all: () => byPair.values(),
    on: (id) => onRef.get(id) ?? [],
    under({ source: { instance }, target }) {
      return (instance === undefined ? onRef.get(target) : byInstance.get(instanceWord(instance))) ?? [];
    },
  };
}

/** The instance of a registrant: of a volume or a bucket, what it belongs to. */
export function instanceOf(by: LiveId): LiveId {
  return isCrn(by) ? instanceCrnOf(by) : by;
}

import type { Clock } from '../cloud/clock.ts';
import type { Cloud } from '../cloud/reader.ts';
import { identify } from '../decide/match.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Known, Lexicon } from '../kinds/known.ts';
import type { Address, LiveId } from '../model/address.ts';
import type { Tell } from '../model/event.ts';
import type { Use } from '../model/relation.ts';
import type { Desired, Inventory, Observed } from '../model/resource.ts';
import type { OpenSecret } from '../model/secret.ts';
import { allUses } from '../rules/outlive.ts';

/** What a run needs from outside. */
export interface Means {
  readonly kinds: readonly Kind[];
  readonly lexicon: Lexicon;
  readonly cloud: Cloud;
  readonly clock: Clock;
  /** The cloud's time. */
  readonly now: () => Date;
  readonly tell: Tell;
  /** The words of `--allow`. */
  readonly consents: ReadonlySet<string>;
  /** How many actions may run at once. */
  readonly parallelism: number;
  /** When to stop waiting for what settles in minutes, as milliseconds of `clock`. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  readonly secret: OpenSecret;
}

/** What a run has learned so far: the only state of the executor. */
export interface World {
  readonly means: Means;
  readonly desired: readonly Desired[];
  objects(): readonly Observed[];
  /** Registrations as they were planned upon. */
  readonly uses: readonly Use[];
  known(): Known;
  /** Remembers an object as it is now; under an address, when it was made for it. */
  saw(object: Observed, address?: Address): void;
  lost(id: LiveId): void;
  /** Runs work of one name one after the other. */
  alone<T>(name: string, work: () => Promise<T>): Promise<T>;
}

export function createWorld(means: Means, desired: readonly Desired[], inventory: Inventory): World {
  const byId = new Map(inventory.objects.map((object) => [object.id, object]));
  const made = new Map<Address, LiveId>();
  const turns = new Map<string, Promise<unknown>>();
  let known: Known | undefined;
  return {
    means,
    desired,
    objects: () => [...byId.values()],
    uses: allUses(inventory),
    known() {
      known ??= identify(means.kinds, desired, [...byId.values()], means.lexicon, made);
      return known;
    },
    saw(object, address) {
      byId.set(object.id, object);
      if (address !== undefined) made.set(address, object.id);
      known = undefined;
    },
    lost(id) {
      byId.delete(id);
      known = undefined;
    },
    async alone(name, work) {
      // Whether the one before succeeded is not this one's business.
      const turn = (turns.get(name) ?? Promise.resolve()).then(work, work);
      turns.set(name, turn);
      return await turn;
    },
  };
}

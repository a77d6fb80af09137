import type { Clock } from '../cloud/clock.ts';
import type { Cloud, Reader } from '../cloud/reader.ts';
import type { Tell } from '../model/event.ts';
import type { OpenSecret } from '../model/secret.ts';
import type { Kinds } from './kind.ts';

/** What planning asks of the outside; it cannot write. */
export interface PlanContext {
  readonly kinds: Kinds;
  readonly reader: Reader;
  /** For the plan's header: see `Plan`. */
  readonly endpoints: string;
  /** The cloud's time. */
  readonly now: () => Date;
  /** The words of `--allow`. */
  readonly consents: readonly string[];
}

/** What `apply` asks of the outside. */
export interface ApplyContext extends Omit<PlanContext, 'reader'> {
  /** A fresh one for each round. */
  readonly cloud: () => Cloud;
  readonly clock: Clock;
  readonly tell: Tell;
  /** How many actions may run at once. */
  readonly parallelism: number;
  /** How long to wait for what settles in minutes. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** Opens key material. */
  readonly secret: OpenSecret;
}

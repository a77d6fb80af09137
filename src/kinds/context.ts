import type { Clock } from '../cloud/clock.ts';
import type { Cloud, Reader } from '../cloud/reader.ts';
import type { LiveId } from '../model/address.ts';
import type { Tell } from '../model/event.ts';
import type { OpenSecret, SecretSource } from '../model/secret.ts';
import type { Snapshot } from '../model/snapshot.ts';
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

/** What an action may use. Bytes of secrets and writing clients exist only here. */
export interface ActionContext {
  readonly cloud: Cloud;
  readonly snapshot: Snapshot;
  /** The live id of a reference; by now it must be there. */
  resolve(ref: string): LiveId;
  /** The cloud's time. */
  now(): Date;
  /** Opens a secret, which the caller overwrites. */
  secret(source: SecretSource): Promise<Uint8Array>;
  /** Runs work of this name one after the other, in this run. */
  alone<T>(name: string, work: () => Promise<T>): Promise<T>;
  /**
   * Tries what the cloud refuses for so long, at growing intervals, until `attempt` has something; the user is told what is
   * waited for.
   *
   * @throws KeysteadError `STILL_REFUSED` when it never has
   */
  persist<T>(wait: { readonly reason: string; readonly ms: number }, attempt: () => Promise<T | undefined>): Promise<T>;
  /** Looks until `read` finds something, at growing intervals; throws when the budget is used up. */
  eventually<T>(what: string, read: () => Promise<T | undefined>): Promise<T>;
}

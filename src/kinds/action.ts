import type { Cloud } from '../cloud/reader.ts';
import type { LiveId } from '../model/address.ts';
import type { FieldChange } from '../model/change.ts';
import type { Desired, Observed } from '../model/resource.ts';
import type { SecretSource } from '../model/secret.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Composite, Removal, Verb } from '../model/verbs.ts';

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
  persist<T>(
    wait: {
      readonly reason: string;
      readonly ms: number;
      /** Where it is known to take longer than a moment. */
      readonly firstPauseMs?: number;
    },
    attempt: () => Promise<T | undefined>,
  ): Promise<T>;
  /**
   * Looks until `read` finds something, at growing intervals; throws when the budget is used up.
   *
   * @param isUnderWay whether the last look showed the cloud at work on it: then it is waited for as long as the run waits
   * @throws Deferred when it is still under way then
   */
  eventually<T>(what: string, read: () => Promise<T | undefined>, isUnderWay?: () => boolean): Promise<T>;
  /** Whether this run deleted something that lay in this object, or moved it elsewhere. */
  hasLost(id: LiveId): boolean;
}

export interface CreateJob<Spec> {
  readonly desired: Desired<Spec>;
  /** Ours, failed before it ever was active: removed first. */
  readonly failed?: Observed;
}
export interface ChangeJob<Spec, Live> {
  readonly desired: Desired<Spec>;
  readonly live: Observed<Live>;
  readonly fields: readonly FieldChange[];
}

/** A job on an object that is to go, come back, or lose its mark. */
export interface EndJob<Spec, Live> {
  readonly desired: Desired<Spec>;
  readonly live: Observed<Live>;
}

/** One action a verb, of which a kind has those that it can do. */
export type Actions<Spec, Live> = {
  create?(context: ActionContext, job: CreateJob<Spec>): Promise<Observed<Live>>;
} & {
  [V in Exclude<Verb, Removal | Composite | 'create'>]?: (
    context: ActionContext,
    job: ChangeJob<Spec, Live>,
  ) => Promise<Observed<Live>>;
} & {
  /** Succeeds when it is done already. */
  [V in Removal]?: (context: ActionContext, job: EndJob<Spec, Live>) => Promise<void>;
};

import type { Reader } from '../cloud/reader.ts';
import type { Address, LiveId } from '../model/address.ts';
import type { CatalogNames } from '../model/catalog.ts';
import type { Blocked, FieldChange, Status } from '../model/change.ts';
import type { ProblemCode } from '../model/errors.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Ref, Relations, Use } from '../model/relation.ts';
import type { Common, Desired, Observed, Reference, Refs } from '../model/resource.ts';
import type { SecretNeed } from '../model/secret.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Composite, Removal, Verb } from '../model/verbs.ts';
import type { ActionContext } from './context.ts';
import type { ExportOptions } from './declare.ts';
import type { Comparison, Fields } from './fields.ts';

/** `defaults` of the manifest. */
export interface Defaults {
  readonly region?: string;
  readonly resourceGroup?: string;
}

/** A fault in one resource by itself. */
export interface Finding {
  readonly pointer: string;
  readonly code: ProblemCode;
  /** Default: error. */
  readonly severity?: 'warning';
  readonly message: string;
  readonly remedy?: string;
}

/** Something unique that a resource takes for itself. */
export interface Claim {
  readonly pointer: string;
  /** Names it whole, for messages and for comparison: `the alias "x" in key-protect-instance.vault`. */
  readonly what: string;
  /** What to do where another resource claims it too. Default: keep one of them, or tell them apart. */
  readonly remedy?: string;
}

/** A grant that is missing: what to paste into the manifest. */
export interface GrantSuggestion {
  readonly so: 'reads' | 'unregisters';
  /** The service that is to use it, or to unregister. */
  readonly service: string;
  /** An instance or a key: an address, or a CRN. */
  readonly on: Ref;
  /** The map key under which that is declared; absent: it is named by its CRN. */
  readonly declared: string | undefined;
  readonly roles: readonly string[];
}

/** Where an export looks, one after the other. */
export type Place =
  | { readonly is: 'account' }
  /** A catalog service, by name. */
  | { readonly is: 'service'; readonly name: string }
  | { readonly is: 'instance'; readonly id: LiveId };

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

/** The first of two steps by which something ends. */
export interface FirstStep {
  readonly fields: readonly FieldChange[];
  /** What it means, for the reader. */
  readonly remark: string;
  readonly consent?: { readonly word: string; readonly why: string };
}

export interface Found<Live> {
  readonly objects: readonly Observed<Live>[];
  readonly uses: readonly Use[];
}

/** What was done towards an ending. */
export interface Undoing {
  /** Takes it back. */
  readonly field: FieldChange;
  /** How things stand, beside the ending. */
  readonly standing: string;
  /** What taking it back means, beside the update that does. */
  readonly undone: string;
}

/** What the author of a kind writes. */
export interface KindSpec<Spec, Live> {
  /** 'key'. */
  readonly name: string;
  /** 'keys': the manifest's block. */
  readonly block: string;
  /** Whether the API refuses a second one (alias, policy, ring), so that a lost create may be sent again. */
  readonly twins: 'refused' | 'possible';
  /** A ring carries no mark: never an orphan, never pruned. What carries several may be shared by several stacks. */
  readonly marks: 'carried' | 'shared' | 'none';

  /** Expands short forms and fills in `defaults`. The schema has been checked. */
  normalize(written: JsonObject, defaults: Defaults): Spec & Common;
  references(spec: Spec & Common): readonly Reference[];
  /** Offline rules about this resource alone. */
  check?(spec: Spec & Common, name: string): readonly Finding[];
  /** @param self its own address, which a service may be authorized by */
  relations(spec: Spec & Common, refs: Refs, self: Address): Relations;
  words?(spec: Spec & Common): CatalogNames;

  /** Who it is without a mark. `undefined`: its container is not live yet, so nothing can match. */
  identity(desired: Desired<Spec>, snapshot: Snapshot): string | undefined;
  /**
   * What only one resource of this kind may be or have, as far as the manifest tells: identities and other unique names.
   * A pinned resource is known by its pin and claims no identity. Default: nothing.
   */
  claims?(desired: Desired<Spec>): readonly Claim[];
  /** As `identity`, but for the resource group; only where the API allows the same name in another group. */
  kinship?(desired: Desired<Spec>, snapshot: Snapshot): string;
  /** The identity that it would have under another name; only where the API would let it be another one's as well. */
  renamed?(live: Observed<Live>, name: string): string;
  observe(
    read: Reader,
    asked: readonly Desired<Spec>[],
    snapshot: Snapshot,
  ): Promise<{ readonly objects: readonly Observed<Live>[]; readonly uses: readonly Use[] }>;
  /** One object asked for anew; `undefined`: it is gone. */
  reread(read: Reader, live: Observed<Live>, snapshot: Snapshot): Promise<Observed<Live> | undefined>;
  /**
   * Asks for the object itself, by its mark or its name, in all states: a list never proves absence (design 2.9).
   * Kinds whose create is refused when one exists already, or whose list is authoritative, need none.
   */
  lookFor?(read: Reader, desired: Desired<Spec>, snapshot: Snapshot): Promise<readonly Observed<Live>[]>;
  /** Asks one live object for its uses, before something goes for want of them. Default: it has none. */
  usesOf?(read: Reader, live: Observed<Live>): Promise<readonly Use[]>;
  /** Which live objects satisfy an `existing` resource, where pin, mark and identity are not the whole answer. Default: none. */
  satisfiedBy?(desired: Desired<Spec>, snapshot: Snapshot): readonly Observed[];

  /** Fields by which an `existing` one is looked up. */
  readonly identifiedBy: readonly Exclude<keyof Spec & string, keyof Common>[];
  /** The catalog service whose instances are looked into, since other kinds' objects lie in them. Default: none. */
  readonly holder?: string;
  /** All that is live at a place, without anything being declared. Default: nothing is found there. */
  survey?(read: Reader, place: Place, snapshot: Snapshot): Promise<Found<Live>>;
  /** What to call it where its name says nothing. Default: its name. */
  title?(live: Observed<Live>, nameOf: (id: LiveId) => string): string;
  /** Why no manifest can declare or look up this live object, whoever owns it. Default: any can be. */
  undeclarable?(live: Observed<Live>, snapshot: Snapshot): string | undefined;
  /** Whether it comes with what holds it, as the ring `default`: never declared for itself. Default: no. */
  isGiven?(live: Observed<Live>): boolean;

  /** What a stack owns of this kind, as far as one list tells without anything being declared. Default: not told. */
  owned?(read: Reader, stack: string): Promise<readonly LiveId[]>;
  /** Whether it holds no data, so that `--prune` may end one that nothing declares any more. Default: it does. */
  readonly prunable?: true;
  /**
   * What a block has to say, beside its state and name, so that it is read without faults and its object is found again.
   *
   * @param refer a live object's name, where it is declared; what it returns nothing for is named by its CRN
   */
  tombstone(live: Observed<Live>, refer: (id: LiveId) => string | undefined, snapshot: Snapshot): JsonObject;
  /** How an absent one goes; `undefined`: it is gone as far as it goes. `used`: somebody uses it. Default: delete when active. */
  ending?(spec: Spec & Common, live: Observed<Live>, used: boolean): Verb | undefined;
  /** Whether the manifest says to bring it back. Default: ask. */
  revives?(spec: Spec & Common): boolean;
  /** Whether it takes no further mark, so that a former one must go before the new one comes. Default: it does. */
  isFull?(live: Observed<Live>): boolean;
  /** Why what this verb would write does not fit on what carries the mark, and what to do; `undefined`: it fits. */
  overfull?(verb: Verb, desired: Desired<Spec>, live: Observed<Live> | undefined): string | undefined;
  /** This API's own clocks and states. Default: ready. */
  gate?(verb: Verb, live: Observed<Live>, now: Date, spec: Spec & Common): Status;
  /** Why it cannot be created any more. Default: it can. */
  tooLate?(spec: Spec & Common, now: Date): Blocked | undefined;
  /** The secret that this verb's action will open. Default: none. */
  secret?(verb: Verb, spec: Spec & Common): SecretNeed | undefined;
  /** What its ending needs done first, as an update, when it is its turn; `consent`: only with this word of `--allow`. */
  firstStep?(live: Observed<Live>, now: Date): FirstStep | undefined;
  /** What a present one has that only one to be deleted may have: the update undoes it. */
  undoing?(live: Observed<Live>): Undoing | undefined;
  /** Whether a live object that does not do its work is declared to be so. Default: no. */
  rests?(spec: Spec & Common): boolean;
  /** What happened to it, or how it came to be, that no field says: phrases. Default: nothing. */
  history?(live: Observed<Live>): readonly string[];
  /** What should be looked at although it is as declared: sentences without a full stop. `users`: their names. Default: nothing. */
  posture?(live: Observed<Live>, users: () => readonly string[], now: Date): readonly string[];
  /** Whether this manifest stops or ends what others may be using, so that they are asked for by name. Default: absent ones. */
  endangers?(spec: Spec & Common): boolean;
  /** What else its ending brings about, in words. Default: nothing. */
  consequences?(verb: Verb, live: Observed<Live>, snapshot: Snapshot): readonly string[];
  /** Why this live object needs an explicit consent to be deleted; `undefined`: it does not. */
  costOfDeletion?(live: Observed<Live>, snapshot: Snapshot): string | undefined;

  /** The block, as lines of YAML, that would grant this. Default: this kind grants nothing. */
  suggest?(grant: GrantSuggestion): readonly string[];

  readonly fields: Fields<Spec, Live>;
  readonly actions: Actions<Spec, Live>;
}

/** Every kind that a run knows, containers first: the order in which they are observed and shown. */
export interface Kinds extends Iterable<Kind> {
  /** @throws Error when nothing of that kind is known */
  of(what: { readonly kind: string }): Kind;
  /** What would grant this: the kind, and its blocks as YAML to paste, each once. */
  suggest(grants: readonly GrantSuggestion[]): { readonly kind: string; readonly yaml: string };
}

/** What the stages see. Method syntax, so that a list of kinds needs no `any`. */
export interface Kind<Spec = unknown, Live = unknown> {
  readonly name: string;
  readonly block: string;
  readonly twins: 'refused' | 'possible';
  readonly marks: 'carried' | 'shared' | 'none';
  /** Field names that have a row, in order. */
  readonly fields: readonly string[];
  normalize(written: JsonObject, defaults: Defaults): Spec & Common;
  references(spec: Spec & Common): readonly Reference[];
  check(spec: Spec & Common, name: string): readonly Finding[];
  /** @param self its own address, which a service may be authorized by */
  relations(spec: Spec & Common, refs: Refs, self: Address): Relations;
  words(spec: Spec & Common): CatalogNames;
  identity(desired: Desired<Spec>, snapshot: Snapshot): string | undefined;
  claims(desired: Desired<Spec>): readonly Claim[];
  kinship(desired: Desired<Spec>, snapshot: Snapshot): string | undefined;
  renamed(live: Observed<Live>, name: string): string | undefined;
  observe(
    read: Reader,
    asked: readonly Desired<Spec>[],
    snapshot: Snapshot,
  ): Promise<{ readonly objects: readonly Observed<Live>[]; readonly uses: readonly Use[] }>;
  reread(read: Reader, live: Observed<Live>, snapshot: Snapshot): Promise<Observed<Live> | undefined>;
  lookFor(read: Reader, desired: Desired<Spec>, snapshot: Snapshot): Promise<readonly Observed<Live>[]>;
  usesOf(read: Reader, live: Observed<Live>): Promise<readonly Use[]>;
  satisfiedBy(desired: Desired<Spec>, snapshot: Snapshot): readonly Observed[];
  /** What differs in the fields that the manifest says. */
  compare(desired: Desired<Spec>, live: Observed<Live>, snapshot: Snapshot): Comparison;
  /** The live values of every field that can be read, in the manifest's words. */
  describe(
    live: Observed<Live>,
    snapshot: Snapshot,
  ): readonly { readonly field: string; readonly value: Json; readonly wish?: true }[];
  readonly identifiedBy: readonly string[];
  readonly holder: string | undefined;
  survey(read: Reader, place: Place, snapshot: Snapshot): Promise<Found<Live>>;
  title(live: Observed<Live>, nameOf: (id: LiveId) => string): string;
  undeclarable(live: Observed<Live>, snapshot: Snapshot): string | undefined;
  isGiven(live: Observed<Live>): boolean;
  /** A live object as a manifest would declare it. */
  toManifest(live: Observed<Live>, options: ExportOptions, snapshot: Snapshot): JsonObject;
  /** What a create will set. */
  listing(desired: Desired<Spec>, snapshot: Snapshot): readonly FieldChange[];
  owned(read: Reader, stack: string): Promise<readonly LiveId[]>;
  readonly prunable: boolean;
  tombstone(live: Observed<Live>, refer: (id: LiveId) => string | undefined, snapshot: Snapshot): JsonObject;
  /** What of these fields cannot be set back, in words. */
  lasting(fields: readonly FieldChange[]): readonly string[];
  /** Whether the kind has the action. */
  can(verb: Verb): boolean;
  ending(spec: Spec & Common, live: Observed<Live>, used: boolean): Verb | undefined;
  revives(spec: Spec & Common): boolean;
  isFull(live: Observed<Live>): boolean;
  overfull(verb: Verb, desired: Desired<Spec>, live: Observed<Live> | undefined): string | undefined;
  gate(verb: Verb, live: Observed<Live>, now: Date, spec: Spec & Common): Status;
  tooLate(spec: Spec & Common, now: Date): Blocked | undefined;
  secret(verb: Verb, spec: Spec & Common): SecretNeed | undefined;
  firstStep(live: Observed<Live>, now: Date): FirstStep | undefined;
  undoing(live: Observed<Live>): Undoing | undefined;
  rests(spec: Spec & Common): boolean;
  history(live: Observed<Live>): readonly string[];
  posture(live: Observed<Live>, users: () => readonly string[], now: Date): readonly string[];
  endangers(spec: Spec & Common): boolean;
  consequences(verb: Verb, live: Observed<Live>, snapshot: Snapshot): readonly string[];
  costOfDeletion(live: Observed<Live>, snapshot: Snapshot): string | undefined;
  /** Whether resources of it grant anything. */
  readonly grants: boolean;
  suggest(grant: GrantSuggestion): readonly string[];
  create(context: ActionContext, job: CreateJob<Spec>): Promise<Observed<Live>>;
  /** Any verb but `create`. The object as it is afterwards; `undefined` when it is gone, or not ours any more. */
  change(verb: Verb, context: ActionContext, job: ChangeJob<Spec, Live>): Promise<Observed<Live> | undefined>;
}

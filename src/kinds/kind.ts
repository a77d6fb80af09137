import type { Reader } from '../cloud/reader.ts';
import type { Address, LiveId } from '../model/address.ts';
import type { CatalogNames } from '../model/catalog.ts';
import type { Blocked, FieldChange, Status } from '../model/change.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Ref, Relations, Use } from '../model/relation.ts';
import type { Common, Desired, Observed, Reference, Refs } from '../model/resource.ts';
import type { SecretNeed } from '../model/secret.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Verb } from '../model/verbs.ts';
import type { ActionContext, Actions, ChangeJob, CreateJob } from './action.ts';
import type { Comparison, Fields } from './fields.ts';
import type { Finding } from './finding.ts';
import type { ExportOptions } from './rows.ts';

/** `defaults` of the manifest. */
export interface Defaults {
  readonly region?: string;
  readonly resourceGroup?: string;
}

/** Something unique that a resource takes for itself. */
export interface Claim {
  readonly pointer: string;
  /** Names it whole, for messages and for comparison: `the alias "x" in key-protect-instance.vault`. */
  readonly what: string;
  /** What to do where another resource claims it too. Default: keep one of them, or tell them apart. */
  readonly remedy?: string;
}

/** Something of which there is only so much, and what of it a resource takes. */
export interface Quota {
  /** Names it whole, for messages and for counting: `key rings in key-protect-instance.vault`. */
  readonly what: string;
  readonly takes: number;
  readonly most: number;
  /** Default: error. */
  readonly severity?: 'warning';
  /** Where the number comes from. */
  readonly why: string;
  readonly remedy: string;
}

/** A grant that is missing: what to paste into the manifest. */
export interface GrantSuggestion {
  readonly purpose: 'reads' | 'unregisters';
  /** The service that is to use it, or to unregister: a source. */
  readonly service: string;
  /** Where a source of that service names one. */
  readonly resourceType?: string;
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

/** The first of two steps by which something is deleted. */
export interface Prerequisite {
  readonly fields: readonly FieldChange[];
  /** What it means, for the reader. */
  readonly remark: string;
  readonly consent?: { readonly word: string; readonly why: string };
}

export interface Found<Live> {
  readonly objects: readonly Observed<Live>[];
  readonly uses: readonly Use[];
  /** Why nothing follows from what is missing; absent: the list is whole, as far as the API tells. */
  readonly incomplete?: string;
}

/** What was done towards a deletion. */
export interface Cancellation {
  /** Takes it back. */
  readonly field: FieldChange;
  /** How things stand, beside the deletion. */
  readonly standing: string;
  /** What taking it back means, beside the update that does. */
  readonly undone: string;
}

/** What a resource is by its manifest, and which live object it would be without a mark. */
export interface Identity<Spec, Live> {
  /** Expands short forms and fills in `defaults`. The schema has been checked. Default: as it is written. */
  normalize(written: JsonObject, defaults: Defaults): Spec & Common;
  references(spec: Spec & Common): readonly Reference[];
  /** @param self its own address, which a service may be authorized by */
  relations(spec: Spec & Common, refs: Refs, self: Address): Relations;
  /** `undefined`: its container is not live yet, so nothing can match. */
  of(desired: Desired<Spec>, snapshot: Snapshot): string | undefined;
  /** Fields by which an `existing` one is looked up. */
  readonly lookedUpBy: readonly string[];
  /** Whether the API makes a second one; if not (alias, policy, ring), a lost create may be sent again. Default: no. */
  readonly duplicates: boolean;
  /** Offline rules about this resource alone. Default: none. */
  check(spec: Spec & Common, name: string): Iterable<Finding>;
  /** Names that only the cloud can translate. Default: none. */
  catalogNames(spec: Spec & Common): CatalogNames;
  /**
   * What only one resource of this kind may be or have, as far as the manifest tells: identities and other unique names.
   * A pinned resource is known by its pin and claims no identity. Default: nothing.
   */
  claims(desired: Desired<Spec>): readonly Claim[];
  /** What a present one takes of what there is only so much of. Default: nothing. */
  quotas(desired: Desired<Spec>): readonly Quota[];
  /** As `of`, but for the resource group; only where the API allows the same name in another group. Default: it does not. */
  sameNameElsewhere(desired: Desired<Spec>, snapshot: Snapshot): string | undefined;
  /** The identity that it would have under another name. Default: the API would not let it be another one's as well. */
  renamed(live: Observed<Live>, name: string): string | undefined;
  /** Which live objects satisfy an `existing` resource, where pin, mark and identity are not the whole answer. Default: none. */
  satisfiedBy(desired: Desired<Spec>, snapshot: Snapshot): readonly Observed[];
}

/** How it is read. A list finds; it never proves absence. */
export interface Observer<Spec, Live> {
  list(read: Reader, asked: readonly Desired<Spec>[], snapshot: Snapshot): Promise<Found<Live>>;
  /** One object asked for anew; `undefined`: it is gone. */
  reread(read: Reader, live: Observed<Live>, snapshot: Snapshot): Promise<Observed<Live> | undefined>;
  /**
   * Asks for the object itself, by its mark or its name, in all states (design 2.9). Default: its create is refused when one
   * exists already, or its list is authoritative.
   */
  search(read: Reader, desired: Desired<Spec>, snapshot: Snapshot): Promise<readonly Observed<Live>[]>;
  /**
   * How those are by now that were settling, each an answer of its own, by as few requests as it takes; `undefined`: it is
   * gone. Default: each is reread.
   */
  follow(
    read: Reader,
    settling: readonly Observed<Live>[],
    snapshot: Snapshot,
  ): readonly Promise<Observed<Live> | undefined>[];
  /**
   * Which objects its list shows by now: a round ends when that is all it made and nothing it deleted. Absent: its list does
   * not lag behind reads of one object.
   *
   * @param about the ones that matter
   */
  listed?(read: Reader, about: readonly LiveId[]): Promise<ReadonlySet<LiveId>>;
  /** Asks one live object for its uses, before something goes for want of them. Default: it has none. */
  usesOf(read: Reader, live: Observed<Live>): Promise<readonly Use[]>;
  /**
   * The same objects with what is told elsewhere about them by now, by as few requests as it takes; for those that were just
   * made. Absent: nothing is.
   */
  confirmed?(read: Reader, made: readonly Observed<Live>[]): Promise<readonly Observed<Live>[]>;
  /** What a stack owns of this kind, as far as one list tells without anything being declared. Default: not told. */
  owned(read: Reader, stack: string): Promise<readonly LiveId[]>;
}

/** How a stack's mark is carried. */
export interface Ownership<Spec, Live> {
  /** `none`: never an orphan, never pruned. `shared`: by several stacks at once. Default: carried by one. */
  readonly marks: 'carried' | 'shared' | 'none';
  /** Whether it holds no data, so that `--prune` may delete one that nothing declares any more. Default: it does. */
  readonly prunable: boolean;
  /** Whether it takes no further mark, so that a former one must go before the new one comes. Default: it does. */
  isFull(live: Observed<Live>): boolean;
  /** Why what this verb would write does not fit on what carries the mark, and what to do. Default: it fits. */
  overfull(verb: Verb, desired: Desired<Spec>, live: Observed<Live> | undefined): string | undefined;
}

/** The ways in which it begins, stops, goes and comes back. */
export interface Lifecycle<Spec, Live> {
  /** How an absent one goes; `undefined`: it is gone as far as it goes. `used`: somebody uses it. Default: delete when active. */
  deletion(spec: Spec & Common, live: Observed<Live>, used: boolean): Verb | undefined;
  /** What its deletion needs done first, as an update, when it is its turn; `consent`: only with this word of `--allow`. */
  prerequisite(live: Observed<Live>, now: Date): Prerequisite | undefined;
  /** What a present one has that only one to be deleted may have: the update takes it back. */
  cancelDeletion(live: Observed<Live>): Cancellation | undefined;
  /** What else its deletion brings about, in words. Default: nothing. */
  consequences(verb: Verb, live: Observed<Live>, snapshot: Snapshot): readonly string[];
  /** Why this live object needs an explicit consent to be deleted. Default: it does not. */
  costOfDeletion(live: Observed<Live>, snapshot: Snapshot): string | undefined;
  /** Whether the manifest says to bring it back. Default: ask. */
  autoRestore(spec: Spec & Common): boolean;
  /** Whether it is declared not to do its work, which may stop others that use it. Default: no. */
  isStopped(spec: Spec & Common): boolean;
  /** Why it cannot be created any more. Default: it can. */
  expired(spec: Spec & Common, now: Date): Blocked | undefined;
  /** This API's own clocks and states. Default: ready. */
  gate(verb: Verb, live: Observed<Live>, now: Date, spec: Spec & Common): Status;
  /** The secret that this verb's action will open. Default: none. */
  secret(verb: Verb, spec: Spec & Common): SecretNeed | undefined;
}

/** Something that is declared and that others do not show, although no field differs. */
export interface Doubt {
  readonly field: string;
  /** What should show it. */
  readonly on: LiveId;
  readonly text: string;
  /** Absent: it may come by itself. */
  readonly isDrift?: true;
}

/** What is said of a live object beside its fields. */
export interface Advisories<Spec, Live> {
  /** What happened to it, or how it came to be: phrases. Default: nothing. */
  history(live: Observed<Live>): readonly string[];
  /** What should be looked at although it is as declared: sentences. `users`: their names. Default: nothing. */
  posture(live: Observed<Live>, users: () => readonly string[], now: Date): readonly string[];
  /** Where declared is not done, as far as is shown. Default: nowhere. */
  doubts(desired: Desired<Spec>, live: Observed<Live>, snapshot: Snapshot): readonly Doubt[];
}

/** How it becomes a manifest again. */
export interface ManifestWriter<Live> {
  /**
   * What a block has to say, beside its state and name, so that it is read without faults and its object is found again.
   *
   * @param refer a live object's name, where it is declared; what it returns nothing for is named by its CRN
   */
  tombstone(live: Observed<Live>, refer: (id: LiveId) => string | undefined, snapshot: Snapshot): JsonObject;
  /** All that is live at a place, without anything being declared. Default: nothing is found there. */
  survey(read: Reader, place: Place, snapshot: Snapshot): Promise<Found<Live>>;
  /** The catalog service whose instances are looked into, since other kinds' objects lie in them. Default: none. */
  readonly holder: string | undefined;
  /** What to call it where its name says nothing. Default: its name. */
  title(live: Observed<Live>, nameOf: (id: LiveId) => string): string;
  /** Why no manifest can declare or look up this live object, whoever owns it. Default: any can be. */
  undeclarable(live: Observed<Live>, snapshot: Snapshot): string | undefined;
  /** Whether it comes with what holds it, as the ring `default`: never declared for itself. Default: no. */
  isBuiltin(live: Observed<Live>): boolean;
  /** The block, as lines of YAML, that would grant this. Default: this kind grants nothing. */
  suggest?(grant: GrantSuggestion): readonly string[];
}

/** A facet as its author writes it: some members have no default. */
type Written<Facet, Own extends keyof Facet> = Pick<Facet, Own> & Partial<Facet>;

/** What the author of a kind writes. `Source`: the type that is made from its schema. */
export interface KindSpec<Spec, Live, Source = Spec> {
  /** 'key'. */
  readonly name: string;
  /** 'keys': the manifest's block. */
  readonly block: string;
  readonly identity: Written<
    Omit<Identity<Spec, Live>, 'normalize'>,
    'references' | 'relations' | 'of' | 'lookedUpBy'
  > & { normalize?(written: Source & Common, defaults: Defaults): Spec & Common };
  readonly observe: Written<Observer<Spec, Live>, 'list' | 'reread'>;
  /** A row a field: what a difference leads to, how it is read, compared and written, and why. */
  readonly fields: Fields<Spec, Live>;
  readonly ownership?: Partial<Ownership<Spec, Live>>;
  readonly lifecycle?: Partial<Lifecycle<Spec, Live>>;
  readonly advisories?: Partial<Advisories<Spec, Live>>;
  readonly toManifest: Written<ManifestWriter<Live>, 'tombstone'>;
  readonly actions: Actions<Spec, Live>;
}

/** What the stages see: every facet whole, and what follows from the rows and the actions. */
export interface Kind<Spec = unknown, Live = unknown> {
  readonly name: string;
  readonly block: string;
  readonly identity: Identity<Spec, Live>;
  readonly observe: Observer<Spec, Live>;
  readonly ownership: Ownership<Spec, Live>;
  readonly lifecycle: Lifecycle<Spec, Live>;
  readonly advisories: Advisories<Spec, Live>;
  readonly toManifest: ManifestWriter<Live>;
  /** Field names that have a row, in order. */
  readonly fields: readonly string[];
  /** What differs in the fields that the manifest says. */
  compare(desired: Desired<Spec>, live: Observed<Live>, snapshot: Snapshot): Comparison;
  /** The live values of every field that can be read, in the manifest's words. */
  describe(live: Observed<Live>, snapshot: Snapshot): readonly Described[];
  /** What a create will set. */
  createFields(desired: Desired<Spec>, snapshot: Snapshot): readonly FieldChange[];
  /** What of these fields cannot be set back, in words. */
  irreversible(fields: readonly FieldChange[]): readonly string[];
  /** The fields of a live object as a manifest would declare them. */
  declare(live: Observed<Live>, options: ExportOptions, snapshot: Snapshot): JsonObject;
  /** Whether the kind has the action. */
  can(verb: Verb): boolean;
  create(context: ActionContext, job: CreateJob<Spec>): Promise<Observed<Live>>;
  /** Any verb but `create`. The object as it is afterwards; `undefined` when it is gone, or not ours any more. */
  change(verb: Verb, context: ActionContext, job: ChangeJob<Spec, Live>): Promise<Observed<Live> | undefined>;
}

/** A live value; `wish`: it says what is wanted from some day on, not what is. */
export interface Described {
  readonly field: string;
  readonly value: Json;
  readonly wish?: true;
}

/** Every kind that a run knows, containers first: the order in which they are observed and shown. */
export interface Kinds extends Iterable<Kind> {
  /** @throws Error when nothing of that kind is known */
  of(what: { readonly kind: string }): Kind;
  /** What would grant this: the kind, and its blocks as YAML to paste, each once. */
  suggest(grants: readonly GrantSuggestion[]): { readonly kind: string; readonly yaml: string };
}

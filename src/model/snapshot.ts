import type { Address, LiveId } from './address.ts';
import type { Catalog } from './catalog.ts';
import { type Pending, pending } from './change.ts';
import { instanceCrnOf, isCrn, parseCrn } from './crn.ts';
import { groupBy } from './group-by.ts';
import { type Live, LiveIndex } from './live.ts';
import type { Ref, Use } from './relation.ts';
import type { Desired, ExternalUser, Observed } from './resource.ts';
import { indexUses, type Uses } from './uses.ts';
import type { Wanted } from './wanted.ts';

/**
 * The declared resources and the live objects, with every index over them: by address, id, mark, identity, container, grant
 * and use. Look things up here, and build no other index.
 */
export interface Snapshot {
  readonly wanted: Wanted;
  readonly live: Live;
  readonly uses: Uses;
  readonly catalog: Catalog;
  /** The cloud's time: what has become possible by now, and what can no longer be restored. */
  readonly now: Date;
  /** The words of `--allow`. */
  readonly consents: ReadonlySet<string>;
  /** Whose manifests these are, and what that stack was called before. */
  readonly stacks: ReadonlySet<string>;
  /** Kinds that could not be listed whole, and the API's words: nothing may be concluded from what is missing there. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** Kinds whose list proves nothing by what is missing in it, and why: what it holds was read all the same. */
  readonly incomplete: ReadonlyMap<string, string>;
  /** Users of keys that no kind found, read by their CRN: only of keys that a plan may delete, stop or move. */
  readonly externalUsers: ReadonlyMap<LiveId, ExternalUser>;
  /** An address → its live id; a CRN → itself; `undefined`: declared, not live yet. */
  idOf(ref: Ref | undefined): LiveId | undefined;
  /** As `idOf`, with what is not live yet as a value that cannot be compared or sent by accident. */
  idOrPending(ref: Ref): LiveId | Pending;
  /** Which declared resource this live object is; of several, the first that was declared. */
  declaredAs(id: LiveId): Desired | undefined;
  /** All of them. */
  allDeclaredAs(id: LiveId): readonly Desired[];
  /** Readable instances of a service: declared, referenced by CRN, granted to, or marked by this stack; active or pending. */
  instancesToRead(service: string): readonly LiveId[];
  /** The CRN of an instance of which anything is known here, by its GUID. */
  instanceOfGuid(guid: string): LiveId | undefined;
}

/** A snapshot that is still being taken, or that follows what a run does. */
export interface OpenSnapshot extends Snapshot {
  /** @param madeFor the address that it was made for a moment ago, where no mark may tell yet */
  put(object: Observed, madeFor?: Address): void;
  drop(id: LiveId): void;
  register(uses: Iterable<Use>): void;
  cannotRead(kind: string, message: string): void;
  mayLack(kind: string, why: string): void;
  nameUser(id: LiveId, user: ExternalUser): void;
}

export interface SnapshotInput extends Pick<Snapshot, 'wanted' | 'catalog' | 'now' | 'consents' | 'stacks'> {
  readonly objects?: Iterable<Observed>;
  /** Fixed for good, as they were reviewed. Absent: they follow from what is put and registered. */
  readonly uses?: Uses;
  readonly unreadable?: ReadonlyMap<string, string>;
  readonly incomplete?: ReadonlyMap<string, string>;
  readonly externalUsers?: ReadonlyMap<LiveId, ExternalUser>;
}

/**
 * @param identify finds the live object of a resource when its id is asked for; it may ask for the id of the container
 */
export function openSnapshot(
  input: SnapshotInput,
  identify: (desired: Desired, snapshot: Snapshot) => LiveId | undefined,
): OpenSnapshot {
  const { wanted } = input;
  const live = new LiveIndex();
  const registrations = new Map<string, Use>();
  const unreadable = new Map(input.unreadable);
  const incomplete = new Map(input.incomplete);
  const externalUsers = new Map(input.externalUsers);
  const made = new Map<Address, LiveId>();
  const guids = new Map<string, LiveId>();
  const ids = new Map<Address, LiveId | undefined>();
  const scopes = new Map<string, readonly LiveId[]>();
  let meanings: ReadonlyMap<LiveId | undefined, readonly Desired[]> | undefined;
  let uses: Uses | undefined = input.uses;

  const followUses: Uses = {
    all: () => currentUses().all(),
    on: (id) => currentUses().on(id),
    under: (grant) => currentUses().under(grant),
  };
  function currentUses(): Uses {
    uses ??= indexUses(registrations.values(), live);
    return uses;
  }

  const idOf = (ref: Ref | undefined): LiveId | undefined => {
    if (ref === undefined || isCrn(ref)) return ref;
    const known = ids.get(ref);
    if (known !== undefined || ids.has(ref)) return known;
    const resource = wanted.get(ref);
    const id = made.get(ref) ?? (resource && identify(resource, snapshot));
    ids.set(ref, id);
    return id;
  };

  const rememberGuid = (ref: Ref): void => {
    const instance = isCrn(ref) ? instanceCrnOf(ref) : '';
    const guid = parseCrn(instance)?.instance;
    if (guid !== undefined) guids.set(guid, instance);
  };

  /** Objects may match other resources now; the instances to read change only with an instance. */
  const invalidate = (id: LiveId): void => {
    ids.clear();
    meanings = undefined;
    if (input.uses === undefined) uses = undefined;
    const crn = parseCrn(id);
    if (crn === undefined) return;
    const scope = scopes.get(crn.service);
    if (crn.type === '' || scope?.includes(instanceCrnOf(id)) === false) scopes.delete(crn.service);
  };

  const snapshot: OpenSnapshot = {
    wanted,
    live,
    uses: input.uses ?? followUses,
    catalog: input.catalog,
    now: input.now,
    consents: input.consents,
    stacks: input.stacks,
    unreadable,
    incomplete,
    externalUsers,
    idOf,
    idOrPending: (ref) => idOf(ref) ?? pending(ref),
    declaredAs: (id) => snapshot.allDeclaredAs(id)[0],
    allDeclaredAs(id) {
      meanings ??= groupBy(wanted.all(), ({ address }) => idOf(address));
      return meanings.get(id) ?? [];
    },
    instancesToRead(service) {
      const known = scopes.get(service) ?? scopeOf(service, snapshot);
      scopes.set(service, known);
      return known;
    },
    instanceOfGuid: (guid) => guids.get(guid),
    put(object, madeFor) {
      live.put(object);
      rememberGuid(object.id);
      if (madeFor !== undefined) made.set(madeFor, object.id);
      invalidate(object.id);
    },
    drop(id) {
      live.remove(id);
      invalidate(id);
    },
    register(more) {
      for (const use of more) registrations.set(`${use.on} ${use.by}`, use);
      if (input.uses === undefined) uses = undefined;
    },
    cannotRead: (kind, message) => void unreadable.set(kind, message),
    mayLack: (kind, why) => void incomplete.set(kind, why),
    nameUser: (id, user) => void externalUsers.set(id, user),
  };
  for (const { refs } of wanted.all()) for (const ref of Object.values(refs)) rememberGuid(ref);
  for (const object of input.objects ?? []) snapshot.put(object);
  return snapshot;
}

function scopeOf(service: string, { wanted, live, stacks, idOf }: Snapshot): readonly LiveId[] {
  const found = new Set<LiveId>();
  const add = (id: LiveId | undefined): void => {
    if (id === undefined || id.includes('#') || parseCrn(id)?.service !== service) return;
    const instance = instanceCrnOf(id);
    const life = live.get(instance)?.life.is;
    // An instance in reclamation answers nobody.
    if (life === undefined || life === 'active' || life === 'settling') found.add(instance);
  };
  for (const { address, refs, relations } of wanted.all()) {
    add(idOf(address));
    for (const ref of Object.values(refs)) if (isCrn(ref)) add(ref);
    for (const { target } of relations.grants) add(target);
  }
  for (const { id, marks } of live.all()) if (marks.some(({ stack }) => stacks.has(stack))) add(id);
  return [...found].sort();
}

import type { Reader } from '../cloud/reader.ts';
import { identifyWith } from '../decide/match.ts';
import type { Kind, Kinds, Place } from '../kinds/kind.ts';
import type { LiveId } from '../model/address.ts';
import { wholeService } from '../model/containment.ts';
import { parseCrn } from '../model/crn.ts';
import { CloudRefused } from '../model/errors.ts';
import { instanceCalled, isStanding } from '../model/instance-called.ts';
import { assertNever } from '../model/json.ts';
import type { Ref } from '../model/relation.ts';
import { type OpenSnapshot, openSnapshot, type Snapshot } from '../model/snapshot.ts';
import { indexWanted } from '../model/wanted.ts';
import { lookUpNames } from './catalog.ts';

/** What somebody wants to see, with nothing declared. */
export interface Wish {
  /** CRNs or names. */
  readonly instances: readonly string[];
  /** Catalog names. */
  readonly services: readonly string[];
  readonly all: boolean;
}

/** What is live, found without a manifest. */
export interface Survey {
  /** Nothing is wanted of it; its scope is every place that was looked into. */
  readonly snapshot: Snapshot;
  /** What was wished for: instances, and services as a whole; `all` is everything. */
  readonly subjects: readonly Ref[] | 'all';
  /** Places that refuse to be read, and the API's words. */
  readonly unread: readonly string[];
  /** Instances that refuse to be looked into. */
  readonly closed: ReadonlySet<LiveId>;
}

/**
 * Lists what is live without a manifest: kinds in registry order, containers first. A place that may not be read is noted,
 * and the rest goes on.
 *
 * @throws KeysteadError `NO_SUCH_INSTANCE`, `AMBIGUOUS_INSTANCE`, `UNKNOWN_SERVICE` (exit 1), naming what there is
 */
export async function survey(kinds: Kinds, wish: Wish, read: Reader, now: Date): Promise<Survey> {
  const holders = new Set([...kinds].flatMap(({ toManifest }) => toManifest.holder ?? []));
  const instances = (await read.instances()).filter(({ state }) => state !== 'removed' && state !== 'pending_removal');
  const chosen = wish.instances.map((word) => instanceCalled(word, instances));
  // A vault that was asked for by itself holds all there is to say; a deployment's keys may be in any.
  const isNarrow = !wish.all && wish.services.length === 0 && chosen.every(({ crn }) => holders.has(serviceOf(crn)));
  const holding = (isNarrow ? chosen : instances).filter((one) => isStanding(one) && holders.has(serviceOf(one.crn)));
  const met = (wish.all ? instances : chosen).map(({ crn }) => serviceOf(crn));
  const { known, unknown } = await sorted(met, new Set([...holders, ...wish.services]), read);

  const services = new Set([...holders, ...wish.services, ...known]);
  const unread = unknown.map((service) => `instances of ${service}: the catalog has no such service`);
  const closed = new Set<LiveId>();
  // Policies name instances by GUID alone.
  const guids = new Map(instances.map(({ crn, guid }) => [guid, crn]));
  const catalogOf = () => lookUpNames(kinds, [], read, { services: [...services] });
  const input = { wanted: indexWanted([]), now, consents: new Set<string>(), stacks: new Set<string>() };
  const open = openSnapshot({ ...input, catalog: await catalogOf() }, identifyWith(kinds));
  const instancesToRead = (): readonly LiveId[] => holding.map(({ crn }) => crn).filter((crn) => !closed.has(crn));
  let snapshot: OpenSnapshot = { ...open, instancesToRead, instanceOfGuid: (guid) => guids.get(guid) };
  for (const kind of kinds) {
    const places: readonly Place[] = [
      { is: 'account' },
      ...[...services].sort().map((name) => ({ is: 'service' as const, name })),
      ...instancesToRead().map((id) => ({ is: 'instance' as const, id })),
    ];
    for (const { place, found, refusal } of await Promise.all(
      places.map((place) => ask(kind, place, snapshot, read)),
    )) {
      for (const object of found?.objects ?? []) snapshot.put(object);
      snapshot.register(found?.uses ?? []);
      if (refusal !== undefined) unread.push(refusal);
      if (refusal !== undefined && place.is === 'instance') closed.add(place.id);
    }
    // What a policy is narrowed to is looked at too, so that it can be referred to.
    for (const service of (await sorted(sourcesIn(snapshot), services, read)).known) services.add(service);
    snapshot = { ...snapshot, catalog: await catalogOf() };
  }
  const subjects = wish.all ? 'all' : [...chosen.map(({ crn }) => crn), ...wish.services.map(wholeService)];
  for (const { name, crn, why } of read.oddInstances())
    unread.push(`an instance (${crn ?? name ?? why}): its row in the list cannot be read`);
  return { snapshot, subjects, unread: unread.sort(), closed };
}

function serviceOf(crn: string): string {
  return parseCrn(crn)?.service ?? '';
}

/** Which of these services, besides those that are listed already, the catalog has, and which it has not. */
async function sorted(services: Iterable<string>, listed: ReadonlySet<string>, read: Reader) {
  const names = [...new Set(services)].filter((name) => name !== '' && !listed.has(name)).sort();
  const entries = await Promise.all(names.map((name) => read.catalogService(name)));
  const has = (_name: string, index: number): boolean => entries[index] !== undefined;
  return { known: names.filter(has), unknown: names.filter((name, index) => !has(name, index)) };
}

function sourcesIn({ live }: Snapshot): ReadonlySet<string> {
  const sources = new Set<string>();
  for (const { relations } of live.all())
    for (const { source } of relations.grants) sources.add(serviceOf(source.instance ?? ''));
  return sources;
}

/** @returns what is there, or a sentence where that is refused */
async function ask(kind: Kind, place: Place, snapshot: Snapshot, read: Reader) {
  try {
    return { place, found: await kind.toManifest.survey(read, place, snapshot) };
  } catch (error) {
    if (!(error instanceof CloudRefused) || ![401, 403, 404].includes(error.facts.status ?? 0)) throw error;
    // Without what differs from run to run: a manifest is the same text for the same cloud.
    const { operation, status, apiCode } = error.facts;
    const help = error.remedy === undefined ? '' : `; ${error.remedy}`;
    return { place, refusal: `${inWords(place, kind)}: "${operation}" is refused with ${apiCode ?? status}${help}` };
  }
}

function inWords(place: Place, { name }: Kind): string {
  switch (place.is) {
    case 'account':
      return `every ${name} of the account`;
    case 'service':
      return `instances of ${place.name}`;
    case 'instance':
      // What refuses one list is not asked for the others.
      return `what is in ${place.id}`;
    default:
      return assertNever(place);
  }
}

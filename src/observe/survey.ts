import type { Reader } from '../cloud/reader.ts';
import type { RcInstance } from '../cloud/resource-controller/shapes.ts';
import { identifyWith } from '../decide/match.ts';
import type { Kind, Kinds, Place } from '../kinds/kind.ts';
import type { LiveId } from '../model/address.ts';
import { wholeService } from '../model/containment.ts';
import { parseCrn } from '../model/crn.ts';
import { CloudRefused, KeysteadError } from '../model/errors.ts';
import { assertNever } from '../model/json.ts';
import { nearest } from '../model/nearest.ts';
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
  const services = await servicesOf(wish, chosen, instances, holders, read);
  const isInside = ({ crn, state }: RcInstance): boolean =>
    holders.has(serviceOf(crn)) && (state === 'active' || state === 'provisioning');
  // A vault that was asked for by itself holds all there is to say; a deployment's keys may be in any.
  const narrow = !wish.all && wish.services.length === 0 && chosen.every(({ crn }) => holders.has(serviceOf(crn)));
  const inside = (narrow ? chosen : instances).filter(isInside).map(({ crn }) => crn);
  const found = await look(kinds, { instances, inside, services: [...holders, ...services.known], now }, read);
  const subjects = wish.all ? ('all' as const) : [...chosen.map(({ crn }) => crn), ...wish.services.map(wholeService)];
  return { ...found, subjects, unread: [...services.unread, ...found.unread].sort() };
}

function instanceCalled(word: string, instances: readonly RcInstance[]): RcInstance {
  const found = instances.filter(({ crn, name }) => crn === word || name === word);
  const standing = found.filter(({ state }) => state === 'active' || state === 'provisioning');
  const [only, ...others] = standing.length > 0 ? standing : found;
  if (only === undefined) {
    const close = nearest(
      word,
      instances.map(({ name }) => name),
    );
    throw new KeysteadError('NO_SUCH_INSTANCE', `no instance "${word}" is live, or none that this login may see`, {
      remedy: close === undefined ? 'give its name or its full CRN' : `did you mean "${close}"?`,
    });
  }
  if (others.length === 0) return only;
  const crns = [only, ...others].map(({ crn }) => crn).sort();
  throw new KeysteadError('AMBIGUOUS_INSTANCE', `${crns.length} instances are called "${word}": ${crns.join(', ')}`, {
    remedy: `say which one: --instance ${crns[0]}`,
  });
}

/** Which services' instances are listed. One that somebody named must be in the catalog; of others it is said that it is not. */
async function servicesOf(
  wish: Wish,
  chosen: readonly RcInstance[],
  all: readonly RcInstance[],
  holders: ReadonlySet<string>,
  read: Reader,
) {
  const met = (wish.all ? all : chosen).map(({ crn }) => serviceOf(crn));
  const known: string[] = [...wish.services];
  const unread: string[] = [];
  for (const service of [...new Set(met)].sort()) {
    if (holders.has(service) || known.includes(service)) continue;
    if (await read.catalogService(service)) known.push(service);
    else unread.push(`instances of ${service}: the catalog has no such service`);
  }
  return { known, unread };
}

interface Scope {
  /** All of them: policies name instances by GUID alone. */
  readonly instances: readonly RcInstance[];
  /** Those whose contents are listed. */
  readonly inside: readonly string[];
  readonly services: readonly string[];
  readonly now: Date;
}

async function look(kinds: Kinds, scope: Scope, read: Reader) {
  const unread: string[] = [];
  const closed = new Set<string>();
  const services = new Set(scope.services);
  const guids = new Map(scope.instances.map(({ crn, guid }) => [guid, crn]));
  const input = { wanted: indexWanted([]), now: scope.now, consents: new Set<string>(), stacks: new Set<string>() };
  const catalog = await lookUpNames(kinds, [], read, { services: [...services] });
  const found = openSnapshot({ ...input, catalog }, identifyWith(kinds));
  let snapshot: OpenSnapshot = found;
  for (const kind of kinds) {
    // What a policy is narrowed to is looked at too, so that it can be referred to.
    for (const service of await namedIn(snapshot, services, read)) services.add(service);
    snapshot = {
      ...found,
      catalog: await lookUpNames(kinds, [], read, { services: [...services] }),
      instanceOfGuid: (guid) => guids.get(guid),
      scope: () => scope.inside.filter((crn) => !closed.has(crn)),
    };
    const places: readonly Place[] = [
      { is: 'account' },
      ...[...services].sort().map((name) => ({ is: 'service' as const, name })),
      ...scope.inside.filter((crn) => !closed.has(crn)).map((id) => ({ is: 'instance' as const, id })),
    ];
    const answers = await Promise.all(places.map((place) => ask(kind, place, snapshot, read)));
    for (const [index, answer] of answers.entries()) {
      if (typeof answer !== 'string') {
        for (const object of answer.objects) snapshot.put(object);
        snapshot.register(answer.uses);
        continue;
      }
      const place = places[index];
      if (place?.is === 'instance') closed.add(place.id);
      unread.push(answer);
    }
  }
  return { snapshot, unread, closed };
}

/** @returns a sentence where it is refused */
async function ask(kind: Kind, place: Place, snapshot: Snapshot, read: Reader) {
  try {
    return await kind.toManifest.survey(read, place, snapshot);
  } catch (error) {
    if (!(error instanceof CloudRefused) || ![401, 403, 404].includes(error.facts.status ?? 0)) throw error;
    // Without what differs from run to run: a manifest is the same text for the same cloud.
    const { operation, status, apiCode } = error.facts;
    const help = error.remedy === undefined ? '' : `; ${error.remedy}`;
    return `${inWords(place, kind)}: "${operation}" is refused with ${apiCode ?? status}${help}`;
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

async function namedIn({ live }: Snapshot, there: ReadonlySet<string>, read: Reader) {
  const sources = new Set<string>();
  for (const { relations } of live.all()) {
    for (const { source } of relations.grants)
      if (source.instance !== undefined) sources.add(serviceOf(source.instance));
  }
  const services = [...sources].filter((service) => service !== '' && !there.has(service));
  const asked = await Promise.all(
    services.map(async (service) => ((await read.catalogService(service)) === undefined ? [] : [service])),
  );
  return asked.flat();
}

function serviceOf(crn: string): string {
  return parseCrn(crn)?.service ?? '';
}

import type { Reply, World } from '../../core/world.ts';
import { type Desk, mayOn, openKey } from './desk.ts';
import { badQuery, envelope, pageOf, readFlag, selection } from './envelope.ts';
import { dateOf, type Key, keys, type Registration, registrations, registrationsOn } from './state.ts';

/** `GET /keys/{id}/registrations`; 200 for destroyed and for standard keys too. */
export function listKeyRegistrations(desk: Desk): Reply {
  const key = openKey(desk, 'kms.registrations.list');
  return list(desk, () => registrationsOn(desk.world.store, key.id), 0);
}

/** `GET /keys/registrations`: those of every key of the instance that the caller may ask for. The first eight segments allow no wildcard here. */
export function listRegistrations(desk: Desk): Reply {
  const { store } = desk.world;
  const mayList = mayOn(desk, 'kms.registrations.list');
  const all = (): readonly Registration[] =>
    registrations(store)
      .by('instance', desk.instance.guid)
      .filter(({ keyId }) => {
        const key = keys(store).get(keyId);
        return key !== undefined && mayList(key);
      });
  return list(desk, all, 8);
}

/** Writes on a registration: they are for services alone, which act inside this emulator and not over HTTP. */
export function refuseRegistration(desk: Desk): Reply {
  openKey(desk, 'kms.registrations.write');
  throw serviceOnly(desk);
}

/** `POST /event_ack`: for services alone too. */
export function refuseAcknowledgement(desk: Desk): Reply {
  throw serviceOnly(desk);
}

/** Source: Key Protect reference, "Reason codes", "Service-side writes". */
function serviceOnly(desk: Desk): Error {
  const message = 'Only services that are integrated with Key Protect can perform this action';
  return desk.refuse(403, 'SERVICE_ONLY_ERR', message);
}

function list(desk: Desk, all: () => readonly Registration[], plainSegments: number): Reply {
  const matches = readPattern(desk, plainSegments);
  const prevents = readFlag(desk, 'preventKeyDeletion');
  const found = selection(desk, () =>
    all().filter(
      ({ resourceCrn, preventKeyDeletion }) =>
        matches(resourceCrn) && (prevents === undefined || preventKeyDeletion === prevents),
    ),
  );
  const { shown, metadata } = pageOf(desk, found);
  return envelope(
    200,
    'registration',
    shown.map((registration) => view(desk, registration)),
    metadata,
  );
}

/** Source: Key Protect reference, "Registrations", "List": `*` for a segment, `abc*` in the last one only. */
function readPattern(desk: Desk, plainSegments: number): (crn: string) => boolean {
  const name = 'urlEncodedResourceCRNQuery';
  const given = desk.call.query.get(name) ?? '';
  if (given === '') return () => true;
  const text = given.includes('%') ? decode(desk, name, given) : given;
  const pattern = text.split(':');
  if (pattern.length !== 10) throw badQuery(desk, name, 'a CRN of 10 segments');
  if (pattern.slice(0, plainSegments).some((segment) => segment.includes('*'))) {
    throw badQuery(desk, name, `without * in the first ${plainSegments} segments`);
  }
  if (
    pattern.some((segment, index) => segment.includes('*') && segment !== '*' && !(index === 9 && isPrefix(segment)))
  ) {
    throw badQuery(desk, name, 'with * for a whole segment, or at the end of the last one');
  }
  return (crn) => {
    const segments = crn.split(':');
    // The last segment of a CRN may hold colons of its own.
    const parts = [...segments.slice(0, 9), segments.slice(9).join(':')];
    return pattern.every((segment, index) => {
      const part = parts[index] ?? '';
      if (segment === '*') return true;
      return segment.endsWith('*') ? part.startsWith(segment.slice(0, -1)) : part === segment;
    });
  };
}

function isPrefix(segment: string): boolean {
  return segment.indexOf('*') === segment.length - 1;
}

function decode(desk: Desk, name: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badQuery(desk, name, 'a CRN, URL-encoded');
  }
}

function view({ world }: Desk, { instanceGuid: _, serviceName: __, ...shown }: Registration): object {
  return { ...shown, keyName: keys(world.store).get(shown.keyId)?.name };
}

/** What a service does when it starts to use a key. The caller has checked the key; registering again replaces. */
export function register(
  world: World,
  given: Pick<Registration, 'keyId' | 'resourceCrn' | 'serviceName' | 'preventKeyDeletion' | 'description'>,
): void {
  const key = keys(world.store).get(given.keyId);
  if (key === undefined) throw new Error(`no key ${given.keyId} to register on`);
  const date = dateOf(world.now());
  const by = registrant(given.resourceCrn);
  const before = registrationOf(world, given.keyId, given.resourceCrn);
  registrations(world.store).put(registrationId(given.keyId, given.resourceCrn), {
    ...given,
    instanceGuid: key.instanceGuid,
    keyVersion: key.versions[0],
    createdBy: before?.createdBy ?? by,
    creationDate: before?.creationDate ?? date,
    updatedBy: by,
    lastUpdated: date,
  });
  record(world, before === undefined ? 'create' : 'write', key, given.resourceCrn);
}

/** What a service does when its use of a key changes: the key's newest version, or a retention. */
export function updateRegistration(
  world: World,
  registration: Registration,
  part: Partial<Pick<Registration, 'keyVersion' | 'preventKeyDeletion'>>,
): void {
  const { keyId, resourceCrn } = registration;
  const key = keys(world.store).get(keyId);
  if (key === undefined) return;
  const updatedBy = registrant(resourceCrn);
  const lastUpdated = dateOf(world.now());
  const updated = { ...registration, ...part, updatedBy, lastUpdated };
  registrations(world.store).put(registrationId(keyId, resourceCrn), updated);
  record(world, 'merge', key, resourceCrn);
}

/** What a service does when it no longer uses a key. What is not registered is left alone. */
export function unregister(world: World, keyId: string, resourceCrn: string): void {
  const key = keys(world.store).get(keyId);
  if (key === undefined || registrationOf(world, keyId, resourceCrn) === undefined) return;
  registrations(world.store).delete(registrationId(keyId, resourceCrn));
  record(world, 'delete', key, resourceCrn);
}

/** The registration of a resource on a key, if there is one. */
export function registrationOf(world: World, keyId: string, resourceCrn: string): Registration | undefined {
  return registrations(world.store).get(registrationId(keyId, resourceCrn));
}

/**
 * A service acts with a token for its instance, whose IAM id is the CRN behind `crn-`; also for a volume of it.
 * Source: Key Protect docs, "Key Protect CLI reference" (a registration's `createdBy` in its transcripts).
 */
export function registrant(resourceCrn: string): string {
  return `crn-${resourceCrn.replace(/\/agentid=.*$/, '')}`;
}

function registrationId(keyId: string, resourceCrn: string): string {
  return `${keyId}/${resourceCrn}`;
}

/** Source: Key Protect reference, "Activity tracking event names" (registrations). */
function record(world: World, verb: 'create' | 'write' | 'merge' | 'delete', key: Key, resourceCrn: string): void {
  world.record({
    action: `kms.registrations.${verb}`,
    target: key.crn,
    initiator: registrant(resourceCrn),
    severity: verb === 'delete' ? 'critical' : 'normal',
    data: { keyId: key.id, instanceID: key.instanceGuid, resourceCrn },
  });
}

import type { Reply } from '../../core/world.ts';
import { type Desk, mayOn, openKey } from './desk.ts';
import { badQuery, envelope } from './envelope.ts';
import { pageOf, readFlag, selection } from './query.ts';
import { keys, type Registration, registrations, registrationsOn } from './state.ts';

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
  return desk.refuse({ status: 403, code: 'SERVICE_ONLY_ERR', message });
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

function view({ world }: Desk, registration: Registration): object {
  const { keyId, resourceCrn, createdBy, creationDate, updatedBy, lastUpdated } = registration;
  const { description, preventKeyDeletion, keyVersion } = registration;
  const keyName = keys(world.store).get(keyId)?.name;
  return {
    keyId,
    ...(keyName === undefined ? {} : { keyName }),
    resourceCrn,
    createdBy,
    creationDate,
    updatedBy,
    lastUpdated,
    description,
    preventKeyDeletion,
    keyVersion,
  };
}

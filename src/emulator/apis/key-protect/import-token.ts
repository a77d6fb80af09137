import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { secretPrefix } from '../../core/tables.ts';
import type { Reply, Store, Table } from '../../core/world.ts';
import { after, dateOf, secondMs } from './dates.ts';
import { assertAllowed, type Desk, recordAction } from './desk.ts';
import { badField, type Members, readOptionalBody } from './envelope.ts';

/** The import token of an instance; there is one at a time. */
interface ImportToken {
  readonly creationDate: string;
  readonly expirationDate: string;
  readonly maxAllowedRetrievals: number;
  readonly remainingRetrievals: number;
}

/** What imports are opened and checked with. */
export interface TokenSecret {
  /** PKCS #8, PEM. */
  readonly privateKey: string;
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKey: string;
  /** Base64 of 12 bytes. */
  readonly nonce: string;
}

/** UNSURE in the reference: 4096 is judged there and 2048 said to work; the larger one takes a second to make. */
const modulusLength = 2048;

/** `POST /import_token`: a new token, and the end of the one before. Source: Key Protect reference, "Import tokens". */
export function createImportToken(desk: Desk): Reply {
  assertAllowed(desk, 'kms.importtoken.create');
  const { world, instance } = desk;
  const given = readOptionalBody(desk, ['expiration', 'maxAllowedRetrievals']);
  const seconds = readCount(desk, given, 'expiration', { absent: 600, least: 300, most: 86_400 });
  const retrievals = readCount(desk, given, 'maxAllowedRetrievals', { absent: 1, least: 1, most: 500 });
  const creationDate = dateOf(world.now());
  const token: ImportToken = {
    creationDate,
    expirationDate: dateOf(after(creationDate, seconds * secondMs)),
    maxAllowedRetrievals: retrievals,
    remainingRetrievals: retrievals,
  };
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  tokens(world.store).put(instance.guid, token);
  secrets(world.store).put(instance.guid, { privateKey, publicKey, nonce: randomBytes(12).toString('base64') });
  recordAction(desk, 'kms.import-token.create', instance.crn);
  return { status: 200, body: token };
}

/** `GET /import_token`: the transport key and the nonce; each retrieval counts, and says how many are left. */
export function getImportToken(desk: Desk): Reply {
  assertAllowed(desk, 'kms.importtoken.read');
  const { world, instance } = desk;
  const token = tokens(world.store).get(instance.guid);
  if (token === undefined) {
    // UNSURE in the reference: the 404 is judged there, its code here.
    const message = 'The instance has no import token';
    throw desk.refuse({ status: 404, code: 'IMPORT_TOKEN_NOT_FOUND_ERR', message });
  }
  const { publicKey, nonce } = openToken(desk);
  if (token.remainingRetrievals === 0) throw expired(desk, 'it has been retrieved as often as it may be');
  const left = { ...token, remainingRetrievals: token.remainingRetrievals - 1 };
  tokens(world.store).put(instance.guid, left);
  recordAction(desk, 'kms.import-token.read', instance.crn);
  return { status: 200, body: { ...left, payload: Buffer.from(publicKey).toString('base64'), nonce } };
}

/**
 * The secret of the instance's token. One whose retrievals are used up still serves imports until it expires.
 *
 * @throws ApiError 409 `IMPORT_TOKEN_EXPIRED_ERR`, also when there never was one (judged)
 */
export function openToken(desk: Desk): TokenSecret {
  const { world, instance } = desk;
  const token = tokens(world.store).get(instance.guid);
  const secret = secrets(world.store).get(instance.guid);
  if (token === undefined || secret === undefined) throw expired(desk, 'there is none');
  if (world.now() >= new Date(token.expirationDate)) throw expired(desk, `it ended at ${token.expirationDate}`);
  return secret;
}

/** What goes with an instance. */
export function eraseToken(store: Store, instanceGuid: string): void {
  tokens(store).delete(instanceGuid);
  secrets(store).delete(instanceGuid);
}

function expired(desk: Desk, why: string): Error {
  const message = `The import token cannot be used: ${why}: Please create a new one`;
  return desk.refuse({ status: 409, code: 'IMPORT_TOKEN_EXPIRED_ERR', message });
}

function readCount(
  desk: Desk,
  given: Members,
  name: string,
  { absent, least, most }: { readonly absent: number; readonly least: number; readonly most: number },
): number {
  const value = given[name] ?? absent;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw badField(desk, name, `an integer between ${least} and ${most} (inclusive)`);
}

function tokens(store: Store): Table<ImportToken> {
  return store.table('key-protect/import-tokens');
}

function secrets(store: Store): Table<TokenSecret> {
  return store.table(`${secretPrefix}key-protect-import-tokens`);
}

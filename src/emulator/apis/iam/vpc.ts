import { type IdentityRecord, identities, identityOf } from '../../core/account/identities.ts';
import { isObject, type Members } from '../../core/json.ts';
import { dialectOf } from '../../core/words/words.ts';
import type { BareCall, Call, Dialect, Operation, Reply, World } from '../../core/world.ts';
import { ApiError, operationsOf } from '../../core/world.ts';
import { trustsCompute } from './grants.ts';
import { countLogin } from './history.ts';
import { findProfile, profileId } from './profiles-state.ts';
import { issueToken, readClaims, signed } from './token.ts';

/** The metadata service of a virtual server: its error body is judged. */
function refusal(call: BareCall, status: number, code: string, message: string): Reply {
  return { status, body: { errors: [{ code, message }], trace: call.transactionId } };
}

function refuse(call: BareCall, status: number, code: string, message: string): ApiError {
  return new ApiError(refusal(call, status, code, message));
}

const dialect: Dialect = dialectOf(refusal);

const grant = 'urn:ibm:params:oauth:grant-type:cr-token';

/**
 * `PUT /instance_identity/v1/token`: the token of the virtual server itself.
 * Source: platform reference, "ibm-cloud-sdk-core configuration" (VPC instance auth).
 */
function createInstanceToken(world: World, call: Call): Reply {
  requireFlavor(call);
  const asked = isObject(call.body) ? call.body['expires_in'] : undefined;
  const seconds = typeof asked === 'number' && asked >= 5 && asked <= 3600 ? asked : 300;
  const iat = Math.floor(world.now().getTime() / 1000);
  const token = signed(world, { typ: 'instance', iat, exp: iat + seconds });
  return { status: 200, body: view(token, iat, iat + seconds) };
}

/**
 * `POST /instance_identity/v1/iam_token`: with that, a token of the profile that is named, or else of the first one that
 * trusts virtual servers (judged: the server's default profile).
 * @throws ApiError 401 for another token, 400 for a profile that is not there, 403 for one that does not trust servers
 */
function createIamToken(world: World, call: Call): Reply {
  requireFlavor(call);
  const token = /^Bearer +(\S+)$/i.exec(call.header('authorization') ?? '')?.[1] ?? '';
  const { typ, exp } = readClaims(world, token) ?? {};
  if (typ !== 'instance' || typeof exp !== 'number' || exp * 1000 <= world.now().getTime()) {
    throw new ApiError(dialect.unauthorized('invalid', call));
  }
  const profile = readProfile(world, call);
  if (!trustsCompute(world, profile, 'VSI')) {
    throw refuse(call, 403, 'forbidden', `The profile ${profile.name} does not trust this virtual server.`);
  }
  countLogin(world, profileId(profile));
  const issued = issueToken(world, identityOf(world, profile), grant);
  return { status: 200, body: view(issued.token, issued.iat, issued.exp) };
}

function readProfile(world: World, call: Call): IdentityRecord {
  const named = isObject(call.body) ? call.body['trusted_profile'] : undefined;
  const { id, crn, name } = isObject(named) ? named : {};
  const all = identities(world.store).all();
  const found =
    named === undefined
      ? all.find((one) => one.kind === 'profile' && trustsCompute(world, one, 'VSI'))
      : findProfile(world, { id: textOf(id ?? crn), name: textOf(name) });
  if (found === undefined) throw refuse(call, 400, 'bad_request', 'There is no such trusted profile.');
  return found;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function requireFlavor(call: Call): void {
  if (call.header('Metadata-Flavor') !== 'ibm') {
    throw refuse(call, 400, 'bad_request', 'The header Metadata-Flavor must be ibm.');
  }
  if (!call.query.has('version')) throw refuse(call, 400, 'bad_request', 'The query parameter version is required.');
}

function view(token: string, iat: number, exp: number): Members {
  const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
  return { access_token: token, created_at: iso(iat), expires_at: iso(exp), expires_in: exp - iat };
}

/** The two calls of the metadata service, under the paths of either version. */
const judged = 'errors, and which profile is the default';

export const operations: readonly Operation[] = operationsOf({ auth: 'none', dialect, judged }, [
  ['createInstanceIdentityToken', 'PUT /instance_identity/v1/token', createInstanceToken],
  ['createIamToken', 'POST /instance_identity/v1/iam_token', createIamToken],
  ['createInstanceIdentityToken', 'PUT /identity/v1/token', createInstanceToken],
  ['createIamToken', 'POST /identity/v1/iam_tokens', createIamToken],
]);

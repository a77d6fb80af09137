import { developer, findIdentity, type IdentityRecord, identityOf } from '../../core/account/identities.ts';
import { ApiError, type Call, type Reply, type World } from '../../core/world.ts';
import { findApiKey, kept } from './access.ts';
import { dialect, refuse } from './call.ts';
import { countLogin } from './history.ts';
import { claimRules, findProfile, links, profileId, trusted } from './profiles-state.ts';
import { readClaims, tokenBody, verifyBearer } from './token.ts';

const urn = 'urn:ibm:params:oauth:grant-type:';

type Grant = (world: World, call: Call, form: URLSearchParams) => IdentityRecord;

/** Who logs in by which grant. Source: platform reference, "POST /identity/token". */
const grants: Readonly<Record<string, Grant>> = {
  [`${urn}apikey`]: byApiKey,
  [`${urn}cr-token`]: byComputeResource,
  [`${urn}assume`]: byAssuming,
  refresh_token: byRefreshing,
};

/** Grants that IAM knows and the emulator does not serve. */
const others: readonly string[] = ['password', `${urn}passcode`, `${urn}delegated-refresh-token`];

/** `POST /identity/token`. What the client calls itself (Basic) is not looked at, as unknown form fields are not. */
export function createToken(world: World, call: Call): Reply {
  const form = new URLSearchParams(call.text);
  const name = form.get('grant_type') ?? '';
  const isDelegated = form.get('response_type') === 'delegated_refresh_token';
  if (others.includes(name) || isDelegated) throw new ApiError(dialect.notImplemented(call));
  const grant = Object.hasOwn(grants, name) ? grants[name] : undefined;
  if (grant === undefined) throw invalidProperty(call, 'grant_type', name, `${urn}apikey`);
  const record = grant(world, call, form);
  if (grant !== byRefreshing) countLogin(world, kept(record.iamId).id);
  const identity = identityOf(world, record);
  const isNamed = /^Basic /i.test(call.header('authorization') ?? '');
  const body = tokenBody(world, identity, name, isNamed);
  return { status: 200, body, headers: { 'Cache-Control': 'no-store' } };
}

/** A form property that failed validation. */
function invalidProperty(call: Call, name: string, value: string, valid: string): ApiError {
  const message = `Property ${name} with value '${value}' is not valid. It must be: ${valid}.`;
  return refuse(call, 400, 'BXNIM0106E', message);
}

function byApiKey(world: World, call: Call, form: URLSearchParams): IdentityRecord {
  const secret = form.get('apikey') ?? '';
  if (secret === '') throw invalidProperty(call, 'apikey', '', 'an API key');
  const key = findApiKey(world, secret);
  const record = key === undefined ? undefined : findIdentity(world.store, key.identity.iamId);
  // 400 and not 401. Source: platform reference, "POST /identity/token" (errors).
  if (key === undefined || record === undefined) {
    throw refuse(call, 400, 'BXNIM0415E', 'Provided API key could not be found.');
  }
  countLogin(world, key.id);
  return record;
}

/**
 * A token of the cluster or of Code Engine for a profile that trusts such. Nothing here made the token, so that any text
 * passes; the profile must have a link or a rule for compute resources (judged).
 */
function byComputeResource(world: World, call: Call, form: URLSearchParams): IdentityRecord {
  const token = form.get('cr_token') ?? '';
  if (token === '') throw invalidProperty(call, 'cr_token', '', 'a token of the compute resource');
  const profile = profileIn(world, call, form);
  if (!trustsCompute(world, profile)) throw invalidProperty(call, 'cr_token', '…', 'trusted by the profile');
  return profile;
}

/** @throws ApiError 403 for somebody whom the profile does not trust (the status is judged) */
function byAssuming(world: World, call: Call, form: URLSearchParams): IdentityRecord {
  const caller = verifyBearer(world, `Bearer ${form.get('access_token') ?? ''}`);
  if (typeof caller === 'string') throw refuse(call, 400, 'BXNIM0407E', `The access token is ${caller}.`);
  const account = form.get('account');
  if (account !== null && account !== world.account) throw invalidProperty(call, 'account', account, world.account);
  const profile = profileIn(world, call, form);
  const isTrusted = trusted(world.store)
    .by('profile', profileId(profile))
    .some(({ iamId }) => iamId === caller.iamId);
  if (!isTrusted && caller.iamId !== developer.iamId) {
    throw refuse(call, 403, 'forbidden', `The profile ${profile.name} does not trust ${caller.iamId}.`);
  }
  return profile;
}

function byRefreshing(world: World, call: Call, form: URLSearchParams): IdentityRecord {
  const claims = readClaims(world, form.get('refresh_token') ?? '');
  const { typ, iam_id: iamId, exp } = claims ?? {};
  const isGood = typ === 'refresh' && typeof exp === 'number' && exp * 1000 > world.now().getTime();
  const record = isGood ? findIdentity(world.store, String(iamId)) : undefined;
  if (record === undefined) throw refuse(call, 400, 'BXNIM0407E', 'The refresh token is invalid or expired.');
  return record;
}

/** `profile_id`, `profile_crn` or `profile_name`. */
function profileIn(world: World, call: Call, form: URLSearchParams): IdentityRecord {
  const id = form.get('profile_id') ?? form.get('profile_crn') ?? undefined;
  const name = form.get('profile_name') ?? undefined;
  const profile = findProfile(world, { id, name });
  if (profile !== undefined) return profile;
  const property = id === undefined ? 'profile_name' : 'profile_id';
  throw invalidProperty(call, property, id ?? name ?? '', 'a trusted profile');
}

/** Whether a profile trusts compute resources, of one type or of any. */
export function trustsCompute(world: World, profile: IdentityRecord, type?: string): boolean {
  const id = profileId(profile);
  const fits = ({ crType }: { readonly crType: string | undefined }): boolean =>
    crType !== undefined && (type === undefined || crType === type);
  return links(world.store).by('profile', id).some(fits) || claimRules(world.store).by('profile', id).some(fits);
}

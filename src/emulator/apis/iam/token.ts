import { sign } from 'node:crypto';
import type { Identity, World } from '../../core/world.ts';
import { signingKey } from './signing-key.ts';

/** How long a refresh token is good for (judged). */
const refreshSeconds = 72 * 3600;

/**
 * The answer to a login. A client that names itself gets a refresh token, another the words `not_supported`.
 *
 * Source: platform reference, "POST /identity/token".
 */
export function tokenBody(
  world: World,
  identity: Identity,
  grant: string,
  isNamed: boolean,
): Readonly<Record<string, unknown>> {
  const issued = issueToken(world, identity, grant);
  const { iamId } = identity;
  const refresh = { typ: 'refresh', iam_id: iamId, iat: issued.iat, exp: issued.iat + refreshSeconds };
  return {
    access_token: issued.token,
    refresh_token: isNamed ? signed(world, refresh) : 'not_supported',
    ims_user_id: 1234567,
    token_type: 'Bearer',
    expires_in: issued.exp - issued.iat,
    expiration: issued.exp,
    scope: 'ibm openid',
  };
}

/** Source: platform reference, "JWT claims clients decode"; `iss` stands so even when served from this machine. */
export function issueToken(
  world: World,
  identity: Identity,
  grant: string,
): { readonly token: string; readonly iat: number; readonly exp: number } {
  const iat = Math.floor(world.now().getTime() / 1000);
  const exp = iat + Math.ceil(world.settings.tokenLifetimeMs / 1000);
  const [realmid = '', identifier = ''] = identity.iamId.split(/-(.*)/s);
  const claims = {
    iam_id: identity.iamId,
    id: identity.iamId,
    realmid,
    jti: world.newId(),
    identifier,
    name: identity.name,
    ...(identity.kind === 'user' ? userClaims(identity) : serviceClaims(identity, identifier)),
    account: { valid: true, bss: identity.accountId, ims_user_id: '1234567', frozen: true, ims: '1234567' },
    iat,
    exp,
    iss: 'https://iam.cloud.ibm.com/identity',
    grant_type: grant,
    scope: 'ibm openid',
    client_id: 'default',
    acr: 1,
    amr: ['pwd'],
  };
  return { token: signed(world, claims), iat, exp };
}

/** Claims as a JSON Web Token, signed with the emulator's key. */
export function signed(world: World, claims: object): string {
  const key = signingKey(world);
  const text = `${encode({ kid: key.kid, alg: 'RS256' })}.${encode(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), key.privateKey).toString('base64url')}`;
}

function userClaims({ iamId, name }: Identity): object {
  const [given = '', ...family] = name.split(' ');
  const email = `${family.at(-1)?.toLowerCase() ?? given.toLowerCase()}@keystead.example`;
  const authn = { sub: email, iam_id: iamId, name, email };
  return { given_name: given, family_name: family.join(' '), email, sub: email, authn };
}

function serviceClaims({ iamId, name, kind }: Identity, sub: string): object {
  const type = kind === 'profile' ? 'Profile' : 'ServiceId';
  return { sub, sub_type: type, authn: { sub, iam_id: iamId, sub_type: type, name } };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

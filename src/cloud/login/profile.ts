import { KeysteadError } from '../../model/errors.ts';
import { given, isObject } from '../../model/json.ts';
import type { Endpoint } from '../api.ts';
import type { Credentials, Profile } from './credentials.ts';
import { claimsOf, type Granted, noToken } from './session.ts';

type WithProfile = Exclude<Credentials, { type: 'iam' }>;

/** What all three of the library have. */
interface Authenticator {
  authenticate(request: { headers?: object }): Promise<void>;
}

/**
 * Logs in with a trusted profile, by IBM's own library: it knows the files of a container and the metadata service of a
 * virtual server. It is loaded now and not before, since loading it takes as long as a whole plan.
 *
 * @throws KeysteadError `LOGIN_REFUSED`
 */
export function profileLogin(credentials: WithProfile, endpoint: Endpoint): () => Promise<Granted> {
  return async () => {
    const token = await ask(await authenticatorOf(credentials, endpoint)).catch((error: unknown) => {
      throw refused(credentials, error);
    });
    try {
      const { iat, exp } = claimsOf(token);
      const [from, until] = [Number(iat) * 1000, Number(exp) * 1000];
      return { token, livesMs: until - from, theirs: from };
    } catch {
      throw noToken();
    }
  };
}

/** A new one for each login: the library keeps tokens for itself, and when ours is refused another one is needed. */
async function authenticatorOf(credentials: WithProfile, { url }: Endpoint): Promise<Authenticator> {
  const { ContainerAuthenticator, IamAssumeAuthenticator, VpcInstanceAuthenticator } = (
    await import('ibm-cloud-sdk-core')
  ).default;
  switch (credentials.type) {
    case 'iamAssume':
      return new IamAssumeAuthenticator({ apikey: credentials.apiKey, url, ...named(credentials.profile) });
    case 'container': {
      const { profile, crTokenFile: crTokenFilename } = credentials;
      return new ContainerAuthenticator({ url, ...named(profile), ...given({ crTokenFilename }) });
    }
    case 'vpc': {
      const { profile, metadataUrl } = credentials;
      return new VpcInstanceAuthenticator({ ...(profile && named(profile)), ...given({ url: metadataUrl }) });
    }
  }
}

function named(profile: Profile): { iamProfileId?: string; iamProfileCrn?: string; iamProfileName?: string } {
  if ('id' in profile) return { iamProfileId: profile.id };
  if ('crn' in profile) return { iamProfileCrn: profile.crn };
  return given({ iamProfileName: profile.name, iamAccountId: profile.account });
}

async function ask(authenticator: Authenticator): Promise<string> {
  const request: { headers?: { Authorization?: string } } = { headers: {} };
  await authenticator.authenticate(request);
  return (request.headers?.Authorization ?? '').replace(/^Bearer /, '');
}

const HELP = {
  iamAssume: 'check IBMCLOUD_IAM_PROFILE_ID, and that the identity of the API key may assume that profile',
  container: 'check IBMCLOUD_IAM_PROFILE_ID, and IBMCLOUD_CR_TOKEN_FILENAME for the file with the token',
  vpc: "check IBMCLOUD_IAM_PROFILE_ID, and that the virtual server's metadata service is enabled",
} as const;

/** The library's error may carry the request with its token: only its message, and IAM's own, go on. */
function refused({ type }: WithProfile, error: unknown): KeysteadError {
  const body: unknown = isObject(error) ? error['result'] : undefined;
  const code = isObject(body) && typeof body['errorCode'] === 'string' ? `${body['errorCode']}: ` : '';
  const message = error instanceof Error ? error.message : String(error);
  return new KeysteadError('LOGIN_REFUSED', `the login (${type}) failed: ${code}${message.replace(/\.$/, '')}`, {
    remedy: HELP[type],
  });
}

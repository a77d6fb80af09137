import { KeysteadError } from '../../model/errors.ts';
import { given } from '../../model/json.ts';

/** A trusted profile: its id, its CRN, or its name with the account that it is in. */
export type Profile =
  | { readonly id: string }
  | { readonly crn: string }
  | { readonly name: string; readonly account?: string };

/** How to log in. The words are those of `ibm-cloud-sdk-core`. */
export type Credentials =
  | { readonly type: 'iam'; readonly apiKey: string }
  /** With an API key that may assume the profile. */
  | { readonly type: 'iamAssume'; readonly apiKey: string; readonly profile: Profile }
  /** With the token that a cluster or Code Engine puts into a file; without a name the usual files are tried. */
  | { readonly type: 'container'; readonly profile: Profile; readonly crTokenFile?: string }
  /** With the identity of a virtual server; without a profile the one that it is linked to. */
  | { readonly type: 'vpc'; readonly profile?: Profile; readonly metadataUrl?: string };

type Env = Readonly<Record<string, string | undefined>>;

/** What names a login, each as `IC_…` and as `IBMCLOUD_…`. Source: platform reference, "Provider bootstrap", "Configuration". */
const NAMES = [
  'API_KEY',
  'AUTH_TYPE',
  'IAM_PROFILE_ID',
  'IAM_PROFILE_NAME',
  'ACCOUNT_ID',
  'CR_TOKEN_FILENAME',
  'AUTH_URL',
] as const;

/** Every variable that takes part in a login: a run on an emulator of its own leaves them all aside. */
export const loginVariables: readonly string[] = [
  ...NAMES.flatMap((name) => [`IC_${name}`, `IBMCLOUD_${name}`]),
  'IBM_CREDENTIALS_FILE',
];

/** An environment without its login. */
export function withoutLogin(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !loginVariables.includes(name)));
}

/**
 * Reads how to log in, as IBM's provider for Terraform and IBM's SDKs name it. Without `AUTH_TYPE` an API key logs in by
 * itself, with a profile it assumes that one, and a profile alone means a container.
 *
 * @throws KeysteadError `NO_API_KEY` when there is nothing to log in with; `BAD_LOGIN` naming the variable that is wrong
 */
export function credentialsFrom(env: Env): Credentials {
  const read = (name: (typeof NAMES)[number]): string | undefined =>
    env[`IC_${name}`]?.trim() || env[`IBMCLOUD_${name}`]?.trim() || undefined;
  const apiKey = read('API_KEY');
  const profile = profileOf(read('IAM_PROFILE_ID'), read('IAM_PROFILE_NAME'), read('ACCOUNT_ID'));
  const type = read('AUTH_TYPE') ?? usual(apiKey, profile);
  switch (type.toLowerCase()) {
    case 'iam':
      return { type: 'iam', apiKey: apiKey ?? missingKey() };
    case 'iamassume':
      return { type: 'iamAssume', apiKey: apiKey ?? missingKey(), profile: assumed(profile) };
    case 'container':
      return { type: 'container', profile: inContainer(profile), ...given({ crTokenFile: read('CR_TOKEN_FILENAME') }) };
    case 'vpc':
      return { type: 'vpc', ...given({ profile, metadataUrl: read('AUTH_URL') }) };
    default:
      throw wrong('IBMCLOUD_AUTH_TYPE', `is ${JSON.stringify(type)}`, 'iam, iamAssume, container or vpc');
  }
}

function usual(apiKey: string | undefined, profile: Profile | undefined): string {
  if (apiKey !== undefined) return profile === undefined ? 'iam' : 'iamAssume';
  return profile === undefined ? missingKey() : 'container';
}

function profileOf(id?: string, name?: string, account?: string): Profile | undefined {
  if (id !== undefined && name !== undefined) {
    throw wrong('IBMCLOUD_IAM_PROFILE_NAME', 'is set beside IBMCLOUD_IAM_PROFILE_ID', 'one of them');
  }
  if (id !== undefined) return id.startsWith('crn:') ? { crn: id } : { id };
  return name === undefined ? undefined : given({ name, account });
}

/** A name alone says nothing of the account that the profile is in. Source: platform reference, "Configuration". */
function assumed(profile: Profile | undefined): Profile {
  if (profile === undefined) throw wrong('IBMCLOUD_IAM_PROFILE_ID', 'is not set', 'the profile to assume');
  if ('name' in profile && profile.account === undefined) {
    throw wrong('IBMCLOUD_ACCOUNT_ID', 'is not set', 'the account of the profile, or give the profile by its id');
  }
  return profile;
}

function inContainer(profile: Profile | undefined): Profile {
  if (profile === undefined) throw wrong('IBMCLOUD_IAM_PROFILE_ID', 'is not set', 'the profile of the container');
  if ('crn' in profile) throw wrong('IBMCLOUD_IAM_PROFILE_ID', 'is a CRN', 'the id: containers take no CRN');
  return profile;
}

function wrong(variable: string, what: string, takes: string): KeysteadError {
  return new KeysteadError('BAD_LOGIN', `${variable} ${what}`, { remedy: `set it to ${takes}` });
}

function missingKey(): never {
  throw new KeysteadError('NO_API_KEY', 'no API key: IBMCLOUD_API_KEY is not set', {
    remedy:
      'set IBMCLOUD_API_KEY (or IC_API_KEY) to an IBM Cloud API key, or IBMCLOUD_IAM_PROFILE_ID to a trusted profile',
  });
}

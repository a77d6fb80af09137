import { isObject, type Members } from './json.ts';

/** How the emulator takes what sources leave open or disagree about: as a client hopes, or as it fears. */
export type Disposition = 'kind' | 'harsh';

/** What can be tuned while the emulator runs. All durations are milliseconds of emulator time. */
export interface Settings {
  /** Given alone, it brings its own lags and rations with it (`dispositions`); what is given beside it wins. */
  readonly disposition: Disposition;
  /** From a create to `active`, for services that provision in the background. */
  readonly provisioningMs: number;
  /** The same for single services, by their catalog names. */
  readonly provisioningMsOf: Readonly<Record<string, number>>;
  /** From an authorization's write to its effect on services. */
  readonly propagationMs: number;
  /** From a change to its showing in Global Search. */
  readonly searchLagMs: number;
  /** From an authorization's create to its showing in list and GET. */
  readonly policyReadAfterWriteMs: number;
  /** From a deployment's deletion to its service unregistering from the key. */
  readonly registrationLingerMs: number;
  /** From a key's lifecycle event to the service acting on it. */
  readonly serviceReactionMs: number;
  /** From a delete of an instance to its showing as deleted. */
  readonly deletionSettleMs: number;
  /** From the removal of a key's alias to its name being free again. */
  readonly aliasReuseMs: number;
  /** From a key's expiration to its being deactivated. */
  readonly expirationLagMs: number;
  /** From a call of the Cloud Databases API to its task being done. */
  readonly taskMs: number;
  /** How long an access token lasts; IBM's last an hour. */
  readonly tokenLifetimeMs: number;
  /** Services whose provisioning ends in `failed`. */
  readonly failProvisioning: readonly string[];
  /** From an instance's create to its tags being open to anybody: reads and attachments are 403 before. */
  readonly tagDenialMs: number;
  /** How many reads of tags a caller has in a minute; 0: as many as wanted. */
  readonly tagReadsPerMinute: number;
  /** From a key's deletion to its ring and its instance no longer holding it. */
  readonly emptyingMs: number;
  /** How many calls of Resource Controller a caller has in a minute, of each method; 0: as many as wanted. */
  readonly controllerCallsPerMinute: number;
  /** Reason code of the 404 for a key that is asked for by an alias that no key has. */
  readonly absentAliasCode: string;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Disposed = Pick<
  Settings,
  | 'policyReadAfterWriteMs'
  | 'searchLagMs'
  | 'tagDenialMs'
  | 'tagReadsPerMinute'
  | 'emptyingMs'
  | 'controllerCallsPerMinute'
  | 'absentAliasCode'
>;

/**
 * The lags and rations of each disposition. `kind`: IBM's provider reads tags by Search right after it attached them, and
 * IBM's suites read policies right after they wrote them. `harsh`: what was seen once, or is said without a number.
 * Source: terraform-provider-ibm issues 3573 and 4413 (policies), 1276 and 3874 (tags), 4837 (rings);
 * platform-services-python-sdk issue 197 (100 reads of tags); ManageIQ's recordings (100 calls of Resource Controller).
 * That an absent alias has a code of its own is judged; the probe `alias-not-found` of `doctor` would settle it.
 */
const dispositions: Readonly<Record<Disposition, Disposed>> = {
  kind: {
    policyReadAfterWriteMs: 0,
    searchLagMs: 100,
    tagDenialMs: 0,
    tagReadsPerMinute: 0,
    emptyingMs: 0,
    controllerCallsPerMinute: 0,
    absentAliasCode: 'KEY_NOT_FOUND_ERR',
  },
  harsh: {
    policyReadAfterWriteMs: SECOND,
    searchLagMs: 20 * SECOND,
    tagDenialMs: 20 * SECOND,
    tagReadsPerMinute: 100,
    emptyingMs: MINUTE,
    controllerCallsPerMinute: 100,
    absentAliasCode: 'KEY_ALIAS_NOT_FOUND_ERR',
  },
};

/** Short waits, so that a first try takes seconds; only the registration keeps its real length. */
export const defaultSettings: Settings = {
  disposition: 'kind',
  ...dispositions.kind,
  provisioningMs: 2 * SECOND,
  provisioningMsOf: {},
  propagationMs: SECOND,
  registrationLingerMs: 9 * DAY,
  serviceReactionMs: SECOND,
  deletionSettleMs: 0,
  aliasReuseMs: 0,
  expirationLagMs: 0,
  taskMs: SECOND,
  tokenLifetimeMs: HOUR,
  failProvisioning: [],
};

/** Settings with some of them changed: a disposition first, with what it brings, then what is named beside it. */
export function changed(settings: Settings, part: Partial<Settings>): Settings {
  return { ...settings, ...(part.disposition === undefined ? {} : dispositions[part.disposition]), ...part };
}

/**
 * What the cloud takes, as far as it is known; it goes with either disposition.
 * Source: deployments reference, "Clocks" (provisioning 10 to 45 minutes, of Event Streams up to 3 hours, authorizations about 30 s, reaction up to 4 h);
 * platform reference, "Limits, headers, consistency, paging" (deletion up to 20 s, search seconds to minutes);
 * Key Protect reference, "Consistency windows" (aliases up to 5 minutes, expiration up to an hour).
 */
export const realisticSettings: Partial<Settings> = {
  provisioningMs: 20 * MINUTE,
  provisioningMsOf: { messagehub: 3 * HOUR },
  propagationMs: 30 * SECOND,
  searchLagMs: 30 * SECOND,
  policyReadAfterWriteMs: 2 * SECOND,
  registrationLingerMs: 9 * DAY,
  serviceReactionMs: 4 * HOUR,
  deletionSettleMs: 20 * SECOND,
  aliasReuseMs: 5 * MINUTE,
  expirationLagMs: HOUR,
  // Judged: no source says how long a task takes.
  taskMs: MINUTE,
};

/**
 * Checks settings that came from outside.
 * @returns the part that was given, or a sentence saying what is wrong with it
 */
export function readSettings(given: Members): Partial<Settings> | string {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaultSettings, name)) {
      return `there is no setting "${name}"; there are ${Object.keys(defaultSettings).join(', ')}`;
    }
    const fault = faultOf(name, value);
    if (fault !== undefined) return `${name} must be ${fault}`;
  }
  return given as Partial<Settings>;
}

/** What a setting must be, where it is not. */
function faultOf(name: string, value: unknown): string | undefined {
  switch (name) {
    case 'disposition':
      return Object.hasOwn(dispositions, String(value)) ? undefined : 'kind or harsh';
    case 'absentAliasCode':
      return typeof value === 'string' && value !== '' ? undefined : 'a reason code';
    case 'failProvisioning':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
        ? undefined
        : 'an array of service names';
    case 'provisioningMsOf':
      return isObject(value) && Object.values(value).every(isAmount)
        ? undefined
        : 'an object of numbers of milliseconds, by service';
    default:
      if (isAmount(value)) return undefined;
      return name.endsWith('Ms') ? 'a number of milliseconds, 0 or more' : 'a number, 0 or more';
  }
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

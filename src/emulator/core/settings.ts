import { isObject, type Members } from './json.ts';

/** What can be tuned while the emulator runs. All durations are milliseconds of emulator time. */
export interface Settings {
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
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Short waits, so that a first try takes seconds; only the registration keeps its real length. */
export const defaultSettings: Settings = {
  provisioningMs: 2 * SECOND,
  provisioningMsOf: {},
  propagationMs: SECOND,
  searchLagMs: SECOND,
  policyReadAfterWriteMs: SECOND,
  registrationLingerMs: 9 * DAY,
  serviceReactionMs: SECOND,
  deletionSettleMs: 0,
  aliasReuseMs: 0,
  expirationLagMs: 0,
  taskMs: SECOND,
  tokenLifetimeMs: HOUR,
  failProvisioning: [],
};

/**
 * What the cloud takes, as far as it is known.
 * Source: deployments reference, "Clocks" (provisioning 10 to 45 minutes, of Event Streams up to 3 hours, authorizations about 30 s, reaction up to 4 h);
 * platform reference, "Limits, headers, consistency, paging" (deletion up to 20 s, search seconds to minutes);
 * Key Protect reference, "Consistency windows" (aliases up to 5 minutes, expiration up to an hour).
 */
export const realisticSettings: Settings = {
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
  tokenLifetimeMs: HOUR,
  failProvisioning: [],
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
    const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
    const isByService = isObject(value) && Object.values(value).every(isDuration);
    if (name === 'failProvisioning' && !isList) return 'failProvisioning must be an array of service names';
    if (name === 'provisioningMsOf' && !isByService) {
      return 'provisioningMsOf must be an object of numbers of milliseconds, by service';
    }
    const isNumber = name !== 'failProvisioning' && name !== 'provisioningMsOf';
    if (isNumber && !isDuration(value)) return `${name} must be a number of milliseconds, 0 or more`;
  }
  return given as Partial<Settings>;
}

function isDuration(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

import { type DestinationStream, type Logger, pino } from 'pino';

/** Facts first, then a constant message. Everything but `silent` goes to stderr, one JSON object a line. */
export type Log = Pick<Logger, Exclude<LogLevel, 'silent'>>;

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

const HIDDEN = '[redacted]';
/** Names that carry secrets, without regard to case, hyphens and underscores. `payload` is key material. */
const secretNames = new Set([
  'apikey',
  'iamapikey',
  'authorization',
  'accesstoken',
  'refreshtoken',
  'payload',
  'password',
]);
/** What a secret looks like where no name gives it away: a bearer token, a JSON Web Token, an apikey form field. */
const secretText = /Bearer\s+[^\s"',]+|eyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=\bapikey=)[^\s&"']+/gi;

/**
 * A copy of a value without secrets, at any depth: members of a telling name are hidden whole, and texts lose tokens.
 * Errors become `{ type, message, code, facts, stack }`: never their `cause`, which may hold a client's options.
 */
export function redact(value: unknown): unknown {
  return copy(value, new Set());
}

function copy(value: unknown, above: ReadonlySet<object>): unknown {
  if (typeof value === 'string') return value.replace(secretText, HIDDEN);
  if (typeof value !== 'object' || value === null) return value;
  if (above.has(value)) return '[circular]';
  const within = new Set([...above, value]);
  if (Array.isArray(value)) return value.map((item) => copy(item, within));
  if (value instanceof Date) return value.toISOString();
  const source = value instanceof Error ? described(value) : value;
  return Object.fromEntries(
    Object.entries(source).map(([name, item]) => [name, isSecret(name) ? HIDDEN : copy(item, within)]),
  );
}

function isSecret(name: string): boolean {
  return secretNames.has(name.toLowerCase().replace(/[-_]/g, ''));
}

function described(error: Error): object {
  return {
    type: error.name,
    message: error.message,
    ...('code' in error ? { code: error.code } : {}),
    ...('facts' in error ? { facts: error.facts } : {}),
    stack: error.stack,
  };
}

/**
 * The log of a run. pino's own `redact` takes paths of a known depth; `redact` here needs none, so it runs as a formatter.
 *
 * @param options.destination default: stderr, written synchronously, since a line may be the last thing a run says
 */
export function createLog(options: { readonly level?: LogLevel; readonly destination?: DestinationStream } = {}): Log {
  return pino(
    {
      level: options.level ?? 'warn',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }), log: (facts) => Object(redact(facts)) },
      serializers: { err: redact },
    },
    options.destination ?? pino.destination({ dest: 2, sync: true }),
  );
}

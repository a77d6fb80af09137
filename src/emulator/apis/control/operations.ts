import { addIdentities, type GivenIdentity, readIdentity, removeIdentities } from '../../core/account/add-identity.ts';
import { developer, type IdentityRecord, identities } from '../../core/account/identities.ts';
import { readDuration } from '../../core/clock.ts';
import { EmulatorError } from '../../core/emulator-error.ts';
import { readFaultRule } from '../../core/faults.ts';
import { isObject } from '../../core/json.ts';
import type { Control, Parts } from '../../core/server.ts';
import { readSettings } from '../../core/settings.ts';
import type { BareCall, Reply, World } from '../../core/world.ts';
import { playService, servicesOf } from './services.ts';
import { statusPage } from './status-page.ts';

/** Every control call lies under it. */
const prefix = '/_emulator/';

/** Control calls need no token, meet no fault, and are not recorded as requests. */
function isControl(path: string): boolean {
  return path.startsWith(prefix);
}

/** Design 9. What a control call does, by method and the rest of its path. */
const handlers: Readonly<Record<string, (parts: Parts, body: unknown) => Reply>> = {
  'GET clock': (parts) => clock(parts),
  'POST clock': setClock,
  'GET faults': ({ faults }) => ok({ rules: faults.rules() }),
  'POST faults': addFaults,
  'DELETE faults': ({ faults }) => {
    faults.clear();
    return { status: 204 };
  },
  'GET requests': ({ requests }) => ok({ requests: requests.all() }),
  'GET events': ({ engine }) => ok({ events: engine.events() }),
  'GET state': ({ engine }) => ok(engine.state()),
  'GET settings': ({ engine }) => ok(engine.settings),
  'POST settings': changeSettings,
  'GET identities': (parts) => ok({ identities: identitiesOf(parts).list() }),
  'POST identities': (parts, body) => orBad('identities', postIdentities(parts, body)),
  'DELETE identities': (parts) => {
    identitiesOf(parts).clear();
    return { status: 204 };
  },
  'GET services': (parts) => ok({ services: servicesOf(parts).list() }),
  'POST services/register': (parts, body) => orBad('services', playService(parts, 'register', body)),
  'POST services/unregister': (parts, body) => orBad('services', playService(parts, 'unregister', body)),
  'POST services/prevent-deletion': (parts, body) => orBad('services', playService(parts, 'prevent-deletion', body)),
  'POST reset': (parts) => {
    resetAll(parts);
    return { status: 204 };
  },
};

/** Answers one control call. Bad input is a 400 with one message; nothing is changed then. */
function answerControl(parts: Parts, call: BareCall, text: string): Reply {
  const rest = call.path.slice(prefix.length).replace(/\/$/, '');
  const key = `${call.method} ${rest}`;
  const handler = Object.hasOwn(handlers, key) ? handlers[key] : undefined;
  if (handler === undefined) return refuse(501, 'not_emulated', `${call.method} ${call.path} is not a control call.`);
  if (text.trim() === '') return handler(parts, undefined);
  try {
    return handler(parts, JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return bad('the body is not JSON');
    throw error;
  }
}

/** The control calls and the page, as the server has them. */
export const control: Control = { owns: isControl, answer: answerControl, page: statusPage };

/** Back to the account of the start, with its seed: also no faults, and no requests so far. */
export function resetAll({ engine, faults, requests, sow }: Parts): void {
  engine.reset();
  sow();
  faults.clear();
  requests.clear();
}

function clock({ engine }: Parts): Reply {
  return ok({ now: engine.now().toISOString() });
}

function setClock(parts: Parts, body: unknown): Reply {
  const hint = 'send {"advance": "P9D"} or {"set": "2026-01-31T12:00:00Z"}';
  if (!isObject(body) || Object.keys(body).length !== 1) return bad(hint);
  const { advance, set } = body;
  if (typeof advance === 'string') {
    const ms = readDuration(advance);
    if (ms === undefined) return bad(`"${advance}" is not an ISO 8601 duration of weeks to seconds; ${hint}`);
    return moveTo(parts, parts.engine.now().getTime() + ms);
  }
  if (typeof set !== 'string') return bad(hint);
  // A date without a zone would be read in this machine's own.
  if (!/T.*(Z|[+-]\d\d:?\d\d)$/.test(set) || Number.isNaN(Date.parse(set)) || !isDay(set)) {
    return bad(`"${set}" is not an ISO 8601 date and time with a zone; ${hint}`);
  }
  return moveTo(parts, Date.parse(set));
}

/** `Date` takes 31 February for 3 March. */
function isDay(set: string): boolean {
  const [day = ''] = set.split('T');
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

function moveTo(parts: Parts, ms: number): Reply {
  if (Number.isNaN(new Date(ms).getTime())) return bad('that is further than a date can be');
  parts.engine.moveClock(ms - parts.engine.now().getTime());
  return clock(parts);
}

function addFaults({ faults }: Parts, body: unknown): Reply {
  const rules = (Array.isArray(body) ? body : [body]).map(readFaultRule);
  const wrong = rules.find((rule) => typeof rule === 'string');
  if (wrong !== undefined) return bad(String(wrong));
  for (const rule of rules) if (typeof rule !== 'string') faults.add(rule);
  return { status: 201, body: { rules: faults.rules() } };
}

function changeSettings({ engine }: Parts, body: unknown): Reply {
  if (!isObject(body)) return bad('send an object with the settings to change');
  const part = readSettings(body);
  if (typeof part === 'string') return bad(part);
  engine.changeSettings(part);
  return ok(engine.settings);
}

function orBad(name: string, result: string | readonly unknown[]): Reply {
  return typeof result === 'string' ? bad(result) : ok({ [name]: result });
}

function ok(body: unknown): Reply {
  return { status: 200, body };
}

function bad(message: string): Reply {
  return refuse(400, 'bad_request', message);
}

function refuse(status: number, code: string, message: string): Reply {
  return { status, body: { errors: [{ code, message }], status_code: status } };
}

/** Who there is beside the default identity, and what each may do. */
export interface Identities {
  /** The default one first; without API keys. */
  list(): readonly IdentityRecord[];
  /**
   * Adds one, or changes the one of that name.
   * @throws EmulatorError for a name or an API key that is taken
   */
  add(given: GivenIdentity): void;
  /** Removes all but the default one. */
  clear(): void;
}

export function identitiesOf({ engine }: Pick<Parts, 'engine'>): Identities {
  const act = <T>(work: (world: World) => T): T => engine.transact(work);
  return {
    list: () => act(({ store }) => [developer, ...identities(store).all()]),
    add: (given) => act((world) => addIdentities(world, [given])),
    clear: () => act(removeIdentities),
  };
}

/**
 * `POST /_emulator/identities`: one or several; all of them or none.
 * @returns everyone there is afterwards, or a sentence saying what is wrong
 */
function postIdentities(parts: Parts, body: unknown): readonly IdentityRecord[] | string {
  const given = (Array.isArray(body) ? body : [body]).map(readIdentity);
  const wrong = given.find((one) => typeof one === 'string');
  if (typeof wrong === 'string') return wrong;
  try {
    parts.engine.transact((world) =>
      addIdentities(
        world,
        given.filter((one) => typeof one !== 'string'),
      ),
    );
  } catch (error) {
    if (error instanceof EmulatorError) return `${error.message} ${error.remedy}`;
    throw error;
  }
  return identitiesOf(parts).list();
}

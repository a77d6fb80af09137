import type { Server } from 'node:http';
import { type Identities, identitiesOf } from './control/identities.ts';
import { resetAll } from './control/operations.ts';
import { type Services, servicesOf } from './control/services.ts';
import { EmulatorError, systemCode } from './emulator-error.ts';
import { Engine } from './engine.ts';
import { environmentFor } from './environment.ts';
import { type FaultRule, makeFaults } from './faults.ts';
import { addIdentities, type GivenIdentity } from './iam/add-identity.ts';
import { signingKeyTable } from './iam/signing-key.ts';
import { openLogFile } from './log-file.ts';
import type { Parts } from './parts.ts';
import { makeRequestLog, type RequestRecord } from './request-log.ts';
import { makeRoute } from './router.ts';
import { makeServer } from './server.ts';
import { defaultSettings } from './settings.ts';
import { operations, timers } from './surface.ts';
import { Tables } from './tables.ts';
import type { ActivityEvent, Json, Settings } from './world.ts';

/** How to start. Without `dataFile` everything is in memory; without `port` a free one is taken. */
export interface EmulatorOptions {
  readonly port?: number;
  /** 127.0.0.1 (default), ::1 or localhost. */
  readonly host?: string;
  readonly dataFile?: string;
  readonly settings?: Partial<Settings>;
  /** Who there is beside the one that may do everything. */
  readonly identities?: readonly GivenIdentity[];
}

/** A running emulator. */
export interface Emulator {
  /** For example `http://127.0.0.1:4577`. */
  readonly url: string;
  /** What points clients at it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: { now(): Date; advance(ms: number): void; set(date: Date): void };
  readonly faults: { add(rule: FaultRule): void; clear(): void };
  readonly settings: { read(): Settings; change(part: Partial<Settings>): void };
  /** Plays services that are not deployments here, and shows what no API does: who is locked, who unregisters when. */
  readonly services: Services;
  /** Service IDs and users with fewer roles than the default identity, which may do everything. */
  readonly identities: Identities;
  /** In the order in which they ended; control calls are not among them. */
  requests(): readonly RequestRecord[];
  /** The activity log. */
  events(): readonly ActivityEvent[];
  /** Every table by name, its records by id; secrets are left out. */
  state(): Json;
  /** Back to a fresh account at real time; requests and faults are cleared, tokens stay valid. */
  reset(): void;
  /** Cuts open connections and gives the port and the data file back. */
  close(): Promise<void>;
}

/**
 * Starts an emulator of the IBM Cloud APIs on one loopback port. Design 9.
 *
 * @throws EmulatorError when the port is taken, the data file is locked, damaged or not writable, or two identities are
 *         one
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const tables = new Tables();
  const log = options.dataFile === undefined ? undefined : openLogFile(options.dataFile, tables);
  const settings = { ...defaultSettings, ...options.settings };
  const engine = new Engine({ tables, log, timers, settings, spared: signingKeyTable });
  const initial = options.identities ?? [];
  const parts: Parts = { engine, faults: makeFaults(), requests: makeRequestLog(), initial };
  let url = '';
  const server = makeServer(parts, makeRoute(operations), () => url);
  try {
    engine.transact((world) => addIdentities(world, initial));
    url = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  } catch (error) {
    engine.close();
    throw error;
  }
  return face(parts, url, server);
}

function face(parts: Parts, url: string, server: Server): Emulator {
  const { engine, faults, requests } = parts;
  return {
    url,
    environment: environmentFor(url),
    clock: {
      now: () => engine.now(),
      advance: (ms) => engine.moveClock(ms),
      set: (date) => engine.moveClock(date.getTime() - engine.now().getTime()),
    },
    faults,
    settings: { read: () => engine.settings, change: (part) => engine.changeSettings(part) },
    services: servicesOf(parts),
    identities: identitiesOf(parts),
    requests: () => requests.all(),
    events: () => {
      engine.runDueTimers();
      return engine.events();
    },
    state: () => {
      engine.runDueTimers();
      return engine.state();
    },
    reset: () => resetAll(parts),
    close: async () => {
      if (!server.listening) return;
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      engine.close();
    },
  };
}

/** Anyone who reaches the port has the account, so it is never opened to the network. */
const loopback: readonly string[] = ['127.0.0.1', '::1', 'localhost'];

function listen(server: Server, port: number, host: string): Promise<string> {
  if (!loopback.includes(host)) {
    const message = `The emulator does not listen on ${host}: it serves this machine only.`;
    return Promise.reject(new EmulatorError(message, `Use one of ${loopback.join(', ')}.`));
  }
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(port, host, error)));
    server.listen({ port, host }, () => {
      const address = server.address();
      const actual = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`http://${host === '::1' ? '[::1]' : host}:${actual}`);
    });
  });
}

function cannotListen(port: number, host: string, error: Error): EmulatorError {
  const remedy = 'Choose another port with --port, or 0 for any free one.';
  const message =
    systemCode(error) === 'EADDRINUSE'
      ? `Port ${port} of ${host} is in use by another process.`
      : `Port ${port} of ${host} cannot be opened: ${error.message}.`;
  return new EmulatorError(message, remedy, { cause: error });
}

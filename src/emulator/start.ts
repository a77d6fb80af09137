import type { Server } from 'node:http';
import { control, type Identities, identitiesOf, resetAll } from './apis/control/operations.ts';
import { type Services, servicesOf } from './apis/control/services.ts';
import { keepSigningKey, signingKeyTable } from './apis/iam/token.ts';
import { givenKeysTable, keepTransportKeys } from './apis/key-protect/import-token.ts';
import type { GivenIdentity } from './core/account/add-identity.ts';
import { accountOf, accountTable, keepAccount } from './core/account.ts';
import { Engine } from './core/engine.ts';
import { type FaultRule, makeFaults } from './core/faults.ts';
import { isLoopback, listen } from './core/listen.ts';
import { type LogFile, openLogFile } from './core/log-file.ts';
import { makeRequestLog, type RequestRecord } from './core/request-log.ts';
import { makeRoute } from './core/router.ts';
import { makeServer, type Parts } from './core/server.ts';
import { changed, defaultSettings } from './core/settings.ts';
import { Tables } from './core/tables.ts';
import type { ActivityEvent, Json, Settings } from './core/world.ts';
import { environmentFor } from './environment.ts';
import type { Seed } from './seed/seed.ts';
import { sow } from './seed/sow.ts';
import { operations, ports, reactions, timers } from './surface.ts';

/** How to start. Without `dataFile` everything is in memory; without `port` a free one is taken. */
export interface EmulatorOptions {
  readonly port?: number;
  /** 127.0.0.1 (default), ::1 or localhost; another one only with `allowNetwork`. */
  readonly host?: string;
  /** Lets other machines in, which then have the whole account: there is no check of who they are. */
  readonly allowNetwork?: boolean;
  /** Further names of this machine: of a proxy in front, or a page whose control calls are taken. */
  readonly allowHosts?: readonly string[];
  readonly dataFile?: string;
  readonly settings?: Partial<Settings>;
  /** What goes wrong from the first request on; a reset takes it away. */
  readonly faults?: readonly FaultRule[];
  /** The time that the clock starts at, where the data file does not say another; absent: real time. */
  readonly now?: Date;
  /** Who there is beside the one that may do everything. */
  readonly identities?: readonly GivenIdentity[];
  /** What there is in the account from the start: its settings give way to the ones here, its identities are added. */
  readonly seed?: Seed;
  /** The RSA key that tokens are signed with, as PKCS #8 in PEM; absent: one is made, which takes a tenth of a second. */
  readonly signingKey?: string;
  /** The RSA keys that import tokens take in turn, as PKCS #8 in PEM; absent: each takes a new one, which takes as long. */
  readonly transportKeys?: readonly string[];
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
 * @throws EmulatorError when the port is taken or not of this machine, the data file is locked, damaged or not writable,
 *         two identities are one, or a part of the seed is refused or of another account
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const tables = new Tables();
  const log = options.dataFile === undefined ? undefined : openLogFile(options.dataFile, tables);
  const isFresh = tables.records().length === 0;
  const settings = changed(defaultSettings, { ...options.seed?.settings, ...options.settings });
  const account = accountIn(tables, isFresh, options.seed?.account, log);
  const engine = new Engine({
    tables,
    log,
    timers,
    reactions,
    ports,
    settings,
    account,
    spared: [signingKeyTable, givenKeysTable, accountTable],
  });
  const route = makeRoute(operations);
  const identities = [...(options.seed?.identities ?? []), ...(options.identities ?? [])];
  let url = '';
  const sowSeed = (): void => sow(engine, route, url, { ...options.seed, identities });
  const parts: Parts = { engine, faults: makeFaults(), requests: makeRequestLog(), sow: sowSeed };
  for (const rule of options.faults ?? []) parts.faults.add(rule);
  const { host = '127.0.0.1', port = 0, allowNetwork = false, allowHosts = [], now } = options;
  const { signingKey, transportKeys } = options;
  // Clients cut their own address off the front of links: other machines know this one by a name of their own.
  const originOf = (sent: string | undefined) => (isLoopback(host) || sent === undefined ? url : `http://${sent}`);
  const callers = { allowHosts, network: !isLoopback(host) };
  const server = makeServer({ parts, route, control, callers, originOf });
  try {
    engine.transact(({ store }) => keepAccount(store, account));
    if (signingKey !== undefined) engine.transact(({ store }) => keepSigningKey(store, signingKey));
    if (transportKeys !== undefined) engine.transact(({ store }) => keepTransportKeys(store, transportKeys));
    if (now !== undefined && isFresh) engine.moveClock(now.getTime() - engine.now().getTime());
    url = await listen(server, { port, host, allowNetwork });
    sowSeed();
  } catch (error) {
    server.close();
    engine.close();
    throw error;
  }
  return face(parts, url, server);
}

/** Gives the data file back where it is another account's. */
function accountIn(tables: Tables, isFresh: boolean, seeded: string | undefined, log: LogFile | undefined): string {
  try {
    return accountOf(tables, isFresh, seeded);
  } catch (error) {
    log?.close();
    throw error;
  }
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

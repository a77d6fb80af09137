import { type Connection, connect } from '../cloud/connect.ts';
import { endpointsFrom, visibilityFrom } from '../cloud/endpoints.ts';
import { credentialsFrom, withoutLogin } from '../cloud/login/credentials.ts';
import { proxyFrom } from '../cloud/proxy.ts';
import { createLog, type LogLevel } from '../log.ts';
import { given } from '../model/json.ts';
import { kinds, type PlanContext } from '../pipeline.ts';
import { withCredentialsFile } from './credentials-file.ts';
import type { Host } from './host.ts';
import { startOwnEmulator } from './own-emulator.ts';

export interface ConnectOptions {
  readonly logLevel: LogLevel;
  /** Runs the emulator inside this process. */
  readonly emulator?: boolean;
  readonly emulatorFile: string;
  /** Most requests a second, to all hosts together. */
  readonly maxRps?: number;
}

export interface Session {
  readonly connection: Connection;
  /** For the plan's header: `public`, `private`, `emulator` for one of this process's own, or the URL of an override. */
  readonly endpoints: string;
  /** What a plan is made in: a view that has listed nothing yet. @param consents the words of `--allow` */
  planning(consents?: readonly string[]): PlanContext;
  close(): Promise<void>;
}

/**
 * Logs in lazily to what the environment names, or to an emulator of this process's own.
 *
 * @throws KeysteadError `NO_API_KEY`, `BAD_LOGIN`, `BAD_ENDPOINT`, `BAD_VISIBILITY`, `BAD_PROXY`, naming the variable
 */
export async function openSession(
  options: ConnectOptions,
  { env, stderr, clock }: Host,
  signal: AbortSignal,
): Promise<Session> {
  const emulator = options.emulator ? await startOwnEmulator({ data: options.emulatorFile }) : undefined;
  // Its environment alone counts then: a real account's key must never meet an emulator, nor the other way round.
  const effective = emulator ? { ...withoutLogin(env), ...emulator.environment } : env;
  const credentials = credentialsFrom(await withCredentialsFile(effective));
  const endpoints = endpointsFrom(effective, visibilityFrom(effective));
  const proxy = proxyFrom(effective);
  const log = createLog({ level: options.logLevel, destination: stderr });
  const connection = connect({
    credentials,
    endpoints,
    log,
    signal,
    proxy,
    maxRps: options.maxRps,
    ...given({ clock }),
  });
  const { custom, visibility } = endpoints;
  const label = emulator ? 'emulator' : custom.join(', ') || visibility;
  return {
    connection,
    endpoints: label,
    planning: (consents = []) => ({
      kinds,
      reader: connection.reader(),
      endpoints: label,
      now: connection.now,
      consents,
    }),
    close: async () => await emulator?.close(),
  };
}

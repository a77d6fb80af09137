import { type Connection, connect } from '../cloud/connect.ts';
import { endpointsFrom } from '../cloud/endpoints.ts';
import { createLog, type LogLevel } from '../log.ts';
import { KeysteadError } from '../model/errors.ts';

export interface ConnectOptions {
  readonly logLevel: LogLevel;
  /** Runs the emulator inside this process. */
  readonly emulator?: boolean;
  readonly emulatorFile: string;
}

export interface Session {
  readonly connection: Connection;
  /** For the plan's header: `public`, `private`, or the URL of an override. */
  readonly endpoints: string;
  close(): Promise<void>;
}

/**
 * Logs in lazily to what the environment names, or to an emulator of this process's own.
 *
 * @throws KeysteadError `NO_API_KEY` naming the variable
 */
export async function openSession(
  options: ConnectOptions,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Session> {
  const emulator = options.emulator ? await startOwnEmulator(options.emulatorFile) : undefined;
  const effective: NodeJS.ProcessEnv = { ...env, ...emulator?.environment };
  const apiKey = effective['IC_API_KEY'] || effective['IBMCLOUD_API_KEY'];
  if (!apiKey) {
    throw new KeysteadError('NO_API_KEY', 'no API key: neither IBMCLOUD_API_KEY nor IC_API_KEY is set', {
      remedy: 'export IBMCLOUD_API_KEY=…, or add --emulator to try without an account',
    });
  }
  const visibility = effective['IC_VISIBILITY'] === 'private' ? 'private' : 'public';
  const endpoints = endpointsFrom(effective, visibility);
  const log = createLog({ level: options.logLevel });
  return {
    connection: connect({ apiKey, endpoints, log, signal }),
    endpoints: endpoints.custom.length > 0 ? endpoints.custom.join(', ') : visibility,
    close: async () => await emulator?.close(),
  };
}

/** Loaded only here and by `emulate`: no other command pays for it. */
async function startOwnEmulator(dataFile: string) {
  const { startEmulator } = await import('../emulator/start.ts');
  const emulator = await startEmulator({ dataFile });
  // Its environment alone counts: a real account's key must never meet an emulator, nor the other way round.
  return { environment: { IC_API_KEY: undefined, ...emulator.environment }, close: () => emulator.close() };
}

import type { Emulator } from '../emulator/start.ts';
import { KeysteadError } from '../model/errors.ts';

/**
 * Starts an emulator inside this process. It is loaded only here and only now: no other command pays for it.
 *
 * @throws KeysteadError `EMULATOR` when the port is taken, or the data file is locked, damaged or not writable
 */
export async function startOwnEmulator(options: {
  readonly port?: number;
  readonly dataFile?: string;
  /** IBM Cloud's own delays instead of short ones. */
  readonly realistic?: boolean;
}): Promise<Emulator> {
  const [{ startEmulator }, { EmulatorError }, { realisticSettings }] = await Promise.all([
    import('../emulator/start.ts'),
    import('../emulator/emulator-error.ts'),
    import('../emulator/settings.ts'),
  ]);
  const { realistic, ...rest } = options;
  try {
    return await startEmulator({ ...rest, ...(realistic ? { settings: realisticSettings } : {}) });
  } catch (error) {
    if (!(error instanceof EmulatorError)) throw error;
    throw new KeysteadError('EMULATOR', error.message, { remedy: error.remedy, cause: error });
  }
}

import type { Emulator } from '../../src/emulator/start.ts';

/** The emulators of the test that runs, by their URL. */
export const running = new Map<string, Emulator>();

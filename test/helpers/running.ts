import type { Emulator } from '../../src/emulator/start.ts';

/** The emulators of the test that runs, by their URL. */
export const running = new Map<string, Emulator>();

/** Those whose clock is moved by what waits, commands in this process too. */
export const movedByWaits = new WeakSet<Emulator>();

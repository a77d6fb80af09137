/** What the package exports as `keystead/emulator`. */
export type { Identities } from './apis/control/operations.ts';
export type { Services } from './apis/control/services.ts';
export type { GivenIdentity } from './core/account/add-identity.ts';
export { EmulatorError } from './core/emulator-error.ts';
export type { Fault, FaultMatch, FaultRule } from './core/faults.ts';
export type { RequestRecord } from './core/request-log.ts';
export { defaultSettings, realisticSettings } from './core/settings.ts';
export type { ActivityEvent, Json, Settings } from './core/world.ts';
export { readSeed } from './seed/read.ts';
export type { Seed } from './seed/seed.ts';
export type { ServiceUse } from './services/by-hand.ts';
export { type Emulator, type EmulatorOptions, startEmulator } from './start.ts';

/** What the package exports as `keystead/emulator`. */
export type { Identities } from './control/identities.ts';
export type { Services } from './control/services.ts';
export { EmulatorError } from './emulator-error.ts';
export type { Fault, FaultMatch, FaultRule } from './faults.ts';
export type { GivenIdentity } from './iam/add-identity.ts';
export type { RequestRecord } from './request-log.ts';
export { readSeed } from './seed/read.ts';
export type { Seed } from './seed/seed.ts';
export type { ServiceUse } from './services/list.ts';
export { defaultSettings, realisticSettings } from './settings.ts';
export { type Emulator, type EmulatorOptions, startEmulator } from './start.ts';
export type { ActivityEvent, Json, Settings } from './world.ts';

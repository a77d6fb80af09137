import { connect } from '../../cloud/connect.ts';
import { endpointsFrom } from '../../cloud/endpoints.ts';
import { credentialsFrom } from '../../cloud/login/credentials.ts';
import type { Cloud } from '../../cloud/reader.ts';
import { createLog } from '../../log.ts';
import { KeysteadError } from '../../model/errors.ts';
import type { OwnEmulator } from '../own-emulator.ts';

/** The demo's world as others than Keystead see it: somebody at IBM's console, time, and the services themselves. */
export interface Outside {
  /** Gives a deployment so many workers. */
  scale(deployment: string, workers: number): Promise<void>;
  /** Moves the emulator's clock. */
  passTime(ms: number): void;
  /** Why the service has locked its deployment; undefined: it has not. */
  lockOf(deployment: string): Promise<string | undefined>;
  /** How long the emulator takes to provision; what takes a moment at IBM Cloud takes half of that. */
  setPace(provisioningMs: number): void;
}

export function outsideOf({ clock, environment, services, settings }: OwnEmulator): Outside {
  const cloud = connect({
    credentials: credentialsFrom(environment),
    endpoints: endpointsFrom(environment, 'public'),
    log: createLog({ level: 'warn' }),
  }).cloud();
  return {
    async scale(name, workers) {
      const { id } = await deploymentNamed(cloud, name);
      await cloud.updateInstance(id, { parameters: { worker_count: String(workers) } });
    },
    passTime: clock.advance,
    async lockOf(name) {
      const { crn } = await deploymentNamed(cloud, name);
      const lock = services.list().find(({ resource }) => resource === crn)?.locked ?? undefined;
      return lock && `locked since ${lock.since}: its key is ${lock.because}`;
    },
    setPace(provisioningMs) {
      const momentMs = provisioningMs / 2;
      settings.change({
        provisioningMs,
        propagationMs: momentMs,
        policyReadAfterWriteMs: 0,
        searchLagMs: momentMs,
        serviceReactionMs: momentMs,
      });
    },
  };
}

async function deploymentNamed(cloud: Cloud, name: string): Promise<{ readonly id: string; readonly crn: string }> {
  const [deployment] = await cloud.instancesNamed(name);
  if (deployment === undefined) throw new KeysteadError('DEMO', `the demo finds no deployment "${name}"`);
  return deployment;
}

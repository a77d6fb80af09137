import { connect } from '../../cloud/connect.ts';
import { endpointsFrom } from '../../cloud/endpoints.ts';
import { credentialsFrom } from '../../cloud/login/credentials.ts';
import type { Cloud } from '../../cloud/reader.ts';
import { createLog } from '../../log.ts';
import { KeysteadError } from '../../model/errors.ts';
import type { OwnEmulator } from '../own-emulator.ts';

export type Outside = ReturnType<typeof outsideOf>;

/** The demo's world as others than Keystead see it: somebody at IBM's console, time, and the services themselves. */
export function outsideOf({ clock, environment, services, settings }: OwnEmulator) {
  const cloud = connect({
    credentials: credentialsFrom(environment),
    endpoints: endpointsFrom(environment, 'public'),
    log: createLog({ level: 'warn' }),
  }).cloud();
  return {
    /** Gives a deployment so many workers. */
    scale: async (name: string, workers: number): Promise<void> => {
      const { id } = await deploymentNamed(cloud, name);
      await cloud.updateInstance(id, { parameters: { worker_count: String(workers) } });
    },
    /** Moves the emulator's clock, by milliseconds. */
    passTime: clock.advance,
    /** Why the service has locked its deployment; undefined: it has not. */
    lockOf: async (name: string): Promise<string | undefined> => {
      const { crn } = await deploymentNamed(cloud, name);
      const lock = services.list().find(({ resource }) => resource === crn)?.locked ?? undefined;
      return lock && `locked since ${lock.since}: its key is ${lock.because}`;
    },
    /** How long the emulator takes to provision; what takes a moment at IBM Cloud takes half of that. */
    setPace: (provisioningMs: number): void => {
      const momentMs = provisioningMs / 2;
      const isHarsh = settings.read().disposition === 'harsh';
      const harshMs = isHarsh ? momentMs : 0;
      settings.change({
        provisioningMs,
        propagationMs: momentMs,
        policyReadAfterWriteMs: harshMs,
        searchLagMs: momentMs,
        serviceReactionMs: momentMs,
        tagDenialMs: harshMs,
        emptyingMs: harshMs,
        // A minute is too long for a demo to wait.
        controllerCallsPerMinute: 0,
      });
    },
  };
}

async function deploymentNamed(cloud: Cloud, name: string): Promise<{ readonly id: string; readonly crn: string }> {
  const [deployment] = await cloud.instancesNamed(name);
  if (deployment === undefined) throw new KeysteadError('DEMO', `the demo finds no deployment "${name}"`);
  return deployment;
}

import { connect } from '../../cloud/connect.ts';
import { endpointsFrom } from '../../cloud/endpoints.ts';
import { createLog } from '../../log.ts';
import { KeysteadError } from '../../model/errors.ts';

/** Plays somebody in IBM's console who gives the demo's deployment five workers, and waits until that is done. */
export async function scaleBehindTheBack(environment: Readonly<Record<string, string>>): Promise<void> {
  const apiKey = environment['IBMCLOUD_API_KEY'] ?? '';
  const endpoints = endpointsFrom(environment, 'public');
  const cloud = connect({ apiKey, endpoints, log: createLog({ level: 'warn' }) }).cloud();
  const [deployment] = await cloud.instancesNamed('lakehouse');
  if (deployment === undefined) throw new KeysteadError('DEMO', 'the demo finds no deployment to scale');
  await cloud.updateInstance(deployment.id, { parameters: { worker_count: '5' } });
  for (;;) {
    const now = await cloud.instance(deployment.id);
    if (now?.last_operation?.state !== 'in progress') return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

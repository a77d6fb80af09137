import { expect } from '@jest/globals';
import type { Api } from './emulator.ts';
import { createInstance, text } from './platform.ts';

/** A PostgreSQL deployment, and the path of its inside. */
export async function postgresql(api: Api, parameters: Readonly<Record<string, unknown>> = {}) {
  const made = await createInstance(api, {
    name: 'pg',
    resource_plan_id: 'databases-for-postgresql-standard',
    parameters: { 'service-endpoints': 'private', ...parameters },
  });
  expect(made.status).toBe(202);
  const crn = text(made.body, 'crn');
  return { crn, path: `/v5/ibm/deployments/${encodeURIComponent(crn)}` };
}

/** Sends what starts a task and waits for it by its own resource. Most are accepted with 202, some with 200. */
export async function finished(api: Api, ...call: Parameters<Api>): Promise<unknown> {
  const started = await api(...call);
  const status = /\/(remotes|version|backups|configuration)([/?]|$)/.test(call[1]) ? 200 : 202;
  expect(started).toMatchObject({ status, body: { task: { status: 'running', progress_percent: 0 } } });
  const { body } = await api('GET', `/v5/ibm/tasks/${encodeURIComponent(text(started.body, 'task', 'id'))}`);
  expect(body).toMatchObject({ task: { status: 'completed', progress_percent: 100 } });
  return body;
}

import { refuse } from '../../core/words/resources.ts';
import type { Call, Reply, World } from '../../core/world.ts';

/** UNSURE in the reference: any 32 hex digits do. */
export const quotaId = 'a3d7b8d01e261c24677937c29ab33f3c';

/** One quota for every group. Members: platform-services-node-sdk; the figures are judged, and not enforced. */
const quota = {
  id: quotaId,
  name: 'Pay-as-you-go Quota',
  type: 'PAYG',
  number_of_apps: 0,
  number_of_service_instances: 0,
  default_number_of_instances_per_lite_plan: 1,
  instances_per_app: 0,
  instance_memory: '',
  total_app_memory: '',
  vsi_limit: 0,
  resource_quotas: [],
  created_at: '2016-03-25T19:52:35.837Z',
  updated_at: '2016-03-25T19:52:35.837Z',
};

/** `GET /v2/quota_definitions`. */
export function listQuotas(): Reply {
  return { status: 200, body: { resources: [quota] } };
}

/** `GET /v2/quota_definitions/{id}`. */
export function getQuota(_world: World, call: Call): Reply {
  const id = call.params['id'] ?? '';
  if (id !== quotaId) throw refuse(call, 404, `Quota definition '${id}' not found.`);
  return { status: 200, body: quota };
}

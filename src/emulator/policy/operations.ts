import type { Operation } from '../world.ts';
import { createPolicy, deletePolicy, replacePolicy, restorePolicy } from './changes.ts';
import { dialect } from './errors.ts';
import { getPolicyV1, getPolicyV2, listPoliciesV1, listPoliciesV2 } from './reads.ts';
import { listRoles } from './roles.ts';

export { timers } from './propagate.ts';

/**
 * IAM policy management, for service authorizations: written through v2, read and deleted through both.
 * Source: platform reference, "IAM policy management: service authorizations"; operation ids: platform-services-node-
 * sdk.
 */
export const operations: readonly Operation[] = [
  { name: 'listV2Policies', method: 'GET', path: '/v2/policies', handle: listPoliciesV2 },
  { name: 'createV2Policy', method: 'POST', path: '/v2/policies', handle: createPolicy },
  { name: 'getV2Policy', method: 'GET', path: '/v2/policies/{id}', handle: getPolicyV2 },
  { name: 'replaceV2Policy', method: 'PUT', path: '/v2/policies/{id}', handle: replacePolicy },
  { name: 'deleteV2Policy', method: 'DELETE', path: '/v2/policies/{id}', handle: deletePolicy },
  { name: 'listPolicies', method: 'GET', path: '/v1/policies', handle: listPoliciesV1 },
  { name: 'getPolicy', method: 'GET', path: '/v1/policies/{id}', handle: getPolicyV1 },
  { name: 'updatePolicyState', method: 'PATCH', path: '/v1/policies/{id}', handle: restorePolicy },
  { name: 'deletePolicy', method: 'DELETE', path: '/v1/policies/{id}', handle: deletePolicy },
  { name: 'listRoles', method: 'GET', path: '/v2/roles', handle: listRoles },
].map((row) => ({ ...row, auth: 'bearer', dialect }) as const);

import type { Operation } from '../../core/world.ts';
import {
  createPolicyV1,
  createPolicyV2,
  deletePolicy,
  replacePolicyV1,
  replacePolicyV2,
  restorePolicy,
} from './changes.ts';
import { createRole, deleteRole, getRole, listRoles, replaceRole } from './custom-roles.ts';
import { dialect } from './errors.ts';
import { getPolicyV1, getPolicyV2, listPoliciesV1, listPoliciesV2 } from './reads.ts';

export { timers } from './propagate.ts';

const judged = 'refusals';

/**
 * IAM policy management: authorizations and access policies in one store, seen and written through v1 and v2.
 * Source: platform reference, "IAM policy management: service authorizations"; operation ids: platform-services-node-
 * sdk.
 */
export const operations: readonly Operation[] = [
  { name: 'listV2Policies', method: 'GET', path: '/v2/policies', handle: listPoliciesV2 },
  { name: 'createV2Policy', method: 'POST', path: '/v2/policies', handle: createPolicyV2 },
  { name: 'getV2Policy', method: 'GET', path: '/v2/policies/{id}', handle: getPolicyV2 },
  { name: 'replaceV2Policy', method: 'PUT', path: '/v2/policies/{id}', handle: replacePolicyV2 },
  { name: 'deleteV2Policy', method: 'DELETE', path: '/v2/policies/{id}', handle: deletePolicy },
  { name: 'listPolicies', method: 'GET', path: '/v1/policies', handle: listPoliciesV1 },
  { name: 'createPolicy', method: 'POST', path: '/v1/policies', handle: createPolicyV1 },
  { name: 'replacePolicy', method: 'PUT', path: '/v1/policies/{id}', handle: replacePolicyV1 },
  { name: 'getPolicy', method: 'GET', path: '/v1/policies/{id}', handle: getPolicyV1 },
  { name: 'updatePolicyState', method: 'PATCH', path: '/v1/policies/{id}', handle: restorePolicy },
  { name: 'deletePolicy', method: 'DELETE', path: '/v1/policies/{id}', handle: deletePolicy },
  { name: 'listRoles', method: 'GET', path: '/v2/roles', handle: listRoles },
  { name: 'createRole', method: 'POST', path: '/v2/roles', handle: createRole, judged },
  { name: 'getRole', method: 'GET', path: '/v2/roles/{id}', handle: getRole, judged },
  { name: 'replaceRole', method: 'PUT', path: '/v2/roles/{id}', handle: replaceRole, judged },
  { name: 'deleteRole', method: 'DELETE', path: '/v2/roles/{id}', handle: deleteRole, judged },
].map((row) => ({ ...row, auth: 'bearer', dialect }) as const);

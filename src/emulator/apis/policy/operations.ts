import { type Operation, operationsOf } from '../../core/world.ts';
import { createPolicy, deletePolicy, replacePolicy, restorePolicy } from './changes.ts';
import { createRole, deleteRole, getRole, listRoles, replaceRole } from './custom-roles.ts';
import { dialect } from './errors.ts';
import { getPolicy, listPolicies } from './reads.ts';

export { timers } from './write.ts';

const judged = 'refusals';

/**
 * IAM policy management: authorizations and access policies in one store, seen and written through v1 and v2.
 * Source: platform reference, "IAM policy management: service authorizations"; operation ids: platform-services-node-
 * sdk.
 */
export const operations: readonly Operation[] = operationsOf({ auth: 'bearer', dialect }, [
  ['listV2Policies', 'GET /v2/policies', listPolicies],
  ['createV2Policy', 'POST /v2/policies', createPolicy],
  ['getV2Policy', 'GET /v2/policies/{id}', getPolicy],
  ['replaceV2Policy', 'PUT /v2/policies/{id}', replacePolicy],
  ['deleteV2Policy', 'DELETE /v2/policies/{id}', deletePolicy],
  ['listPolicies', 'GET /v1/policies', listPolicies],
  ['createPolicy', 'POST /v1/policies', createPolicy],
  ['replacePolicy', 'PUT /v1/policies/{id}', replacePolicy],
  ['getPolicy', 'GET /v1/policies/{id}', getPolicy],
  ['updatePolicyState', 'PATCH /v1/policies/{id}', restorePolicy],
  ['deletePolicy', 'DELETE /v1/policies/{id}', deletePolicy],
  ['listRoles', 'GET /v2/roles', listRoles],
  ['createRole', 'POST /v2/roles', createRole, judged],
  ['getRole', 'GET /v2/roles/{id}', getRole, judged],
  ['replaceRole', 'PUT /v2/roles/{id}', replaceRole, judged],
  ['deleteRole', 'DELETE /v2/roles/{id}', deleteRole, judged],
]);

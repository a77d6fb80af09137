import * as catalog from './apis/catalog/operations.ts';
import { databaseCredentials } from './apis/databases/connections.ts';
import * as databases from './apis/databases/operations.ts';
import * as iam from './apis/iam/operations.ts';
import { verifyBearer } from './apis/iam/token.ts';
import { refusesDeletion } from './apis/key-protect/lifecycle.ts';
import * as keyProtect from './apis/key-protect/operations.ts';
import { accessFromPolicies, rolesFromPolicies } from './apis/policy/access.ts';
import { customRole } from './apis/policy/custom-roles.ts';
import * as policy from './apis/policy/operations.ts';
import * as resourceController from './apis/resource-controller/operations.ts';
import * as resourceManager from './apis/resource-manager/operations.ts';
import * as search from './apis/search/operations.ts';
import { findByQuery } from './apis/search/query.ts';
import * as tagging from './apis/tagging/operations.ts';
import { tagsOf } from './apis/tagging/state.ts';
import type { Operation, Ports, Reactions, Timers } from './core/world.ts';
import { admit, admitUpdate } from './services/admit.ts';
import * as services from './services/operations.ts';
import { isLocked } from './services/state.ts';
import { serviceNamed } from './services/table.ts';

/** One API, by the name that IBM gives it. */
export interface Api {
  readonly name: string;
  readonly operations: readonly Operation[];
}

/** Every operation that is emulated, by API, in the order in which they are matched. One line for each API folder. */
export const apis: readonly Api[] = [
  { name: 'IAM Identity', operations: iam.operations },
  { name: 'Key Protect', operations: keyProtect.operations },
  { name: 'IAM Policy Management', operations: policy.operations },
  { name: 'Resource Manager', operations: resourceManager.operations },
  { name: 'Resource Controller', operations: resourceController.operations },
  { name: 'Global Catalog', operations: catalog.operations },
  { name: 'Global Tagging', operations: tagging.operations },
  { name: 'Global Search', operations: search.operations },
  { name: 'Cloud Databases', operations: databases.operations },
];

/** All of them in one list. */
export const operations: readonly Operation[] = apis.flatMap((api) => api.operations);

/** Every kind of timer. Kinds are unique across folders, so they carry the folder's name: `key-protect/expire`. */
export const timers: Timers = {
  ...{ ...keyProtect.timers, ...policy.timers, ...resourceController.timers },
  ...{ ...search.timers, ...services.timers, ...databases.timers, ...tagging.timers },
};

/** Who reacts to what happens, in this order: tags are there before Search is told of them. */
export const reactions: readonly Reactions[] = [tagging, services, keyProtect, search].map((one) => one.reactions);

/** Who answers what others ask. */
export const ports: Ports = {
  ...{ verifyBearer, accessFromPolicies, rolesFromPolicies, tagsOf, findByQuery },
  ...{ customRole, databaseCredentials },
  ...{ serviceNamed, admit, admitUpdate, isLocked, refusesDeletion },
};

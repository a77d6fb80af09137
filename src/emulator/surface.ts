import { operations as catalog } from './apis/catalog/operations.ts';
import { operations as databases, timers as databasesTimers } from './apis/databases/operations.ts';
import { operations as iam } from './apis/iam/operations.ts';
import { verifyBearer } from './apis/iam/token.ts';
import { refusesDeletion } from './apis/key-protect/lifecycle.ts';
import {
  operations as keyProtect,
  reactions as keyProtectReactions,
  timers as keyProtectTimers,
} from './apis/key-protect/operations.ts';
import { accessFromPolicies, rolesFromPolicies } from './apis/policy/access.ts';
import { operations as policy, timers as policyTimers } from './apis/policy/operations.ts';
import {
  operations as resourceController,
  timers as resourceControllerTimers,
} from './apis/resource-controller/operations.ts';
import { operations as resourceManager } from './apis/resource-manager/operations.ts';
import {
  operations as search,
  reactions as searchReactions,
  timers as searchTimers,
} from './apis/search/operations.ts';
import { findByQuery } from './apis/search/query.ts';
import { operations as tagging, reactions as taggingReactions } from './apis/tagging/operations.ts';
import { tagsOf } from './apis/tagging/state.ts';
import type { Operation, Ports, Reactions, Timers } from './core/world.ts';
import { admit, admitUpdate } from './services/admit.ts';
import { reactions as servicesReactions, timers as servicesTimers } from './services/operations.ts';
import { isLocked } from './services/state.ts';
import { serviceNamed } from './services/table.ts';

/** One API, by the name that IBM gives it. */
export interface Api {
  readonly name: string;
  readonly operations: readonly Operation[];
}

/** Every operation that is emulated, by API, in the order in which they are matched. One line for each API folder. */
export const apis: readonly Api[] = [
  { name: 'IAM Identity', operations: iam },
  { name: 'Key Protect', operations: keyProtect },
  { name: 'IAM Policy Management', operations: policy },
  { name: 'Resource Manager', operations: resourceManager },
  { name: 'Resource Controller', operations: resourceController },
  { name: 'Global Catalog', operations: catalog },
  { name: 'Global Tagging', operations: tagging },
  { name: 'Global Search', operations: search },
  { name: 'Cloud Databases', operations: databases },
];

/** All of them in one list. */
export const operations: readonly Operation[] = apis.flatMap((api) => api.operations);

/** Every kind of timer. Kinds are unique across folders, so they carry the folder's name: `key-protect/expire`. */
export const timers: Timers = {
  ...keyProtectTimers,
  ...policyTimers,
  ...resourceControllerTimers,
  ...searchTimers,
  ...servicesTimers,
  ...databasesTimers,
};

/** Who reacts to what happens, in this order: tags are there before Search is told of them. */
export const reactions: readonly Reactions[] = [
  taggingReactions,
  servicesReactions,
  keyProtectReactions,
  searchReactions,
];

/** Who answers what others ask. */
export const ports: Ports = {
  verifyBearer,
  accessFromPolicies,
  rolesFromPolicies,
  tagsOf,
  findByQuery,
  serviceNamed,
  admit,
  admitUpdate,
  isLocked,
  refusesDeletion,
};

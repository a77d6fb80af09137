import type { Host } from './api.ts';
import { catalog } from './catalog/calls.ts';
import { databases } from './databases/calls.ts';
import { iamPolicies } from './iam-policies/calls.ts';
import { keyProtect } from './key-protect/calls.ts';
import { iamHost } from './login/api.ts';
import { resourceController } from './resource-controller/calls.ts';
import { resourceManager } from './resource-manager/calls.ts';
import { search } from './search/calls.ts';
import { tagging } from './tagging/calls.ts';

/** Every API that is read or written. To add one: its folder, and its line here. */
export const apis = [
  catalog,
  databases,
  iamPolicies,
  keyProtect,
  resourceController,
  resourceManager,
  search,
  tagging,
] as const;

/** Every host a run may talk to. */
export const hosts: readonly Host[] = [iamHost, ...apis.map(({ api }) => api.host)];

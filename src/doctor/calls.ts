import type { Call } from '../cloud/api.ts';
import type { RcInstance } from '../cloud/resource-controller/shapes.ts';
import { parseCrn } from '../model/crn.ts';
import { isObject, type JsonObject } from '../model/json.ts';

/** APIs by the names that the cloud's folder gives them. */
export const CATALOG = 'Global Catalog';
export const GROUPS = 'Resource Manager';
export const IAM = 'IAM';
export const KEYS = 'Key Protect';
export const POLICIES = 'IAM policy management';
export const RESOURCES = 'Resource Controller';
export const SEARCH = 'Global Search';
export const TAGS = 'Global Tagging';

/** A call of Key Protect to one instance. Source: Key Protect API reference, "Request headers". */
export function toVault({ crn }: Pick<RcInstance, 'crn'>, call: Call): Call {
  return {
    ...call,
    instance: crn,
    path: `/api/v2${call.path}`,
    headers: { ...call.headers, 'Bluemix-Instance': parseCrn(crn)?.instance ?? '' },
  };
}

/** A call of Resource Controller about one instance. */
export function aboutInstance({ crn }: Pick<RcInstance, 'crn'>, call: Omit<Call, 'path'>): Call {
  return { ...call, path: `/v2/resource_instances/${encodeURIComponent(crn)}` };
}

/** The maps of a list in a body. */
export function listIn(body: unknown, member: string): readonly JsonObject[] {
  const list: unknown = isObject(body) ? body[member] : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** A member of a map in a body, where it is a map itself. */
export function mapIn(body: unknown, member: string): JsonObject | undefined {
  const value = isObject(body) ? body[member] : undefined;
  return isObject(value) ? value : undefined;
}

export function textIn(body: unknown, member: string): string | undefined {
  const value = isObject(body) ? body[member] : undefined;
  return typeof value === 'string' ? value : undefined;
}

import { anything, flag, listOrNone, map, object, optional, type Shape, text } from '../shape.ts';

/** Resource Controller API v2, "Get a resource instance": "Instance object (full)". */
export type RcInstance = Shape<typeof instance>;
export const instance = object({
  /** Equals `crn`. */
  id: text,
  guid: text,
  crn: text,
  name: text,
  /** active, provisioning, pre_provisioning, inactive, failed, pending_reclamation, pending_removal, removed. */
  state: text,
  /** The catalog's service id. */
  resource_id: text,
  resource_plan_id: text,
  resource_group_id: text,
  region_id: optional(text),
  account_id: optional(text),
  parameters: optional(map),
  /** What the service says of it; `endpoints` are where it is. */
  extensions: optional(map),
  created_at: optional(text),
  created_by: optional(text),
  updated_at: optional(text),
  deleted_at: optional(text),
  deleted_by: optional(text),
  scheduled_reclaim_at: optional(text),
  locked: optional(flag),
  last_operation: optional(
    object({
      type: optional(text),
      /** in progress, succeeded, failed. */
      state: optional(text),
      async: optional(flag),
      description: optional(text),
    }),
  ),
});

/** Its rows are read one by one, so that an odd one spoils no list. */
export const instanceList = object({ resources: listOrNone(anything), next_url: optional(text) });

/** A row of a list that is not what the reference says. */
export interface OddInstance {
  /** As much as it tells of itself. */
  readonly crn?: string;
  readonly name?: string;
  readonly why: string;
}

export interface RcInstanceCreate {
  readonly name: string;
  /** A catalog location such as us-south. */
  readonly target: string;
  readonly resource_group: string;
  readonly resource_plan_id: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly tags?: readonly string[];
}

export interface RcInstancePatch {
  readonly name?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** Resource Controller API, "Get a list of all reclamations". */
export type RcReclamation = Shape<typeof reclamation>;
const reclamation = object({
  id: text,
  /** The instance's GUID. */
  resource_instance_id: text,
  entity_crn: optional(text),
  state: text,
  target_time: optional(text),
  created_at: optional(text),
  created_by: optional(text),
});

export const reclamationList = object({ resources: listOrNone(reclamation) });

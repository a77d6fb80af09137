/**
 * What the APIs answer, as far as Keystead reads it. API names stay API names here; the kinds translate.
 * Every member that an API may leave out is optional. Sources: the API references of each service.
 */

/** IAM identity of the running login. */
export interface Login {
  readonly iamId: string;
  /** 32 hexadecimal digits. */
  readonly accountId: string;
}

/** Key Protect API, "Retrieve a key": never with its payload. */
export interface KpKey {
  readonly id: string;
  readonly crn: string;
  readonly name: string;
  /** 0 pre-activation, 1 active, 2 suspended, 3 deactivated, 5 destroyed. */
  readonly state: number;
  readonly extractable: boolean;
  readonly imported?: boolean;
  readonly description?: string;
  readonly aliases?: readonly string[];
  readonly keyRingID?: string;
  readonly expirationDate?: string;
  readonly creationDate?: string;
  readonly createdBy?: string;
  readonly lastUpdateDate?: string;
  readonly lastRotateDate?: string;
  readonly deletionDate?: string;
  readonly deletedBy?: string;
  readonly restoreAllowed?: boolean;
  readonly restoreExpirationDate?: string;
  readonly purgeAllowedFrom?: string;
  readonly rotation?: KpRotation;
  readonly dualAuthDelete?: KpDualAuth;
}
/** Whether two identities must agree to a key's deletion, and the first one's word while it counts. */
export interface KpDualAuth {
  readonly enabled?: boolean;
  readonly keySetForDeletion?: boolean;
  readonly authExpiration?: string;
}
export interface KpRotation {
  readonly enabled?: boolean;
  readonly interval_month?: number;
}
export interface KpKeyCreate {
  readonly name: string;
  readonly extractable: boolean;
  readonly description?: string;
  readonly aliases: readonly string[];
  readonly expirationDate?: string;
  /** Instead of what the instance's policy says; sent to a path of its own, which needs Manager. */
  readonly dualAuthDelete?: { readonly enabled: boolean };
  /** Brought along; absent: Key Protect generates it. */
  readonly material?: KpMaterial;
}
/** Key material in a request: plain, or wrapped for a secure import. */
export interface KpMaterial {
  /** Base64 of the material, or of what it is wrapped into. */
  readonly payload: string;
  readonly encryptionAlgorithm?: 'RSAES_OAEP_SHA_256';
  readonly encryptedNonce?: string;
  readonly iv?: string;
}
export interface KpImportToken {
  /** Base64 of a public key in PEM. */
  readonly payload: string;
  /** Base64. */
  readonly nonce: string;
}
export interface KpRing {
  readonly id: string;
  readonly creationDate?: string;
  readonly createdBy?: string;
}
/** Key Protect API, "Instance policies". */
export interface KpInstancePolicy {
  readonly policy_type: string;
  readonly policy_data: {
    readonly enabled?: boolean;
    readonly attributes?: Readonly<Record<string, unknown>>;
  };
}
export interface KpRegistration {
  readonly keyId: string;
  readonly resourceCrn: string;
  readonly preventKeyDeletion?: boolean;
}

/** Resource Controller API v2, "Get a resource instance". */
export interface RcInstance {
  /** Equals `crn`. */
  readonly id: string;
  readonly guid: string;
  readonly crn: string;
  readonly name: string;
  /** active, provisioning, pre_provisioning, inactive, failed, pending_reclamation, pending_removal, removed. */
  readonly state: string;
  /** The catalog's service id. */
  readonly resource_id: string;
  readonly resource_plan_id: string;
  readonly resource_group_id: string;
  readonly region_id?: string | null;
  readonly account_id?: string;
  readonly parameters?: Readonly<Record<string, unknown>> | null;
  readonly created_at?: string | null;
  readonly created_by?: string | null;
  readonly updated_at?: string | null;
  readonly deleted_at?: string | null;
  readonly deleted_by?: string | null;
  readonly scheduled_reclaim_at?: string | null;
  readonly locked?: boolean;
  readonly last_operation?: RcLastOperation | null;
}
export interface RcLastOperation {
  readonly type?: string;
  /** in progress, succeeded, failed. */
  readonly state?: string;
  readonly async?: boolean;
  readonly description?: string | null;
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
export interface RcReclamation {
  readonly id: string;
  readonly resource_instance_id: string;
  readonly entity_crn?: string;
  readonly state: string;
  readonly target_time?: string;
  readonly created_at?: string;
  readonly created_by?: string;
}

/** Resource Manager API, "Get a list of all resource groups". */
export interface RmGroup {
  readonly id: string;
  readonly name: string;
  readonly default?: boolean;
  readonly state?: string;
}

/** Global Catalog API: a service or a plan. */
export interface CatalogEntry {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
}

/** IAM Policy Management API v2, "Get a v2 policy", with the response's ETag where one came (a list carries none). */
export interface IamPolicy {
  readonly id: string;
  readonly type: string;
  readonly description?: string;
  readonly state?: string;
  readonly subject?: { readonly attributes: readonly IamAttribute[] };
  readonly resource?: { readonly attributes: readonly IamAttribute[] };
  readonly control: { readonly grant: { readonly roles: readonly { readonly role_id: string }[] } };
  readonly created_at?: string;
  readonly created_by_id?: string;
  readonly last_modified_at?: string;
  readonly last_modified_by_id?: string;
  readonly template?: unknown;
  readonly etag?: string;
}
export interface IamAttribute {
  readonly key: string;
  readonly operator: string;
  readonly value: string | boolean | readonly string[];
}
export interface IamPolicyWrite {
  readonly type: 'authorization';
  readonly description: string;
  readonly subject: { readonly attributes: readonly IamAttribute[] };
  readonly resource: { readonly attributes: readonly IamAttribute[] };
  readonly control: { readonly grant: { readonly roles: readonly { readonly role_id: string }[] } };
}
/** IAM Policy Management API, "List roles by filters"; service, system and custom roles together. */
export interface IamRole {
  readonly display_name: string;
  readonly crn: string;
}

/** Global Search API: one indexed instance. The index lags. */
export interface TaggedInstance {
  readonly crn: string;
  readonly tags: readonly string[];
}

import type {
  CatalogEntry,
  IamPolicy,
  IamPolicyWrite,
  IamRole,
  KpImportToken,
  KpInstancePolicy,
  KpKey,
  KpKeyCreate,
  KpMaterial,
  KpRegistration,
  KpRing,
  KpRotation,
  Login,
  RcInstance,
  RcInstanceCreate,
  RcInstancePatch,
  RcReclamation,
  RmGroup,
  TaggedInstance,
} from './wire.ts';

/**
 * Everything Keystead may ask, and nothing that writes: every command but `apply` is handed this type (design 2.5).
 * Lists are complete (all pages) and answered once per `Reader`; a new round takes a new `Reader`. Single objects are
 * asked anew on each call. Absent objects are `undefined`; any other refusal is thrown as a `CloudError`.
 */
export interface Reader {
  /** Whose token it is; from the token's claims, after one login. */
  login(): Promise<Login>;
  resourceGroups(): Promise<readonly RmGroup[]>;
  /** The service of exactly this name, `undefined` when the catalog has none. */
  catalogService(name: string): Promise<CatalogEntry | undefined>;
  catalogPlans(serviceId: string): Promise<readonly CatalogEntry[]>;
  /** Instances of every service in all five states, in every group. */
  instances(): Promise<readonly RcInstance[]>;
  /** Instances of one service in all five states, in every group. */
  instancesOf(serviceId: string): Promise<readonly RcInstance[]>;
  /** Instances of exactly this name in all five states, in every group; asked anew on each call. */
  instancesNamed(name: string): Promise<readonly RcInstance[]>;
  /** By GUID or CRN. Removed ones may still answer, with `state: removed`. */
  instance(id: string): Promise<RcInstance | undefined>;
  reclamations(): Promise<readonly RcReclamation[]>;
  /** All indexed service instances with their user tags, by one search; the index lags. */
  taggedInstances(): Promise<readonly TaggedInstance[]>;
  /** User tags of one object, from the tagging API itself. */
  tagsOf(crn: string): Promise<readonly string[]>;
  /** All authorization policies of the login's account. */
  authorizations(): Promise<readonly IamPolicy[]>;
  /** With its ETag. A deleted policy is `undefined`. */
  authorization(id: string): Promise<IamPolicy | undefined>;
  roles(targetService: string, sourceService: string): Promise<readonly IamRole[]>;
  /** Keys of one instance in states 0, 1, 2, 3 and 5: a destroyed key keeps its alias. */
  keys(instanceCrn: string): Promise<readonly KpKey[]>;
  /** By id or alias, metadata only, in whatever state. */
  key(instanceCrn: string, idOrAlias: string): Promise<KpKey | undefined>;
  /** A key's rotation policy; `undefined` when none was ever set. */
  rotationPolicy(instanceCrn: string, keyId: string): Promise<KpRotation | undefined>;
  /** Policies of a whole instance that were ever set; needs Manager. */
  instancePolicies(instanceCrn: string): Promise<readonly KpInstancePolicy[]>;
  keyRings(instanceCrn: string): Promise<readonly KpRing[]>;
  /** Registrations on every key of one instance. */
  registrations(instanceCrn: string): Promise<readonly KpRegistration[]>;
  /** Registrations on one key, asked of the key itself. */
  registrationsOf(instanceCrn: string, keyId: string): Promise<readonly KpRegistration[]>;
}

/**
 * The writing half, handed to `apply` alone. May throw `LostAnswer`: it may have happened. What may be repeated at will
 * (deletes, aliases, tags, rotation policies) is sent again first; the rest is never sent twice after an answer was lost:
 * the engine looks and decides again (architecture 4).
 */
export interface Writer {
  createInstance(body: RcInstanceCreate): Promise<RcInstance>;
  updateInstance(id: string, body: RcInstancePatch): Promise<RcInstance>;
  /** With `recursive=true`. Succeeds when it is gone already. */
  deleteInstance(id: string): Promise<void>;
  /** Plain attach; never the upsert form, which would remove another stack's mark. Throws when any result is an error. */
  attachTags(crn: string, tags: readonly string[]): Promise<void>;
  createKey(instanceCrn: string, key: KpKeyCreate, ring: string | undefined): Promise<KpKey>;
  moveKey(instanceCrn: string, keyId: string, ring: { from: string; to: string }): Promise<KpKey>;
  addAlias(instanceCrn: string, keyId: string, alias: string): Promise<void>;
  /** Succeeds when it is gone already. */
  removeAlias(instanceCrn: string, keyId: string, alias: string): Promise<void>;
  setRotationPolicy(instanceCrn: string, keyId: string, rotation: KpRotation): Promise<void>;
  /** From then on two identities must agree to this key's deletion. It cannot be taken back. */
  requireDualAuthorization(instanceCrn: string, keyId: string): Promise<void>;
  enableKey(instanceCrn: string, keyId: string): Promise<void>;
  disableKey(instanceCrn: string, keyId: string): Promise<void>;
  /** Makes an instance's import token, ending the one before, and retrieves it. */
  importToken(instanceCrn: string): Promise<KpImportToken>;
  /** A new version; what the old ones encrypted can still be decrypted. Once an hour at most. An imported key takes new material. */
  rotateKey(instanceCrn: string, keyId: string, material?: KpMaterial): Promise<void>;
  /** The first of two authorizations; it counts for seven days. */
  setKeyForDeletion(instanceCrn: string, keyId: string): Promise<void>;
  unsetKeyForDeletion(instanceCrn: string, keyId: string): Promise<void>;
  /** Each whole; those that are not among them stay as they are. */
  setInstancePolicies(instanceCrn: string, policies: readonly KpInstancePolicy[]): Promise<void>;
  createRing(instanceCrn: string, ring: string): Promise<void>;
  /** Its destroyed keys move to the ring `default`. Succeeds when it is gone already. */
  deleteRing(instanceCrn: string, ring: string): Promise<void>;
  /** Refused while anybody is registered on the key. Succeeds when it is destroyed already. */
  deleteKey(instanceCrn: string, keyId: string): Promise<void>;
  /** Destroys a key in use: cryptoshredding. The one request that ever forces a key's deletion. */
  shredKey(instanceCrn: string, keyId: string): Promise<void>;
  /** Erases a destroyed key. Succeeds when it is gone already. */
  purgeKey(instanceCrn: string, keyId: string): Promise<void>;
  restoreKey(instanceCrn: string, keyId: string): Promise<void>;
  /** Plain detach. Succeeds when the tag is not there. */
  detachTags(crn: string, tags: readonly string[]): Promise<void>;
  /** Ends a reclamation: the instance comes back, or goes at once. By the reclamation's own id. */
  endReclamation(id: string, action: 'restore' | 'reclaim'): Promise<void>;
  /** Succeeds when it is gone already. */
  deleteAuthorization(id: string): Promise<void>;
  createAuthorization(body: IamPolicyWrite): Promise<IamPolicy>;
  /** Conditional on the ETag: a lost update is impossible. */
  replaceAuthorization(id: string, etag: string, body: IamPolicyWrite): Promise<IamPolicy>;
}

export interface Cloud extends Reader, Writer {
  /** The same connection without what it has listed: for looking again in the middle of an action. */
  fresh(): Cloud;
}

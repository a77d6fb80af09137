/**
 * Every stable code, with one line of explanation. Problems are the user's: values, collected, shown together. The
 * codes of blocked changes are here too, since a block is a problem with a place in the plan instead of in a file.
 */
export const problemCodes = {
  // Reading
  NO_SUCH_PATH: 'A path on the command line does not exist.',
  NO_MANIFESTS: 'A directory holds no *.yaml or *.yml file.',
  UNREADABLE_FILE: 'A file cannot be read: a dangling link, a directory, or missing permission.',
  FILE_TOO_LARGE: 'A manifest is larger than 8 MB.',
  NOT_UTF8: 'A manifest is not UTF-8 text.',
  YAML_SYNTAX: 'The YAML parser stopped.',
  DUPLICATE_KEY: 'A map says one key twice.',
  NESTING_TOO_DEEP: 'Maps and lists are nested deeper than 100 levels.',
  ALIAS_EXPANSION: 'YAML aliases expand to far more than the file holds.',
  FORBIDDEN_KEY: 'A key such as __proto__ that no manifest may use.',
  // Variables
  VARIABLE_SYNTAX: 'A dollar sign and brace that do not enclose var.NAME.',
  VARIABLE_UNKNOWN: 'A variable that `variables` does not declare.',
  VARIABLE_UNSET: 'A variable without a default that nothing sets.',
  VARIABLE_SOURCE: 'A --var, --var-file or KEYSTEAD_VAR_ value that cannot be read.',
  // Schema
  UNKNOWN_FIELD: 'A field that the schema does not have.',
  MISSING_FIELD: 'A required field is missing.',
  WRONG_TYPE: 'A value of another type than the schema wants.',
  INVALID_VALUE: 'A value that the schema refuses.',
  // Manifest
  DUPLICATE_NAME: 'One name is declared twice.',
  DUPLICATE_SETTING: '`account`, `stack`, `defaults` or `variables` stands in two documents.',
  ACCOUNT_UNSET: 'No `account` protects against a login to the wrong one (warning).',
  UNKNOWN_REFERENCE: 'A reference to a resource that is not declared.',
  BARE_ID: 'An id where a declared name or a full CRN is needed.',
  CRN_FORM: 'A CRN that is malformed or of another service than needed.',
  REFERENCE_CYCLE: 'Resources that wait for each other.',
  RING_IN_OTHER_INSTANCE: 'A key and its ring are in different instances.',
  ROTATION_OF_STANDARD_KEY: 'A rotation policy on a standard key; only generated root keys rotate.',
  RESERVED_NAME: 'A name or alias that Key Protect or Keystead reserves.',
  TARGET_FORM: 'An authorization target that names none or several of instance, ring, key, service.',
  SOURCE_CYCLE: 'An authorization whose source is the very deployment that waits for it.',
  CONFLICTING_AUTHORIZATIONS: 'Two authorizations with one source and target but different roles.',
  BROAD_AUTHORIZATION: 'An authorization that grants more than the declared deployments need (warning).',
  ROLE_UNKNOWN: 'A role that no declared use of Key Protect has.',
  NOT_AUTHORIZED: 'A deployment whose service nothing authorizes to read its key.',
  NOT_A_ROOT_KEY: 'A standard key used for encryption; only root keys wrap.',
  PLAN_TAKES_NO_KEY: 'A plan that cannot take a customer key.',
  SERVICE_TAKES_NO_KEY: 'A service for which Keystead does not know the parameter that carries a key.',
  REGION_UNSUPPORTED: 'A region in which the service is not offered.',
  PARAMETER_CLASH: 'A parameter that another field of the deployment already sets.',
  // Plan
  UNMARKED: 'A live object of this identity exists, and this stack did not make it.',
  FOREIGN_MARK: 'The live object belongs to another stack.',
  MANAGED_ELSEWHERE: 'The policy was made by a deployment or a template and is kept by it.',
  DESTROYED: 'The key was destroyed and can still be restored.',
  DATA_GONE: 'The key was destroyed and cannot be restored any more.',
  INACTIVE: 'The instance is disabled and cannot be used or changed.',
  RECLAIMING: 'The instance was deleted and is in reclamation.',
  CANNOT_CHANGE: 'A field that is fixed at creation.',
  IN_ANOTHER_GROUP: 'An instance of this name and service exists in another resource group.',
  NOT_FOUND: 'An existing or pinned object was not found.',
  AMBIGUOUS: 'Several live objects match one resource.',
  UNREADABLE: 'A scope cannot be listed, so nothing may be concluded from what is missing in it.',
  NOT_COVERED: 'No live authorization covers the key that a deployment needs.',
} as const;

export type ProblemCode = keyof typeof problemCodes;

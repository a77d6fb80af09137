/** What to do about a refusal. Key Protect API reference, "Reason codes". */
export const remedies: Readonly<Record<string, string>> = {
  AUTHORIZATIONS_NOT_MET:
    'run it with another identity, within seven days after the key was set for deletion: two must agree',
  IMPORT_TOKEN_EXPIRED_ERR: 'run it again: another client used up or replaced the import token of this instance',
  INCORRECT_NONCE_ERR: 'run it again: the import token was replaced meanwhile, or what was sent is damaged',
  INCORRECT_NONCE_IV_ERR: 'run it again, and check the material if it stays so: what was sent does not fit together',
  KEY_ACTION_INVALID_STATE_ERR: 'plan again to see what can be done: the state of the key does not allow it',
  KEY_CREATE_IMPORT_ACCESS_ERR:
    'change `policies.keyCreateImportAccess` of the instance: it says what keys may be made there, and how',
  KEY_DELETED_ERR: 'restore it within 30 days of its deletion, or declare a new name',
  KEY_EXPIRED_ERR: 'declare a new name: a key does not come back once its expiration date has passed',
  KEY_PAYLOAD_REQ_ERR: 'declare `material`: an imported key is rotated with new material',
  KEY_RESTORE_EXPIRED: 'declare a new name: the 30 days in which the key could be restored are over',
  KEY_ROOT_REQ_ERR: 'use a root key: a standard key is a secret that is read and replaced',
  KEY_ROTATION_NOT_PERMITTED: 'run it again later: a key is rotated once an hour at most',
  NOT_DUAL_AUTH_ERR: 'set `dualAuthDelete: true` first: the key does not need two authorizations',
  PREV_KEY_DEL_ERR: 'end the retention policy of the resource that uses the key first',
  PROTECTED_RESOURCE_ERR: 'delete what is registered on the key first; the plan names it',
  REQ_TOO_EARLY_ERR:
    'run it again after 30 seconds to enable or restore, after 4 hours to purge: Key Protect makes it wait that long',
};

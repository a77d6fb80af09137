/** What to do about a refusal. Key Protect API reference, "Reason codes". */
export const remedies: Readonly<Record<string, string>> = {
  AUTHORIZATIONS_NOT_MET:
    'Two identities must agree: run it with another one, within seven days after the key was set for deletion.',
  IMPORT_TOKEN_EXPIRED_ERR: 'Somebody else used up or replaced the import token of this instance; run it again.',
  INCORRECT_NONCE_ERR: 'The import token was replaced meanwhile, or what was sent is damaged; run it again.',
  INCORRECT_NONCE_IV_ERR: 'What was sent does not fit together; run it again, and check the material if it stays so.',
  KEY_ACTION_INVALID_STATE_ERR: 'The state of the key does not allow it; plan again, the plan says what can be done.',
  KEY_CREATE_IMPORT_ACCESS_ERR:
    'A policy of the instance forbids it: `policies.keyCreateImportAccess` says what keys may be made there, and how.',
  KEY_DELETED_ERR: 'The key is destroyed: restore it within 30 days of its deletion, or declare a new name.',
  KEY_EXPIRED_ERR: 'The expiration date of the key has passed, so it does not come back; declare a new name.',
  KEY_PAYLOAD_REQ_ERR: 'An imported key is rotated with new material: declare `material`.',
  KEY_RESTORE_EXPIRED: 'The 30 days in which it could be restored are over; declare a new name.',
  KEY_ROOT_REQ_ERR: 'Only root keys can do this; a standard key is a secret that is read and replaced.',
  KEY_ROTATION_NOT_PERMITTED: 'A key is rotated once an hour at most; run it again later.',
  NOT_DUAL_AUTH_ERR: 'The key does not need two authorizations; `dualAuthDelete: true` makes it so.',
  PREV_KEY_DEL_ERR: 'A resource with a retention policy uses the key; end the retention there first.',
  PROTECTED_RESOURCE_ERR: 'Something is still registered on the key; the plan names it. Delete that first.',
  REQ_TOO_EARLY_ERR:
    'Key Protect makes this wait after the last change: 30 seconds to enable or restore, 4 hours to purge; run it again then.',
};

import { docs, envelope } from './key-protect-envelope.ts';
import type { Call, Scene, Witness } from './witness.ts';

/** `moreInfo` since about 2021, `more_info` before. */
const refusal = (errorMsg: string, reason?: object) =>
  envelope('error', [{ errorMsg, ...(reason === undefined ? {} : { reasons: [reason] }) }]);
const link = { moreInfo: 'https://cloud.ibm.com/apidocs/key-protect' };

/** The usual form: a code, a message, and the status once more. */
function refused(
  status: number,
  code: string,
  message: string,
  given: Pick<Witness, 'source' | 'date' | 'shows'> & {
    readonly target?: object;
    readonly again?: (scene: Scene) => ReturnType<Scene['kp']>;
  },
): Witness {
  const { target, ...rest } = given;
  const reason = { code, message, status, ...link, ...(target === undefined ? {} : { target }) };
  const body = refusal('Key could not be changed. Please see `reasons` for more details.', reason);
  return { ...rest, status, body, words: { code: code.trim(), message } };
}

/** Refusals of Key Protect. */
export const keyProtectRefusals: readonly Call[] = [
  {
    call: 'a refusal of Key Protect',
    known: {
      'lacks resources[].reasons[].more_info': 'how `moreInfo` was spelt in 2020',
    },
    witnesses: [
      refused(409, 'PROTECTED_RESOURCE_ERR', 'Key is protecting one or more cloud resources', {
        source: docs('ts-unable-to-delete-keys.md:41'),
        date: '2026-08-12',
        shows: 'what of the request is meant stands in `target`',
        target: { type: 'query_param', name: 'force' },
        again: ({ kp, keys }) => kp('DELETE', `/keys/${keys['root']}`),
      }),
      refused(409, 'PREV_KEY_DEL_ERR', "The key cannot be deleted because it's protecting a cloud resource.", {
        source: docs('error-messages.md:766'),
        date: '2026-07-16',
        shows: 'a resource with a retention policy holds the key',
        again: ({ kp, keys }) => kp('DELETE', `/keys/${keys['retained']}?force=true`),
      }),
      refused(409, 'AUTHORIZATIONS_NOT_MET', 'Number of authorizations required to delete is not met', {
        source: docs('error-messages.md:1689'),
        date: '2026-07-16',
        shows: 'a key under dual authorization',
        again: ({ kp, keys }) => kp('DELETE', `/keys/${keys['dual']}`),
      }),
      {
        source: 'public notes on Key Protect ("Set Key for Deletion")',
        date: '2020-05-01',
        shows: 'a key without dual authorization; `more_info`, and no status in front of the message',
        status: 409,
        body: refusal('Action could not be performed on key. Please see `reasons` for more details.', {
          code: 'NOT_DUAL_AUTH_ERR',
          message: 'The key is not dual auth enabled and cannot be set for deletion',
          status: 409,
          more_info: 'https://cloud.ibm.com/apidocs/key-protect',
        }),
        words: {
          code: 'NOT_DUAL_AUTH_ERR',
          message: 'The key is not dual auth enabled and cannot be set for deletion',
        },
        again: ({ kp, keys }) => kp('POST', `/keys/${keys['rotated']}/actions/setKeyForDeletion`),
      },
      refused(410, 'KEY_DELETED_ERR', 'Key has already been deleted. Please delete references to this key.', {
        source: docs('error-messages.md:842'),
        date: '2026-07-16',
        shows: 'deleted before',
        again: ({ kp, keys }) => kp('DELETE', `/keys/${keys['gone']}`),
      }),
      refused(404, 'KEY_NOT_FOUND_ERR', 'key does not exist', {
        source: 'IBM/keyprotect-go-client kp_test.go:3839 (purge of a purged key); docs migrate-tool.md:454 (a read)',
        date: '2026-06-30',
        shows: 'an id that is not there',
        again: ({ kp }) => kp('GET', '/keys/00000000-0000-4000-8000-000000000999/metadata'),
      }),
      refused(409, ' KEY_ACTION_INVALID_STATE_ERR', 'Key is not in a valid state', {
        source: docs('error-messages.md:1057'),
        date: '2026-07-16',
        shows: 'a code with a space in front of it',
        again: ({ kp, keys }) => kp('POST', `/keys/${keys['rotated']}/actions/enable`),
      }),
      refused(400, 'KEY_ROOT_REQ_ERR', 'Requested action can only be completed with a root key.', {
        source: docs('error-messages.md:2018'),
        date: '2026-07-16',
        shows: 'a standard key cannot be disabled',
        again: ({ kp, keys }) => kp('POST', `/keys/${keys['app']}/actions/disable`),
      }),
      refused(409, 'KEY_CREATE_IMPORT_ACCESS_ERR', 'KeyCreateImportAccess instance policy does not allow this action', {
        source: docs('error-messages.md:1359'),
        date: '2026-07-16',
        shows: 'an instance policy forbids it',
        again: async ({ api, kp, vault }) => {
          const attributes = { create_root_key: true, create_standard_key: false };
          await api('PUT', '/api/v2/instance/policies?policy=keyCreateImportAccess', {
            headers: { 'Bluemix-Instance': vault.guid },
            body: {
              metadata: { collectionType: 'application/vnd.ibm.kms.policy+json', collectionTotal: 1 },
              resources: [{ policy_type: 'keyCreateImportAccess', policy_data: { enabled: true, attributes } }],
            },
          });
          return await kp('POST', '/keys', {
            type: 'application/vnd.ibm.kms.key+json',
            name: 'other',
            extractable: true,
          });
        },
      }),
      refused(409, 'KEY_ROTATION_NOT_PERMITTED', 'This root key has been rotated within the last hour', {
        source: docs('error-messages.md:3228'),
        date: '2026-07-16',
        shows: 'one rotation an hour',
        again: ({ kp, keys }) => kp('POST', `/keys/${keys['rotated']}/actions/rotate`),
      }),
      refused(409, 'IMPORT_TOKEN_EXPIRED_ERR', 'The import token has expired.', {
        source: docs('error-messages.md:2558'),
        date: '2026-07-16',
        shows: 'an import token, ten minutes later; `again` is left out: it would take time from the other rows',
      }),
      refused(400, 'INVALID_FIELD_ERR', "The field 'ciphertext' must be: the original base64 encoded ciphertext", {
        source: docs('error-messages.md:656'),
        date: '2026-07-16',
        shows: 'a member of the body is meant',
        target: { type: 'field', name: 'ciphertext' },
        again: ({ kp, keys }) => kp('POST', `/keys/${keys['root']}/aliases/a`),
      }),
      {
        source: docs('ts-unable-to-authenticate-api.md:29'),
        date: '2026-08-12',
        shows: 'no access: no reasons, so no code',
        status: 401,
        body: refusal('Unauthorized: The user does not have access to the specified resource'),
        words: { message: 'Unauthorized: The user does not have access to the specified resource' },
      },
    ],
  },
];

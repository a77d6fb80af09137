import { type Ask, nothing } from '../call.ts';
import type { Writer } from '../reader.ts';
import { object, text } from '../shape.ts';
import type { KpImportToken } from '../wire.ts';
import { type KeyProtectCall, needs } from './api.ts';

export type ImportTokens = Pick<Writer, 'importToken'>;

/** Seconds; the least there is. An import follows at once. */
const LIFETIME_S = 300;

const token = object<KpImportToken>({ payload: text, nonce: text });

/**
 * Key Protect API reference, "Import tokens". An instance has one: making one ends the one before. It is retrieved once,
 * so that nobody else imports with it.
 */
export function importTokens(ask: Ask, at: KeyProtectCall): ImportTokens {
  return {
    async importToken(instanceCrn) {
      await ask(
        at(instanceCrn, {
          operation: 'create import token',
          method: 'POST',
          path: '/import_token',
          body: { expiration: LIFETIME_S, maxAllowedRetrievals: 1 },
          idempotent: true,
          needs: needs.write,
        }),
        nothing,
      );
      return await ask(
        at(instanceCrn, { operation: 'read import token', method: 'GET', path: '/import_token', needs: needs.write }),
        ({ body }) => token(body, ''),
      );
    },
  };
}

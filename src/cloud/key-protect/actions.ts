import { type Ask, nothing } from '../call.ts';
import type { Writer } from '../reader.ts';
import { type KeyProtectCall, needs } from './api.ts';

export type KeyActions = Pick<
  Writer,
  'enableKey' | 'disableKey' | 'rotateKey' | 'setKeyForDeletion' | 'unsetKeyForDeletion'
>;

/**
 * Key Protect API reference, "Actions". None is sent again after a lost answer: a second rotation is another rotation, and
 * the others are refused in the state that the first one led to.
 */
export function keyActions(ask: Ask, at: KeyProtectCall): KeyActions {
  const act = (instanceCrn: string, keyId: string, action: string, operation: string, role: string, body?: object) =>
    ask(
      at(instanceCrn, {
        operation,
        method: 'POST',
        path: `/keys/${encodeURIComponent(keyId)}/actions/${action}`,
        needs: role,
        ...(body === undefined ? {} : { body }),
      }),
      nothing,
    );
  return {
    enableKey: (instanceCrn, keyId) => act(instanceCrn, keyId, 'enable', 'enable key', needs.manage),
    disableKey: (instanceCrn, keyId) => act(instanceCrn, keyId, 'disable', 'disable key', needs.manage),
    rotateKey: (instanceCrn, keyId, material) => act(instanceCrn, keyId, 'rotate', 'rotate key', needs.write, material),
    setKeyForDeletion: (instanceCrn, keyId) =>
      act(instanceCrn, keyId, 'setKeyForDeletion', 'set key for deletion', needs.write),
    unsetKeyForDeletion: (instanceCrn, keyId) =>
      act(instanceCrn, keyId, 'unsetKeyForDeletion', 'cancel deletion of key', needs.write),
  };
}

import type { Reply } from '../../core/world.ts';
import { type Desk, openKey } from './desk.ts';
import { setKeyForDeletion, unsetKeyForDeletion } from './dual-authorization.ts';
import { badQuery } from './envelope.ts';
import { destroyed, disableKey, enableKey, restoreKey } from './lifecycle.ts';
import { syncKey } from './notify.ts';
import type { Permission } from './permissions.ts';
import { rootOnly, wrongState } from './read.ts';
import { rotateKey } from './rotate.ts';
import type { Key } from './state.ts';
import { rewrapKey, unwrapKey, wrapKey } from './wrap.ts';

interface Action {
  readonly needs: Permission;
  /** Other states answer 409. Source: Key Protect reference, "States". */
  readonly states: readonly number[];
  /** Whether it is for standard keys too. */
  readonly standard?: true;
  readonly run: (desk: Desk, key: Key) => Reply;
}

const actions: Readonly<Record<string, Action>> = {
  wrap: { needs: 'kms.secrets.wrap', states: [1], run: wrapKey },
  unwrap: { needs: 'kms.secrets.unwrap', states: [1, 3], run: unwrapKey },
  rewrap: { needs: 'kms.secrets.rewrap', states: [1, 3], run: rewrapKey },
  // UNSURE in the reference: that a deactivated key can be rotated; the docs conflict.
  rotate: { needs: 'kms.secrets.rotate', states: [1, 3], run: rotateKey },
  enable: { needs: 'kms.secrets.enable', states: [2], run: enableKey },
  disable: { needs: 'kms.secrets.disable', states: [1], run: disableKey },
  setKeyForDeletion: { needs: 'kms.secrets.setkeyfordeletion', states: [1], standard: true, run: setKeyForDeletion },
  unsetKeyForDeletion: {
    needs: 'kms.secrets.unsetkeyfordeletion',
    states: [1],
    standard: true,
    run: unsetKeyForDeletion,
  },
  sync: { needs: 'kms.secrets.sync', states: [1, 2, 3, 5], run: syncKey },
};

/** `POST /keys/{id}/actions/{action}` and the deprecated `POST /keys/{id}?action=`: the same. */
export function actOnKey(desk: Desk): Reply {
  const name = desk.call.params['action'] ?? desk.call.query.get('action') ?? '';
  // Only the deprecated form knows it as an action.
  if (name === 'restore' && desk.call.params['action'] === undefined) return restoreKey(desk);
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) throw badQuery(desk, 'action', `one of ${Object.keys(actions).join(', ')}`);
  const key = openKey(desk, action.needs);
  if (key.extractable && action.standard !== true) throw rootOnly(desk);
  if (action.states.includes(key.state)) return action.run(desk, key);
  throw key.state === 5 ? destroyed(desk) : wrongState(desk, name === 'enable' ? 'suspended' : 'active');
}

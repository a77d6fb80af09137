import { KEYS, toVault } from '../calls.ts';
import type { ProbeContext } from '../context.ts';
import { shown } from '../context.ts';
import { notReadable, type Probe, verdict } from '../probe.ts';
import { noVault } from './vaults.ts';

export const aliasNotFound: Probe<ProbeContext> = {
  probe: 'alias-not-found',
  asks: 'What does Key Protect answer when it is asked for an alias that no key has?',
  assumes: '404 KEY_NOT_FOUND_ERR, as for an unknown id',
  otherwise:
    'nothing breaks while the status is 404: a code with NOT_FOUND counts as absent, and in doubt a list of keys decides',
  source: 'the code is documented for ids only (Key Protect docs, "Migrating keys"; keyprotect-go-client, kp_test.go)',
  async look({ raw, subjects: { vaults } }) {
    const [vault] = vaults;
    if (vault === undefined) return notReadable(noVault);
    const call = { operation: 'look up an alias', path: '/keys/keystead-doctor-no-such-alias/metadata' };
    const answer = await raw.ask(KEYS, toVault(vault, call));
    if (answer.status === 401 || answer.status === 403) return notReadable(`the look-up is refused: ${shown(answer)}`);
    return verdict(answer.status === 404 && answer.code === 'KEY_NOT_FOUND_ERR', shown(answer));
  },
};

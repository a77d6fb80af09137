import { KEYS, listIn, toVault } from '../calls.ts';
import { type ProbeContext, shown } from '../context.ts';
import { notReadable, type Probe, verdict } from '../probe.ts';
import { noVault } from './vaults.ts';

/** What the owner and the ring of a key are read from. */
const NEEDED = ['aliases', 'keyRingID'] as const;

export const keyListMembers: Probe<ProbeContext> = {
  probe: 'key-list-members',
  asks: 'Does the list of keys show the aliases and the ring of each key?',
  assumes: 'yes: aliases where a key has any, and keyRingID',
  otherwise: 'plans cannot see which mark and ring a key has; do not apply in this account, and report it',
  source: 'keyprotect-nodejs-client, ListKeys; the example in the Key Protect docs shows neither',
  async look({ raw, subjects: { vaults } }) {
    if (vaults.length === 0) return notReadable(noVault);
    const call = { operation: 'list keys', path: '/keys', query: { state: '0,1,2,3,5', limit: 50 } };
    const answers = await Promise.all(vaults.map((vault) => raw.ask(KEYS, toVault(vault, call))));
    const keys = answers.flatMap(({ body }) => listIn(body, 'resources'));
    const refused = answers.find(({ status }) => status >= 300);
    if (keys.length === 0) {
      return notReadable(
        refused === undefined ? 'the instances hold no key' : `the list is refused: ${shown(refused)}`,
      );
    }
    const having = (member: string) => keys.filter((one) => member in one).length;
    const details = [...NEEDED, 'rotation'].map((member) => `${member}: in ${having(member)} of ${keys.length} keys`);
    // A key without an alias may well lack the member; that none has it says something.
    const same = having('keyRingID') === keys.length && having('aliases') > 0;
    if (having('aliases') === 0 && having('keyRingID') === keys.length) {
      return notReadable('no key in the list shows an alias, and perhaps none has one', details);
    }
    return verdict(
      same,
      `the list shows ${NEEDED.filter((member) => having(member) > 0).join(' and ') || 'neither'}`,
      details,
    );
  },
};

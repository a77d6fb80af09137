import type { Change, Plan } from '../../src/model/change.ts';

/** A plan of these changes, which says nothing else. */
export function planOfChanges(changes: readonly Change[], parts: Partial<Plan> = {}): Plan {
  return {
    formatVersion: 1,
    stack: 'prod',
    account: '0123456789abcdef0123456789abcdef',
    endpoints: 'public',
    targets: [],
    desired: [],
    changes,
    outside: [],
    notes: [],
    settling: [],
    impaired: [],
    posture: [],
    finished: [],
    orphans: [],
    consents: [],
    fingerprint: '0123456789abcdef',
    checksum: '0123456789abcdef',
    ...parts,
  };
}

/** One change, ready and after nothing unless said otherwise. */
export function changeOf(address: string, verb: Change['verb'], more: Partial<Change> = {}): Change {
  return { address, verb, because: 'differs', fields: [], after: [], status: { is: 'ready' }, ...more };
}

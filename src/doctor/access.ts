import type { AccessCheck } from '../model/diagnosis.ts';
import { isRefused, KeysteadError } from '../model/errors.ts';
import { KEY_PROTECT } from '../services/table.ts';
import type { ProbeContext } from './context.ts';

/** What plans and exports are made of. */
const READING = ['plan', 'apply', 'drift', 'explain', 'get', 'export'] as const;

interface Read {
  readonly read: string;
  readonly of: string | null;
  readonly neededBy: readonly string[];
  /** Whether a login without the role gets an empty list instead of a refusal. */
  readonly hides?: true;
  readonly ask: () => Promise<readonly unknown[]>;
}

/** Does once each read that the commands rest on: what this login is refused, some command will be refused too. */
export async function checkAccess({ reader, subjects }: ProbeContext): Promise<readonly AccessCheck[]> {
  const { services, vaults } = subjects;
  const [service = KEY_PROTECT] = services.filter((name) => name !== KEY_PROTECT);
  const account = { of: null, neededBy: READING };
  const reads: readonly Read[] = [
    { ...account, read: 'list resource groups', hides: true, ask: () => reader.resourceGroups() },
    { ...account, read: 'list instances', hides: true, ask: () => reader.instances() },
    { ...account, read: 'list reclamations', ask: () => reader.reclamations() },
    { ...account, read: 'search instances by their tags', ask: () => reader.taggedInstances() },
    { ...account, read: 'list authorizations', hides: true, ask: () => reader.authorizations() },
    { of: null, neededBy: ['plan', 'apply'], read: 'list roles', ask: () => reader.roles(KEY_PROTECT, service) },
    ...vaults.flatMap(({ crn, name }): readonly Read[] => {
      const inside = { of: name, neededBy: READING };
      return [
        { ...inside, read: 'list keys', ask: () => reader.keys(crn) },
        { ...inside, read: 'list key rings', ask: () => reader.keyRings(crn) },
        { ...inside, read: 'list registrations', ask: () => reader.registrations(crn) },
        {
          of: name,
          neededBy: ['plan', 'apply', 'drift'],
          read: 'read the policies of the instance and of its keys',
          ask: () => reader.instancePolicies(crn),
        },
      ];
    }),
  ];
  return await Promise.all(reads.map(check));
}

async function check({ ask, hides, ...what }: Read): Promise<AccessCheck> {
  try {
    const rows = await ask();
    return { ...what, is: hides && rows.length === 0 ? 'empty' : 'allowed', why: null, remedy: null };
  } catch (error) {
    if (!(error instanceof KeysteadError)) throw error;
    const is = isRefused(error, 401, 403) ? 'refused' : 'failed';
    return { ...what, is, why: error.message, remedy: error.remedy ?? null };
  }
}

import type { Crn } from '../model/crn.ts';
import { given } from '../model/json.ts';
import type { Party, User } from '../model/relation.ts';

/** A kind of resource that registers on keys under another name than the source of its authorization. */
interface RegistrantRow {
  /** Of its CRN. */
  readonly service: string;
  readonly type: string;
  /** What the authorization names instead. */
  readonly source: string;
  /** Where IBM says so. */
  readonly where: string;
}

const BLOCK_STORAGE = 'VPC docs, "Establishing service-to-service authorizations for Block Storage"; ';

/**
 * Block storage, its snapshots and images register as VPC resources (`is`) and are authorized as `server-protect`. File shares
 * are not here: their authorization names `is` and the type `share`, as their CRNs do.
 */
const rows: readonly RegistrantRow[] = [
  { service: 'is', type: 'volume', source: 'server-protect', where: `${BLOCK_STORAGE}a volume's CRN in provider logs` },
  { service: 'is', type: 'snapshot', source: 'server-protect', where: `${BLOCK_STORAGE}"Managing encryption"` },
  { service: 'is', type: 'image', source: 'server-protect', where: `${BLOCK_STORAGE}"Managing encryption"` },
];

/** Services whose authorizations name a type of theirs: one without a type is documented for none of their registrants. */
const TYPED: ReadonlySet<string> = new Set(['is']);

/** Whether a source of this service has to name the type of what it authorizes. */
export function needsType(service: string): boolean {
  return TYPED.has(service);
}

/**
 * Who a registrant is to the policies that may authorize it: each of these is enough. Its account is the one in its CRN.
 *
 * A source of `is` without a type is not among them: no text says that it covers a volume, and one that was tried did not.
 *
 * @param crn of what is registered: an instance, or a bucket, a volume, a share
 * @param own the account at hand
 * @returns what can be told from the CRN alone
 * Source: Key Protect docs, "Migration tool": the matching criteria of `authz-check`; the VPC docs named above.
 */
export function usersIn(crn: Crn, own: string): readonly User[] {
  const row = rows.find(({ service, type }) => service === crn.service && type === crn.type);
  // One that names no account is in none that a policy of ours is about.
  const account = crn.account === own ? undefined : (crn.account ?? '');
  if (row !== undefined) return [{ service: row.source, ...given({ account }) }, typed(crn, account)];
  return [typed(crn, account)];
}

function typed({ service, type, resource, location }: Crn, account: string | undefined): User {
  const narrow: Partial<Party> = type === '' ? {} : given({ resourceType: type, resource: resource || undefined });
  return { service, ...narrow, ...given({ account, region: location || undefined }) };
}

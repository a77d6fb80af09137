import { type IdentityRecord, identities } from '../../core/account/identities.ts';
import type { Store, Table, World } from '../../core/world.ts';

/** What a compute resource must say of itself to be trusted. */
export interface ClaimRule {
  readonly id: string;
  readonly profileId: string;
  readonly name: string;
  readonly type: 'Profile-SAML' | 'Profile-CR';
  readonly realmName: string | undefined;
  /** `VSI`, `IKS_SA`, `ROKS_SA` or `CE`; undefined for people. */
  readonly crType: string | undefined;
  /** Seconds that a session lasts; compute resources have none unless it is said. */
  readonly expiration: number | undefined;
  readonly conditions: readonly { readonly claim: string; readonly operator: string; readonly value: string }[];
  readonly createdAt: string;
  readonly modifiedAt: string;
  readonly version: number;
}

/** A compute resource that is trusted by its CRN. */
export interface Link {
  readonly id: string;
  readonly profileId: string;
  readonly name: string;
  readonly crType: string;
  readonly link: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly modifiedAt: string;
}

/** Somebody who may assume a profile. */
export interface Trusted {
  readonly profileId: string;
  readonly iamId: string;
  readonly identifier: string;
  readonly type: string;
  readonly accounts: readonly string[];
  readonly description: string;
}

/** All claim rules, by id. */
export function claimRules(store: Store): Table<ClaimRule, 'profile'> {
  return store.table('iam/claim-rules', { profile: ({ profileId: id }: ClaimRule) => id });
}

/** All links, by id. */
export function links(store: Store): Table<Link, 'profile'> {
  return store.table('iam/links', { profile: ({ profileId: id }: Link) => id });
}

/** By profile, type and identifier. */
export function trusted(store: Store): Table<Trusted, 'profile'> {
  return store.table('iam/profile-identities', { profile: ({ profileId: id }: Trusted) => id });
}

/** `Profile-…` of an identity that is a profile. */
export function profileId({ iamId }: IdentityRecord): string {
  return iamId.replace(/^iam-/, '');
}

/** The CRN of a profile. */
function profileCrn(world: World, id: string): string {
  return `crn:v1:bluemix:public:iam-identity::a/${world.account}::profile:${id}`;
}

/** The profile that an id, an IAM id, a CRN or a name means. */
export function findProfile(
  world: World,
  by: { readonly id?: string | undefined; readonly name?: string | undefined },
): IdentityRecord | undefined {
  const { id, name } = by;
  if (id === undefined)
    return identities(world.store)
      .by('name', name ?? '')
      .find(({ kind }) => kind === 'profile');
  const one = identities(world.store).get(`iam-${id.split(':').at(-1)?.replace(/^iam-/, '')}`);
  const isMeant =
    one?.kind === 'profile' && [profileId(one), one.iamId, profileCrn(world, profileId(one))].includes(id);
  return isMeant && (name === undefined || one.name === name) ? one : undefined;
}

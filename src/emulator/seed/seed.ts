import type { GivenIdentity } from '../core/account/add-identity.ts';
import type { Json, Settings } from '../core/world.ts';

type JsonObject = Readonly<Record<string, Json>>;

/** What there is in an account from the start. The schema, schemas/emulator-seed.schema.json, explains each member. */
export interface Seed {
  readonly account?: string;
  readonly settings?: Partial<Settings>;
  readonly identities?: readonly GivenIdentity[];
  readonly catalog?: readonly SeedService[];
  readonly resourceGroups?: readonly string[];
  readonly keyProtectInstances?: readonly SeedVault[];
  readonly authorizations?: readonly SeedAuthorization[];
  readonly deployments?: readonly SeedDeployment[];
}

interface SeedPlace {
  readonly name: string;
  readonly region?: string;
  readonly resourceGroup?: string;
  readonly tags?: readonly string[];
}

/** A Key Protect instance. */
export interface SeedVault extends SeedPlace {
  readonly plan?: string;
  readonly policies?: readonly JsonObject[];
  readonly rings?: readonly string[];
  readonly keys?: readonly SeedKey[];
}

/** States that a key of a seed can be in. */
export type SeedState = 'pre-activation' | 'active' | 'suspended' | 'deactivated' | 'destroyed';

/** A key. */
export interface SeedKey {
  readonly name: string;
  readonly type?: 'root' | 'standard';
  readonly ring?: string;
  readonly description?: string;
  readonly aliases?: readonly string[];
  readonly expirationDate?: string;
  readonly payload?: string;
  readonly policies?: { readonly rotation?: JsonObject; readonly dualAuthDelete?: JsonObject };
  readonly state?: SeedState;
}

/** An authorization of a service on a Key Protect instance of the seed. */
export interface SeedAuthorization {
  readonly source: string;
  readonly target: string;
  readonly roles: readonly string[];
  readonly description?: string;
}

/** A deployment. */
export interface SeedDeployment extends SeedPlace {
  readonly service: string;
  readonly plan: string;
  readonly parameters?: JsonObject;
}

/** A service that the emulator's own catalog does not have. */
export interface SeedService {
  readonly name: string;
  readonly displayName?: string;
  readonly plans: readonly SeedPlan[];
  readonly provisions?: 'sync' | 'async';
  readonly keyParameters?: readonly { readonly name: string; readonly roles?: readonly string[] }[];
  readonly reclamationDays?: number;
}

/** One of its plans. */
export interface SeedPlan {
  readonly name: string;
  readonly id?: string;
  readonly free?: boolean;
  /** Whether it takes a key; yes unless said otherwise. */
  readonly takesKey?: boolean;
  readonly locations?: readonly string[];
}

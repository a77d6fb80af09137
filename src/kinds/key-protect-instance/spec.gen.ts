/** Generated from schemas/key-protect-instance.schema.json by `npm run generate`; edit the schema. */

/** A Key Protect service instance: the vault that keys live in. */
export interface KeyProtectInstanceWritten {
  /** What the cloud shows. Default: the map key. A changed name renames the instance in place. */
  name?: string;
  /** A catalog plan by name, id, or name without its service prefix. Default on create: tiered-pricing. */
  plan?: string;
  /** An IBM Cloud region such as us-south. Default: defaults.region. */
  region?: string;
  /** A resource group, by name. Default: defaults.resourceGroup, else the account's default group. */
  resourceGroup?: string;
  /**
   * Policies of the whole instance, read and written only where they are declared; that takes the role Manager. They apply to keys made afterwards.
   */
  policies?: {
    /** true: every key made afterwards needs two identities to be deleted, for good. */
    dualAuthDelete?: boolean;
    /** true: metrics go to IBM Cloud Monitoring. */
    metrics?: boolean;
    /** The rotation policy that generated root keys made afterwards begin with. */
    rotation?: {
      /** Default: true. */
      enabled?: boolean;
      /** A new version every so many months of 30 days. */
      intervalMonths?: number;
    };
    /** Which keys may be made here, and how. A switch that is not said stays as it is. */
    keyCreateImportAccess?: {
      /** false: everything is allowed. Default: true. */
      enabled?: boolean;
      /** Whether root keys may be generated. */
      createRootKey?: boolean;
      /** Whether standard keys may be generated. */
      createStandardKey?: boolean;
      /** Whether root keys may be imported. */
      importRootKey?: boolean;
      /** Whether standard keys may be imported. */
      importStandardKey?: boolean;
      /** true: key material is imported with an import token only. */
      enforceToken?: boolean;
    };
  };
  /** User tags that must be attached. Other tags of the instance stay. */
  tags?: string[];
}

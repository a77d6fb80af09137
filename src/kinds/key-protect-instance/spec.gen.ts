/** Generated from schemas/key-protect-instance.schema.json by `npm run generate`; edit the schema. */

export interface KeyProtectInstanceWritten {
  name?: string;
  plan?: string;
  region?: string;
  resourceGroup?: string;
  policies?: {
    dualAuthDelete?: boolean;
    metrics?: boolean;
    rotation?: {
      enabled?: boolean;
      intervalMonths?: number;
    };
    keyCreateImportAccess?: {
      enabled?: boolean;
      createRootKey?: boolean;
      createStandardKey?: boolean;
      importRootKey?: boolean;
      importStandardKey?: boolean;
      enforceToken?: boolean;
    };
  };
  tags?: string[];
  exclusiveTags?: boolean;
}

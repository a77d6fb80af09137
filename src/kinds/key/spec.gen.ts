/** Generated from schemas/key.schema.json by `npm run generate`; edit the schema. */

/** A key in Key Protect. */
export interface KeyWritten {
  /** What Key Protect shows. Default: the map key. Fixed at creation. */
  name?: string;
  /** A declared Key Protect instance by its map key, or the full CRN of one. */
  instance: string;
  /**
   * root (default) wraps other keys and can encrypt deployments; standard is a secret that can be read back. Fixed at creation.
   */
  type?: 'root' | 'standard';
  /**
   * A declared key ring by its map key. Default on create: the instance's ring `default`. A key moves between rings in place.
   */
  ring?: string;
  /** Fixed at creation. Do not put secrets here. */
  description?: string;
  /**
   * Other names that applications may use for this key, unique in its instance. Four at most: Key Protect allows five and Keystead's ownership mark is one.
   */
  aliases?: string[];
  /** When the key stops encrypting, as RFC 3339, for example 2030-01-01T00:00:00Z. Fixed at creation. */
  expires?: string;
  /** The rotation policy of a generated root key. */
  rotation?: {
    /** A new version every so many months of 30 days. */
    intervalMonths?: number;
    /** false pauses rotation and keeps the interval. Default when an interval is given: true. */
    enabled?: boolean;
  };
  /**
   * Rotate the root key once if its last rotation, or its creation, is older than this date, RFC 3339. What was encrypted before can still be decrypted.
   */
  rotatedSince?: string;
  /**
   * false suspends a root key: nothing under it can be read or written until it is enabled again. In use it needs --allow disable:…
   */
  enabled?: boolean;
  /** true: two identities must agree to the deletion of this key. On a key it cannot be turned off again. */
  dualAuthDelete?: boolean;
  /**
   * Your own key material instead of a generated one: 16, 24 or 32 bytes for a root key, up to 7500 for a standard key. Only `apply` opens it, to import or to rotate. It is never shown again, so it is not compared.
   */
  material?: {
    /** An environment variable that holds the material in base64. */
    env?: string;
    /** A file that holds the material; relative to the current directory. */
    file?: string;
    /** What is in the file: raw bytes (default), or base64 text. */
    encoding?: 'raw' | 'base64';
    /**
     * Wrap the material of a root key with the instance's import token, so that it is never in a request as it is. Default for root keys: true. Not for standard keys.
     */
    secureImport?: boolean;
  };
  /**
   * What to do when the key was destroyed outside: ask (default) blocks until --allow restore:…; restore brings it back within its 30 days.
   */
  whenDeleted?: 'ask' | 'restore';
  /**
   * With state: absent: destroy the key by force although it is in use. Everything encrypted under it becomes unreadable. Needs --allow cryptoshred:… and --expect as well.
   */
  cryptoshred?: boolean;
}

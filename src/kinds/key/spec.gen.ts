/** Generated from schemas/key.schema.json by `npm run generate`; edit the schema. */

/**
 * A key in Key Protect.
 */
export interface KeyWritten {
  /**
   * What Key Protect shows. Default: the map key. Fixed at creation.
   */
  name?: string;
  /**
   * Looked up and must exist; never created, changed or deleted by this stack.
   */
  existing?: boolean;
  /**
   * Pins one live object by its full CRN.
   */
  crn?: string;
  /**
   * A declared Key Protect instance by its map key, or the full CRN of one.
   */
  instance: string;
  /**
   * root (default) wraps other keys and can encrypt deployments; standard is a secret that can be read back. Fixed at creation.
   */
  type?: 'root' | 'standard';
  /**
   * A declared key ring by its map key. Default on create: the instance's ring `default`. A key moves between rings in place.
   */
  ring?: string;
  /**
   * Fixed at creation. Do not put secrets here.
   */
  description?: string;
  /**
   * Other names that applications may use for this key, unique in its instance. Four at most: Key Protect allows five and Keystead's ownership mark is one.
   *
   * @maxItems 4
   */
  aliases?: string[];
  /**
   * When the key stops encrypting, as RFC 3339, for example 2030-01-01T00:00:00Z. Fixed at creation.
   */
  expires?: string;
  /**
   * The rotation policy of a generated root key.
   */
  rotation?: {
    /**
     * A new version every so many months of 30 days.
     */
    intervalMonths?: number;
    /**
     * false pauses rotation and keeps the interval. Default when an interval is given: true.
     */
    enabled?: boolean;
  };
}

/** Generated from schemas/key-protect-instance.schema.json by `npm run generate`; edit the schema. */

/**
 * A Key Protect service instance: the vault that keys live in.
 */
export interface KeyProtectInstanceWritten {
  /**
   * What the cloud shows. Default: the map key. A changed name renames the instance in place.
   */
  name?: string;
  /**
   * absent: deleted when nothing needs it any more; the block stays until that is done. forgotten: its ownership mark is removed and it is left alone.
   */
  state?: 'present' | 'absent' | 'forgotten';
  /**
   * Map keys that this instance had before. What is marked with one of them is this one: its mark is changed, and nothing is created anew. May stay, or be removed once applied.
   *
   * @minItems 1
   */
  formerly?: string[];
  /**
   * Looked up and must exist; never created, changed or deleted by this stack.
   */
  existing?: boolean;
  /**
   * Pins one live object by its full CRN.
   */
  crn?: string;
  /**
   * A catalog plan by name, id, or name without its service prefix. Default on create: tiered-pricing.
   */
  plan?: string;
  /**
   * An IBM Cloud region such as us-south. Default: defaults.region.
   */
  region?: string;
  /**
   * A resource group, by name. Default: defaults.resourceGroup, else the account's default group.
   */
  resourceGroup?: string;
  /**
   * User tags that must be attached. Other tags of the instance stay.
   */
  tags?: string[];
}

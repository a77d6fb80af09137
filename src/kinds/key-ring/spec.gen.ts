/** Generated from schemas/key-ring.schema.json by `npm run generate`; edit the schema. */

/** A key ring: a group of keys inside one Key Protect instance that access can be granted to. */
export interface KeyRingWritten {
  /** The ring's id in its instance. Default: the map key. */
  name?: string;
  /** A declared Key Protect instance by its map key, or the full CRN of one. */
  instance: string;
}

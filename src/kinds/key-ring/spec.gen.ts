/** Generated from schemas/key-ring.schema.json by `npm run generate`; edit the schema. */

export interface KeyRingWritten {
  name?: string;
  instance: string;
}

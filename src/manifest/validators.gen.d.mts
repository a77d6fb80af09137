/** One fault as ajv tells it (`verbose`). Source: Ajv documentation, "Validation errors". */
export interface SchemaError {
  readonly keyword: string;
  /** JSON pointer into the document. */
  readonly instancePath: string;
  /** JSON pointer into the schemas; tells which errors come from a branch of `anyOf`. */
  readonly schemaPath: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Set when the fault is in a key, told for the map that holds it. */
  readonly propertyName?: string;
  /** The value of the keyword, and the schema that holds it. */
  readonly schema: unknown;
  readonly parentSchema: Readonly<Record<string, unknown>>;
  /** The value at fault. */
  readonly data: unknown;
}

/** One document of a manifest against schemas/manifest.schema.json. `errors` holds until the next call. */
export declare const validateManifest: {
  (data: unknown): boolean;
  readonly errors: readonly SchemaError[] | null;
};

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

/** Checks one document; `errors` holds until the next call. */
export interface ManifestValidator {
  (data: unknown): boolean;
  readonly errors?: readonly SchemaError[] | null | undefined;
}

/** Against schemas/manifest.schema.json. */
export declare const validateManifest: ManifestValidator;

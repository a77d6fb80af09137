/** One fault as ajv tells it. Source: Ajv documentation, "Validation errors". */
export interface SeedFault {
  /** JSON pointer into the seed. */
  readonly instancePath: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A seed against schemas/emulator-seed.schema.json. `errors` holds until the next call. */
export declare const validateSeed: {
  (data: unknown): boolean;
  readonly errors: readonly SeedFault[] | null;
};

/** A plan file against schemas/plan.schema.json. `errors` holds until the next call. */
export declare const validatePlan: {
  (data: unknown): boolean;
  readonly errors: readonly { readonly instancePath: string; readonly message?: string }[] | null;
};

type Schema = Readonly<Record<string, unknown>>;

/** The manifest's schema with a block for every kind; `kinds`: the file of each kind's schema → the schema. */
export declare function withBlocks(manifest: Schema, kinds: Readonly<Record<string, Schema>>): Schema;

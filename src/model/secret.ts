/** Where a secret's bytes are: a pointer, which may stand in plans and errors. The bytes never do. */
export type SecretSource =
  /** An environment variable that holds base64. */
  | { readonly env: string }
  /** A file, relative to the current directory; raw bytes unless said otherwise. */
  | { readonly file: string; readonly encoding?: 'raw' | 'base64' };

/** A secret that an action will open. */
export interface SecretNeed {
  readonly source: SecretSource;
  /** How long it may be, in bytes. */
  fits(length: number): boolean;
  /** The same in words: `16, 24 or 32 bytes`. */
  readonly lengths: string;
}

/** Opens a secret. Whoever asked overwrites the bytes when they have been used. */
export type OpenSecret = (source: SecretSource) => Promise<Uint8Array>;

export function nameOf(source: SecretSource): string {
  return 'env' in source ? `the environment variable ${source.env}` : `the file ${source.file}`;
}

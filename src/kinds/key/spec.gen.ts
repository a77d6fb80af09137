/** Generated from schemas/key.schema.json by `npm run generate`; edit the schema. */

export interface KeyWritten {
  name?: string;
  instance: string;
  type?: 'root' | 'standard';
  ring?: string;
  description?: string;
  aliases?: string[];
  expires?: string;
  rotation?: {
    intervalMonths?: number;
    enabled?: boolean;
  };
  rotatedSince?: string;
  enabled?: boolean;
  dualAuthDelete?: boolean;
  material?: {
    env?: string;
    file?: string;
    encoding?: 'raw' | 'base64';
    secureImport?: boolean;
  };
  whenDeleted?: 'ask' | 'restore';
  cryptoshred?: boolean;
}

import { object, optional, type Shape, text } from '../shape.ts';

/** Cloud Databases API v5, "Get deployment information": the keys alone. Each is `""` where it is IBM's own. */
export type DbKeys = Shape<typeof keys>;
const keys = object({
  disk_encryption_key_crn: optional(text),
  backup_encryption_key_crn: optional(text),
});

export const deployment = object({ deployment: object({ platform_options: optional(keys) }) });

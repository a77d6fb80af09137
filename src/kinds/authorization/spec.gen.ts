/** Generated from schemas/authorization.schema.json by `npm run generate`; edit the schema. */

export interface AuthorizationWritten {
  source:
    | string
    | {
        service?: string;
        instance?: string;
        resourceGroup?: string;
        resourceType?: string;
        account?: string;
      };
  target:
    | string
    | {
        instance?: string;
        ring?: string;
        key?: string;
        service?: string;
        crn?: string;
      };
  roles: string[];
  description?: string;
}

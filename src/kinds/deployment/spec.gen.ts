/** Generated from schemas/deployment.schema.json by `npm run generate`; edit the schema. */

export interface DeploymentWritten {
  name?: string;
  service: string;
  plan?: string;
  region?: string;
  resourceGroup?: string;
  encryption?: {
    key: string;
  };
  parameters?: {
    [k: string]: unknown;
  };
  serviceEndpoints?: 'public' | 'private' | 'public-and-private';
  tags?: string[];
  exclusiveTags?: boolean;
  whenDeleted?: 'ask' | 'restore';
  skipReclamation?: boolean;
}

/** Generated from schemas/deployment.schema.json by `npm run generate`; edit the schema. */

/** A service instance whose data a key protects: Data Virtualization, Cloud Databases and others. */
export interface DeploymentWritten {
  /** What the cloud shows. Default: the map key. A changed name renames the instance in place. */
  name?: string;
  /** A catalog service name, for example data-virtualization. */
  service: string;
  /** A catalog plan by name, id, or name without its service prefix, for example enterprise. */
  plan?: string;
  /** An IBM Cloud region such as us-south. Default: defaults.region. */
  region?: string;
  /** A resource group, by name. Default: defaults.resourceGroup, else the account's default group. */
  resourceGroup?: string;
  /** Data at rest is encrypted under this key. Fixed at creation. */
  encryption?: {
    /** A declared root key by its map key, or the full CRN of one (crn:v1:…:key:…). */
    key: string;
  };
  /** Passed to the service as they are. { key: NAME } stands for that declared key's full CRN. */
  parameters?: {
    [k: string]: unknown;
  };
  /** Which networks may reach the deployment. */
  serviceEndpoints?: 'public' | 'private' | 'public-and-private';
  /** User tags that must be attached. Other tags of the instance stay. */
  tags?: string[];
  /**
   * What to do when the deployment was deleted outside and is in reclamation: ask (default) blocks until --allow restore:…; restore brings it back.
   */
  whenDeleted?: 'ask' | 'restore';
  /**
   * With state: absent: do not wait out the reclamation, during which it could be restored. Needs --allow reclaim:… as well.
   */
  skipReclamation?: boolean;
}

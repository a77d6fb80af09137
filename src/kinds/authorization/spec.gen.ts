/** Generated from schemas/authorization.schema.json by `npm run generate`; edit the schema. */

/** An IAM authorization policy: lets a service (the source) use another one (the target). */
export interface AuthorizationWritten {
  /** Who may. A service name alone means all its instances. */
  source:
    | string
    | {
        /** A catalog service name, for example data-virtualization. */
        service: string;
        /** A declared deployment by its map key, or the full CRN of an instance. */
        instance?: string;
        /** Only instances in this resource group, by name. */
        resourceGroup?: string;
        /** A resource type of the service, for example share of is. */
        resourceType?: string;
        /** The source's account, when it is another one. */
        account?: string;
      };
  /** What may be used. A declared Key Protect instance's map key alone means that whole instance. */
  target:
    | string
    | {
        /** A declared Key Protect instance by its map key, or the full CRN of one. */
        instance?: string;
        /** A declared key ring; its instance is implied. */
        ring?: string;
        /** A declared key or a key's full CRN; its instance is implied. */
        key?: string;
        /** Another target service; needs crn. */
        service?: string;
        /** The full CRN of an instance of that service. */
        crn?: string;
      };
  /** Reader, Writer, Manager, AuthorizationDelegator …: display names or the last word of the role's CRN. */
  roles: string[];
  /** Free text. Keystead appends its ownership mark to it. */
  description?: string;
}

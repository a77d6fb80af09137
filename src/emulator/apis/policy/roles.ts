import { actionsOf } from '../key-protect/permissions.ts';

/** A role as `GET /v2/roles` shows it; clients match `display_name` exactly and find granted roles by `crn`. */
export interface Role {
  readonly display_name: string;
  readonly description: string;
  readonly actions: readonly string[];
  readonly crn: string;
}

/** Source: platform reference, "Roles". */
const systemRoles: readonly Role[] = [
  system('Viewer', 'View instances, but not change them.', ['resource-controller.instance.retrieve']),
  system('Operator', 'View instances and manage aliases, bindings and credentials.', [
    'resource-controller.instance.retrieve',
  ]),
  system('Editor', 'Everything but managing the account and assigning access.', [
    'resource-controller.instance.create',
  ]),
  system('Administrator', 'Everything, including assigning access.', [
    'iam.policy.create',
    'resource-controller.instance.create',
  ]),
  system('Authorization Delegator', 'Let the source service authorize the services it depends on.', [
    'iam.policy.create',
  ]),
];

/** Source: Key Protect reference, "IAM". */
const kmsRoles: readonly Role[] = [
  service('Reader', 'Browse keys, wrap and unwrap with them.', actionsOf('Reader')),
  service('ReaderPlus', 'As Reader, and read the material of standard keys.', actionsOf('ReaderPlus')),
  service('Writer', 'As ReaderPlus, and create and rotate keys.', actionsOf('Writer')),
  service('Manager', 'As Writer, and delete keys, set policies.', actionsOf('Manager')),
  service('KeyPurge', 'Purge keys that are destroyed; contained in no other role.', actionsOf('KeyPurge')),
];

/** Any other target: a default set, so that a client finds something for every pair of services (judged). */
const plainRoles: readonly Role[] = ['Reader', 'Writer', 'Manager'].map((name) =>
  service(name, `${name} of the service.`, []),
);

/** The roles of a group of services. Source: platform-services-node-sdk, integration tests (the one group and role). */
export const groupRoles: Readonly<Record<string, readonly Role[]>> = {
  IAM: [
    {
      display_name: 'Service ID creator',
      description: 'Create service IDs.',
      actions: ['iam-identity.serviceid.create'],
      crn: 'crn:v1:bluemix:public:iam-identity::::serviceRole:ServiceIdCreator',
    },
  ],
};

/** The roles that can be granted on a target service; undefined: a target by resource type, or any. */
export function rolesOn(targetService: string | undefined): {
  readonly service: readonly Role[];
  readonly system: readonly Role[];
} {
  const keyManagement = targetService === 'kms' || targetService === 'hs-crypto';
  return { service: keyManagement ? kmsRoles : plainRoles, system: systemRoles };
}

function system(displayName: string, description: string, actions: readonly string[]): Role {
  const crn = `crn:v1:bluemix:public:iam::::role:${displayName.replaceAll(' ', '')}`;
  return { display_name: displayName, description, actions, crn };
}

function service(name: string, description: string, actions: readonly string[]): Role {
  return { display_name: name, description, actions, crn: `crn:v1:bluemix:public:iam::::serviceRole:${name}` };
}

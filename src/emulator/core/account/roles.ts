/** The service roles of Key Protect. */
export type KeyProtectRole = 'Reader' | 'ReaderPlus' | 'Writer' | 'Manager' | 'KeyPurge';

const fromReader = ['Reader', 'ReaderPlus', 'Writer', 'Manager'] as const;
const fromReaderPlus = ['ReaderPlus', 'Writer', 'Manager'] as const;
const fromWriter = ['Writer', 'Manager'] as const;
const manager = ['Manager'] as const;

/**
 * Which roles contain which action. Each contains the ones before it, but KeyPurge, which stands alone.
 * Source: Key Protect reference, "IAM"; names of actions are partly derived from event names (UNSURE).
 */
export const kmsActions = {
  'kms.secrets.list': fromReader,
  'kms.secrets.head': fromReader,
  'kms.secrets.readmetadata': fromReader,
  'kms.secrets.listkeyversions': fromReader,
  'kms.secrets.wrap': fromReader,
  'kms.secrets.unwrap': fromReader,
  'kms.secrets.rewrap': fromReader,
  'kms.registrations.list': fromReader,
  'kms.registrations.write': fromReader,
  'kms.keyrings.list': fromReader,
  'kms.instanceallowedipport.read': fromReader,
  'kms.secrets.read': fromReaderPlus,
  'kms.secrets.create': fromWriter,
  'kms.secrets.rotate': fromWriter,
  'kms.secrets.sync': fromWriter,
  'kms.secrets.setkeyfordeletion': fromWriter,
  'kms.secrets.unsetkeyfordeletion': fromWriter,
  'kms.secrets.createalias': fromWriter,
  'kms.secrets.deletealias': fromWriter,
  'kms.keyrings.create': fromWriter,
  'kms.importtoken.create': fromWriter,
  'kms.importtoken.read': fromWriter,
  'kms.secrets-with-policy-overrides.create': manager,
  'kms.secrets.delete': manager,
  'kms.secrets.restore': manager,
  'kms.secrets.enable': manager,
  'kms.secrets.disable': manager,
  'kms.secrets.patch': manager,
  'kms.policies.read': manager,
  'kms.policies.write': manager,
  'kms.instancepolicies.read': manager,
  'kms.instancepolicies.write': manager,
  'kms.keyrings.delete': manager,
  'kms.secrets.purge': ['KeyPurge'],
} as const satisfies Readonly<Record<string, readonly KeyProtectRole[]>>;

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

/** What some services have beside those. */
const ownRoles: Readonly<Record<string, readonly Role[]>> = {
  // Source: IBM Cloud docs, "Managing IAM access for Secrets Manager"; terraform-provider-ibm, acceptance tests.
  'secrets-manager': [own('secrets-manager', 'SecretsReader', 'Reader, and read the secrets themselves.')],
  // Source: IBM Cloud docs, "Getting started with IAM" (Object Storage).
  'cloud-object-storage': [
    own('cloud-object-storage', 'Content Reader', 'Read and list objects.'),
    own('cloud-object-storage', 'Object Reader', 'Read objects.'),
    own('cloud-object-storage', 'Object Writer', 'Write objects.'),
  ],
};

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
  const others = Object.hasOwn(ownRoles, targetService ?? '') ? (ownRoles[targetService ?? ''] ?? []) : [];
  return { service: keyManagement ? kmsRoles : [...plainRoles, ...others], system: systemRoles };
}

function system(displayName: string, description: string, actions: readonly string[]): Role {
  const crn = `crn:v1:bluemix:public:iam::::role:${displayName.replaceAll(' ', '')}`;
  return { display_name: displayName, description, actions, crn };
}

function service(name: string, description: string, actions: readonly string[]): Role {
  return { display_name: name, description, actions, crn: `crn:v1:bluemix:public:iam::::serviceRole:${name}` };
}

function own(target: string, name: string, description: string): Role {
  const crn = `crn:v1:bluemix:public:${target}::::serviceRole:${name.replaceAll(' ', '')}`;
  return { display_name: name, description, actions: [], crn };
}

/** The actions that a role contains. */
function actionsOf(role: KeyProtectRole): readonly string[] {
  return Object.entries(kmsActions).flatMap(([action, roles]) => (roles.some((one) => one === role) ? [action] : []));
}

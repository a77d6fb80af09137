/** IBM's clients that the emulator is held against. */
export type SdkName =
  | 'Resource Controller'
  | 'Resource Manager'
  | 'IAM Policy Management'
  | 'Global Catalog'
  | 'Global Tagging'
  | 'Global Search'
  | 'IAM Identity'
  | 'Key Protect';

const templates = 'enterprise-managed: templates and their assignments to child accounts';
const ownEntries = "writing a catalog of one's own";
const files = 'files beside a catalog entry';
const governance = 'governance and settings of an account';
const reports = 'reports on an account';

/** Every operation of IBM's clients that is not emulated, and why. Everything else is. They answer 501. */
export const outOfScope: Readonly<Record<SdkName, Readonly<Record<string, string>>>> = {
  // KMIP is not in its client.
  'Key Protect': {},
  'Resource Controller': {},
  'Resource Manager': {},
  'Global Search': {},
  'Global Tagging': {},
  'Global Catalog': {
    ...named(ownEntries, 'createCatalogEntry updateCatalogEntry deleteCatalogEntry restoreCatalogEntry'),
    ...named(ownEntries, 'updateVisibility getAuditLogs'),
    ...named(files, 'listArtifacts getArtifact uploadArtifact deleteArtifact'),
  },
  'IAM Policy Management': {
    ...named(templates, 'listPolicyTemplates createPolicyTemplate getPolicyTemplate deletePolicyTemplate'),
    ...named(templates, 'createPolicyTemplateVersion listPolicyTemplateVersions replacePolicyTemplate'),
    ...named(templates, 'deletePolicyTemplateVersion getPolicyTemplateVersion commitPolicyTemplate'),
    ...named(templates, 'listPolicyAssignments createPolicyTemplateAssignment getPolicyAssignment'),
    ...named(templates, 'updatePolicyAssignment deletePolicyAssignment'),
    ...named(templates, 'listActionControlTemplates createActionControlTemplate getActionControlTemplate'),
    ...named(templates, 'deleteActionControlTemplate createActionControlTemplateVersion'),
    ...named(templates, 'listActionControlTemplateVersions replaceActionControlTemplate'),
    ...named(templates, 'deleteActionControlTemplateVersion getActionControlTemplateVersion'),
    ...named(templates, 'commitActionControlTemplate listActionControlAssignments'),
    ...named(templates, 'createActionControlTemplateAssignment getActionControlAssignment'),
    ...named(templates, 'updateActionControlAssignment deleteActionControlAssignment'),
    ...named(templates, 'listRoleTemplates createRoleTemplate getRoleTemplate deleteRoleTemplate'),
    ...named(templates, 'createRoleTemplateVersion listRoleTemplateVersions replaceRoleTemplate'),
    ...named(templates, 'deleteRoleTemplateVersion getRoleTemplateVersion commitRoleTemplate'),
    ...named(templates, 'listRoleAssignments createRoleTemplateAssignment getRoleAssignment'),
    ...named(templates, 'updateRoleAssignment deleteRoleAssignment'),
    ...named(governance, 'getSettings updateSettings'),
  },
  'IAM Identity': {
    ...named(templates, 'listProfileTemplates createProfileTemplate getLatestProfileTemplateVersion'),
    ...named(templates, 'deleteAllVersionsOfProfileTemplate listVersionsOfProfileTemplate'),
    ...named(templates, 'createProfileTemplateVersion getProfileTemplateVersion updateProfileTemplateVersion'),
    ...named(templates, 'deleteProfileTemplateVersion commitProfileTemplate listTrustedProfileAssignments'),
    ...named(templates, 'createTrustedProfileAssignment getTrustedProfileAssignment'),
    ...named(templates, 'deleteTrustedProfileAssignment updateTrustedProfileAssignment'),
    ...named(templates, 'listAccountSettingsTemplates createAccountSettingsTemplate'),
    ...named(templates, 'getLatestAccountSettingsTemplateVersion deleteAllVersionsOfAccountSettingsTemplate'),
    ...named(templates, 'listVersionsOfAccountSettingsTemplate createAccountSettingsTemplateVersion'),
    ...named(templates, 'getAccountSettingsTemplateVersion updateAccountSettingsTemplateVersion'),
    ...named(templates, 'deleteAccountSettingsTemplateVersion commitAccountSettingsTemplate'),
    ...named(templates, 'listAccountSettingsAssignments createAccountSettingsAssignment'),
    ...named(templates, 'getAccountSettingsAssignment deleteAccountSettingsAssignment'),
    ...named(templates, 'updateAccountSettingsAssignment'),
    ...named(governance, 'updateAccountSettings getEffectiveAccountSettings getAccountLimits'),
    ...named(governance, 'getMfaStatus createMfaReport getMfaReport bulkListAccountEntityConsumption'),
    ...named(governance, 'updatePreferenceOnScopeAccount deletePreferencesOnScopeAccount'),
    ...named(governance, 'getPreferencesOnScopeAccount getAllPreferencesOnScopeAccount'),
    ...named(governance, 'listServiceIdGroup createServiceIdGroup getServiceIdGroup updateServiceIdGroup'),
    ...named(governance, 'deleteServiceIdGroup'),
    ...named(reports, 'createReport getReport'),
  },
};

/** The same for all APIs, those included that have no client here. */
export const notEmulated: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ...outOfScope,
  'Key Protect': {
    ...named('KMIP', 'createKMIPAdapter getKMIPAdapters getKMIPAdapter deleteKMIPAdapter'),
    ...named('KMIP', 'createKMIPClientCertificate getKMIPClientCertificates getKMIPClientCertificate'),
    ...named('KMIP', 'deleteKMIPClientCertificate getKMIPObjects getKMIPObject deleteKMIPObject'),
  },
};

function named(why: string, operations: string): Readonly<Record<string, string>> {
  return Object.fromEntries(operations.split(' ').map((operation) => [operation, why]));
}

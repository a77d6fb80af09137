import { apiKeySecret } from './core/account/identities.ts';
import { wordsOf } from './core/json.ts';

/** IBM's Node SDKs read `<NAME>_URL` and `<NAME>_AUTH_…`. Source: platform reference, "Hosts and base URLs" and "ibm-cloud-sdk-core configuration". */
const sdkServices: Readonly<Record<string, string>> = {
  IAM_IDENTITY: '',
  IAM_POLICY_MANAGEMENT: '',
  RESOURCE_CONTROLLER: '',
  RESOURCE_MANAGER: '',
  GLOBAL_CATALOG: '/api/v1',
  GLOBAL_TAGGING: '',
  GLOBAL_SEARCH: '',
  IBM_KEY_PROTECT_API: '',
  CLOUD_DATABASES: '/v5/ibm',
};

/**
 * What else IBM's provider for Terraform asks for an address: an older client for policies, and APIs that are not
 * emulated. Source: platform reference, "Provider bootstrap: exact sequence" (endpoint redirection).
 */
const elsewhere: readonly string[] = wordsOf(`
  IBMCLOUD_IAMPAP_API_ENDPOINT IBMCLOUD_ACCOUNT_MANAGEMENT_API_ENDPOINT IBMCLOUD_USER_MANAGEMENT_ENDPOINT
  IBMCLOUD_UAA_ENDPOINT IBMCLOUD_ENTERPRISE_API_ENDPOINT IBMCLOUD_CONTEXT_BASED_RESTRICTIONS_ENDPOINT
  IBMCLOUD_CATALOG_MANAGEMENT_API_ENDPOINT IBMCLOUD_HPCS_API_ENDPOINT IBMCLOUD_KP_CRYPTOUNIT_ENDPOINT
  IBMCLOUD_DB2_API_ENDPOINT IBMCLOUD_COS_CONFIG_ENDPOINT IBMCLOUD_CS_API_ENDPOINT IBMCLOUD_CR_API_ENDPOINT
`);

/**
 * The environment that points Keystead, IBM's provider for Terraform and IBM's SDKs at an emulator.
 *
 * APIs that are not emulated are named too: they answer 501 here, and no client falls back to the real cloud.
 * Source: platform reference, "Provider bootstrap: exact sequence" (endpoint redirection).
 */
export function environmentFor(url: string): Readonly<Record<string, string>> {
  const sdk = Object.entries(sdkServices).flatMap(([name, path]) => [
    [`${name}_URL`, `${url}${path}`],
    [`${name}_AUTH_TYPE`, 'iam'],
    [`${name}_AUTH_URL`, url],
    [`${name}_APIKEY`, apiKeySecret],
  ]);
  return {
    IBMCLOUD_API_KEY: apiKeySecret,
    IBMCLOUD_IAM_API_ENDPOINT: url,
    IBMCLOUD_KP_API_ENDPOINT: url,
    IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT: url,
    IBMCLOUD_RESOURCE_MANAGEMENT_API_ENDPOINT: url,
    // Without a path: the provider appends /api/v1 itself.
    IBMCLOUD_RESOURCE_CATALOG_API_ENDPOINT: url,
    IBMCLOUD_GT_API_ENDPOINT: url,
    IBMCLOUD_GS_API_ENDPOINT: url,
    IBMCLOUD_DATABASES_API_ENDPOINT: `${url}/v5/ibm`,
    IBMCLOUD_ICD_API_ENDPOINT: url,
    ...Object.fromEntries(elsewhere.map((name) => [name, url])),
    ...Object.fromEntries(sdk),
  };
}

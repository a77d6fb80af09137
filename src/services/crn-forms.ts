import type { Crn } from '../model/crn.ts';
import type { CrnForm } from '../model/resource.ts';

/** Services whose keys encrypt: Key Protect, and Hyper Protect Crypto Services, whose CRNs have the same form. */
const KEY_SERVICES = ['kms', 'hs-crypto'];

/** An instance of any service. Source: IBM Cloud docs, "Cloud Resource Names". */
export const instanceCrn: CrnForm = {
  words: "an instance's full CRN",
  sample: 'crn:v1:bluemix:public:<service>:<region>:a/<account>:<guid>::',
  fits: ({ type, instance }: Crn) => type === '' && instance !== '',
};

/** A key. Source: Key Protect docs, "Retrieving a key's CRN". */
export const keyCrn: CrnForm = {
  words: "a key's full CRN",
  sample: 'crn:v1:bluemix:public:kms:<region>:a/<account>:<guid>:key:<key id>',
  fits: ({ type, service }: Crn) => type === 'key' && KEY_SERVICES.includes(service),
};

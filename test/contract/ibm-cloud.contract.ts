import { test } from '@jest/globals';
import { contract } from './contract.ts';
import { openIbmCloud } from './target.ts';

const { IBMCLOUD_API_KEY: apiKey, KEYSTEAD_CONTRACT_ACCOUNT: account } = process.env;

// Never part of `npm test`: it makes things in an account, and takes them away again.
if (apiKey === undefined || account === undefined) {
  process.stdout.write(
    'IBM Cloud: skipped; set IBMCLOUD_API_KEY and KEYSTEAD_CONTRACT_ACCOUNT to ask a real account\n',
  );
  test.skip('IBM Cloud', () => {});
} else {
  contract('IBM Cloud', () => openIbmCloud(apiKey, account, process.env));
}

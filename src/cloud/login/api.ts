import type { Api, Host } from '../api.ts';

/** Tokens, and below the same host policies and roles. */
export const iamHost: Host = {
  variable: 'IBMCLOUD_IAM_API_ENDPOINT',
  public: 'iam',
  private: 'private.iam',
  tail: /\/identity\/token$/,
};

export const iam: Api = { name: 'IAM', host: iamHost, idHeader: 'Transaction-Id' };

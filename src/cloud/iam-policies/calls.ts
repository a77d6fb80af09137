import { KeysteadError } from '../../model/errors.ts';
import { given } from '../../model/json.ts';
import { type Answer, type Api, nothing, path, type Wire } from '../api.ts';
import { orAbsent, orGone } from '../ask.ts';
import { iamHost } from '../login/api.ts';
import { once } from '../once.ts';
import { allPages, parameterOf } from '../pages.ts';
import { type IamPolicy, type IamPolicyWrite, type IamRole, policy, policyList, roleList } from './shapes.ts';

const api: Api = { name: 'IAM policy management', host: iamHost, idHeader: 'Transaction-Id' };

const VIEWER = 'the platform role Viewer (or more) on the target service, to see its authorizations';
const ADMINISTRATOR =
  'the platform role Administrator on the target service, and every role that the authorization gives';
const POLICIES = '/v2/policies';
const NOT_FOUND = new Set(['policy_not_found', 'not_found']);

/** Platform API reference, "IAM policy management": v2 only. */
export const iamPolicies = { api, reads, writes };

function reads({ ask, accountId, pageSize }: Wire) {
  return {
    /** All authorization policies of the login's account. */
    authorizations: once(async () => {
      // Without a limit everything comes at once (UNSURE); `next` is followed all the same.
      const query = { account_id: await accountId(), type: 'authorization', limit: pageSize };
      const found = await allPages(
        { api: api.name, operation: 'list authorizations' },
        { start: undefined },
        ({ id }: IamPolicy) => id,
        ({ start }: { readonly start: string | undefined }) =>
          ask(
            { operation: 'list authorizations', path: POLICIES, query: { ...query, start }, needs: VIEWER },
            ({ body }) => {
              const { policies, next } = policyList(body);
              const cursor = next?.start ?? parameterOf(next?.href, 'start');
              return { items: policies, next: cursor === undefined ? undefined : { start: cursor } };
            },
          ),
      );
      return found.filter(isThere);
    }),
    /** With its ETag. A deleted policy is `undefined`. */
    authorization: async (id: string): Promise<IamPolicy | undefined> => {
      const call = { operation: 'read authorization', path: path`/v2/policies/${id}`, needs: VIEWER };
      const found = await orAbsent(ask(call, policyIn), (code) => NOT_FOUND.has(code));
      return found && isThere(found) ? found : undefined;
    },
    /** Service, system and custom roles together. `sourceService` is empty where any service is the source. */
    roles: once(async (targetService: string, sourceService: string): Promise<readonly IamRole[]> => {
      const query = {
        account_id: await accountId(),
        service_name: targetService,
        ...given({ source_service_name: sourceService || undefined }),
        policy_type: 'authorization',
      };
      return ask({ operation: 'list roles', path: '/v2/roles', query, needs: VIEWER }, ({ body }) => {
        const { service_roles, system_roles, custom_roles } = roleList(body);
        return [...service_roles, ...system_roles, ...custom_roles];
      });
    }),
  };
}

function writes({ ask }: Wire) {
  const needs = ADMINISTRATOR;
  return {
    createAuthorization: (body: IamPolicyWrite) =>
      ask({ operation: 'create authorization', method: 'POST', path: POLICIES, body, needs }, policyIn),
    /**
     * Conditional on the ETag: a lost update is impossible.
     *
     * @param etag absent where the read brought none, as on some private endpoints (terraform-provider-ibm issue 6975)
     * @throws KeysteadError `NO_ETAG` then, before anything is sent
     */
    replaceAuthorization: async (id: string, etag: string | undefined, body: IamPolicyWrite): Promise<IamPolicy> => {
      if (etag === undefined || etag === '') {
        const message = `policy ${id} was read without an ETag, so a change could overwrite what others changed`;
        throw new KeysteadError('NO_ETAG', message, {
          remedy: 'set IC_VISIBILITY=public, or run it again where iam.cloud.ibm.com answers with an ETag',
        });
      }
      // Not idempotent in spite of its method: sent again, it would be refused for the ETag that it changed itself.
      const call = { operation: 'replace authorization', path: path`/v2/policies/${id}`, body, needs };
      return ask({ ...call, method: 'PUT', headers: { 'If-Match': etag } }, policyIn);
    },
    /** Succeeds when it is gone already. */
    deleteAuthorization: (id: string) => {
      const call = {
        operation: 'delete authorization',
        path: path`/v2/policies/${id}`,
        idempotent: true,
        needs,
      } as const;
      return orGone(ask({ ...call, method: 'DELETE' }, nothing));
    },
  };
}

/** A deleted policy still answers for a while. */
function isThere({ state }: IamPolicy): boolean {
  return state !== 'deleted';
}

function policyIn({ headers, body }: Answer): IamPolicy {
  return { ...policy(body), ...given({ etag: headers['etag'] }) };
}

import { isRefusal, orAbsent } from './ask.ts';
import { type Answer, type Api, type Ask, type Call, nothing } from './call.ts';
import type { Endpoints } from './endpoints.ts';
import { allPages, parameterOf } from './pages.ts';
import type { Reader, Writer } from './reader.ts';
import { anything, listOf, listOrNone, Misshapen, object, optional, type Read, text } from './shape.ts';
import type { IamAttribute, IamPolicy, IamRole, Login } from './wire.ts';

export type IamPolicyReads = Pick<Reader, 'authorizations' | 'authorization' | 'roles'>;
export type IamPolicyWrites = Pick<Writer, 'createAuthorization' | 'replaceAuthorization' | 'deleteAuthorization'>;

const VIEWER = 'the platform role Viewer (or more) on the target service, to see its authorizations';
const ADMINISTRATOR =
  'the platform role Administrator on the target service, and every role that the authorization gives';

/** Platform API reference, "IAM policy management": v2 only (design 10). */
export function iamPolicyReads(
  ask: Ask,
  endpoints: Endpoints,
  login: () => Promise<Login>,
  pageSize?: number,
): IamPolicyReads {
  const api = apiOf(endpoints);
  return {
    authorizations: async () => {
      const { accountId } = await login();
      // Without a limit everything comes at once (UNSURE); `next` is followed all the same.
      const query = { account_id: accountId, type: 'authorization', limit: pageSize };
      return allPages({ start: undefined }, idOf, ({ start }: { readonly start: string | undefined }) =>
        ask(
          {
            api,
            operation: 'list authorizations',
            method: 'GET',
            path: '/v2/policies',
            query: { ...query, start },
            needs: VIEWER,
          },
          ({ body }) => {
            const { policies, next } = policyList(body, '');
            const cursor = next?.start ?? parameterOf(next?.href, 'start');
            return { items: policies, next: cursor === undefined ? undefined : { start: cursor } };
          },
        ),
      );
    },
    authorization: async (id) => {
      const found = await orAbsent(
        ask({ api, operation: 'read authorization', method: 'GET', path: pathOf(id), needs: VIEWER }, policyIn),
        ['policy_not_found', 'not_found'],
      );
      // A deleted policy still answers for a while.
      return found?.state === 'deleted' ? undefined : found;
    },
    roles: async (targetService, sourceService) =>
      ask(
        {
          api,
          operation: 'list roles',
          method: 'GET',
          path: '/v2/roles',
          query: {
            account_id: (await login()).accountId,
            service_name: targetService,
            source_service_name: sourceService,
            policy_type: 'authorization',
          },
          needs: VIEWER,
        },
        ({ body }) => {
          const { service_roles, system_roles, custom_roles } = roleList(body, '');
          return [...service_roles, ...system_roles, ...custom_roles];
        },
      ),
  };
}

export function iamPolicyWrites(ask: Ask, endpoints: Endpoints): IamPolicyWrites {
  const api = apiOf(endpoints);
  return {
    deleteAuthorization: async (id) => {
      const call: Call = {
        api,
        operation: 'delete authorization',
        method: 'DELETE',
        path: pathOf(id),
        idempotent: true,
        needs: ADMINISTRATOR,
      };
      await ask(call, nothing).catch((error: unknown) => {
        if (!isRefusal(error, 404)) throw error;
      });
    },
    createAuthorization: (body) =>
      ask(
        { api, operation: 'create authorization', method: 'POST', path: '/v2/policies', body, needs: ADMINISTRATOR },
        policyIn,
      ),
    // Not idempotent in spite of its method: sent again, it would be refused for the ETag that it changed itself.
    replaceAuthorization: (id, etag, body) =>
      ask(
        {
          api,
          operation: 'replace authorization',
          method: 'PUT',
          path: pathOf(id),
          headers: { 'If-Match': etag },
          body,
          needs: ADMINISTRATOR,
        },
        policyIn,
      ),
  };
}

function apiOf(endpoints: Endpoints): Api {
  return { name: 'IAM policy management', endpoint: endpoints.iam, idHeader: 'Transaction-Id' };
}

function pathOf(id: string): string {
  return `/v2/policies/${encodeURIComponent(id)}`;
}

function idOf({ id }: IamPolicy): string {
  return id;
}

function policyIn({ headers, body }: Answer): IamPolicy {
  const { etag } = headers;
  return { ...policy(body, ''), ...(etag === undefined ? {} : { etag }) };
}

/** A string; a boolean for `stringExists`; a list for the `…AnyOf` operators. */
const attributeValue: Read<IamAttribute['value']> = (value, at) => {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return listOf(text)(value, at);
  throw new Misshapen(at, 'a string, true, false or a list of strings');
};

const attributes = object<{ readonly attributes: readonly IamAttribute[] }>({
  attributes: listOrNone(object<IamAttribute>({ key: text, operator: text, value: attributeValue })),
});
const grant = object<IamPolicy['control']['grant']>({
  roles: listOrNone(object<{ role_id: string }>({ role_id: text })),
});

/** "Shapes", v2. */
const policy = object<IamPolicy>({
  id: text,
  type: text,
  description: optional(text),
  state: optional(text),
  subject: optional(attributes),
  resource: optional(attributes),
  control: object<IamPolicy['control']>({ grant }),
  created_at: optional(text),
  created_by_id: optional(text),
  last_modified_at: optional(text),
  last_modified_by_id: optional(text),
  template: optional(anything),
  // The header's, never the body's.
  etag: () => undefined,
});

interface PolicyList {
  readonly policies: readonly IamPolicy[];
  readonly next?: { readonly start?: string; readonly href?: string };
}
const policyList = object<PolicyList>({
  policies: listOrNone(policy),
  next: optional(object<NonNullable<PolicyList['next']>>({ start: optional(text), href: optional(text) })),
});

const role = object<IamRole>({ display_name: text, crn: text });
const roles = listOrNone(role);
interface RoleList {
  readonly service_roles: readonly IamRole[];
  readonly system_roles: readonly IamRole[];
  readonly custom_roles: readonly IamRole[];
}
const roleList = object<RoleList>({ service_roles: roles, system_roles: roles, custom_roles: roles });

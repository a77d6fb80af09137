import { isObject } from '../../core/json.ts';
import type { Call, Reply, World } from '../../core/world.ts';
import { requireAdministrator } from './access.ts';
import { readBody } from './body.ts';
import { badRequest, conflict, malformed, policyNotFound } from './errors.ts';
import { identityOf, type Policy, policies, sameAttributes } from './state.ts';
import { inV2, shown } from './views.ts';
import { endPolicy, makePolicy, nextEtag, recordPolicy, spreadLater, type Wanted } from './write.ts';

/**
 * `POST /v1|v2/policies` → 201 with `ETag`: into one store, in the words of either.
 * Source: platform reference, "Operations", "Shapes" (IAM policy management).
 */
export function createPolicy(world: World, call: Call): Reply {
  const wanted = readBody(world, call);
  requireAdministrator(world, call, wanted);
  refuseTwin(world, call, wanted, undefined);
  return shown(world, call, makePolicy(world, call.identity.iamId, call.identity.accountId, wanted), 201);
}

/**
 * `PUT /v1|v2/policies/{id}` → 200 with a new `ETag`. Every member is replaced: a description that is not sent again is
 * gone. Access stays access: the type is no part that can be replaced (judged).
 */
export function replacePolicy(world: World, call: Call): Reply {
  const standing = forUpdate(world, call);
  if (standing.state !== 'active') throw policyNotFound(call, standing.id);
  const wanted = readBody(world, call);
  if (wanted.type !== standing.type) throw malformed(call, 'The type of a policy cannot be changed.');
  requireAdministrator(world, call, wanted);
  refuseTwin(world, call, wanted, standing.id);
  return shown(world, call, write(world, call, { ...standing, ...wanted }));
}

/** `PATCH /v1/policies/{id}` with `{"state":"active"}`: a deleted policy stands again. */
export function restorePolicy(world: World, call: Call): Reply {
  const deleted = forUpdate(world, call);
  if (!isObject(call.body) || call.body['state'] !== 'active') {
    throw malformed(call, 'The body must be {"state":"active"}.');
  }
  refuseTwin(world, call, deleted, deleted.id);
  return shown(world, call, write(world, call, { ...deleted, state: 'active' }));
}

/**
 * `DELETE /v1|v2/policies/{id}` → 204; the policy stays as a tombstone. A second delete is 404 (UNSURE in the
 * reference: could be 204). For the services the policy is gone at once.
 */
export function deletePolicy(world: World, call: Call): Reply {
  const policy = policies(world.store).get(call.params['id'] ?? '');
  if (policy === undefined || policy.state === 'deleted') throw policyNotFound(call, call.params['id'] ?? '');
  requireAdministrator(world, call, policy);
  endPolicy(world, policy, call.identity.iamId);
  return { status: 204 };
}

function write(world: World, call: Call, policy: Policy): Policy {
  const written: Policy = { ...policy, etag: nextEtag(world, policy), ...touched(world, call) };
  policies(world.store).put(written.id, written);
  spreadLater(world, written.id, written);
  recordPolicy(world, written, 'update', call.identity.iamId);
  return written;
}

/** The addressed policy, if the request's `If-Match` names its present version. */
function forUpdate(world: World, call: Call): Policy {
  const id = call.params['id'] ?? '';
  const policy = policies(world.store).get(id);
  if (policy === undefined) throw policyNotFound(call, id);
  requireAdministrator(world, call, policy);
  const expected = call.header('If-Match');
  if (expected === undefined || expected === '')
    throw badRequest(call, 'missing_required_header', 'The If-Match header is required.');
  // UNSURE in the reference: a stale If-Match may be 412 as well; the judgement there is 409 without a foreign policy.
  if (expected !== policy.etag) {
    throw conflict(
      call,
      'The policy was changed by another request: the If-Match header does not match its current ETag.',
    );
  }
  return policy;
}

/**
 * Identity is the attributes of both sides, in any order; description does not count. With other roles it is a conflict
 * too (judged in the reference). Tags and rules in time make another policy (judged).
 */
function refuseTwin(
  world: World,
  call: Call,
  wanted: Pick<Wanted, 'type' | 'subject' | 'resource' | 'roles' | 'tags' | 'rule'>,
  self: string | undefined,
): void {
  const twin = policies(world.store)
    .by('identity', identityOf(wanted))
    .find(
      (policy) =>
        policy.id !== self &&
        sameAttributes(policy.tags, wanted.tags) &&
        JSON.stringify(policy.rule) === JSON.stringify(wanted.rule),
    );
  if (twin === undefined) return;
  const sameRoles = [...twin.roles].sort().join() === [...wanted.roles].sort().join();
  const message = sameRoles
    ? `The policy wasn't created because an access policy with identical attributes and roles already exists. Update the existing policy (${twin.id}) instead.`
    : `The policy wasn't created because an access policy with identical attributes already exists. Update the roles in the existing policy (${twin.id}) instead.`;
  throw conflict(call, message, { etag: twin.etag, policy: inV2(world, call, twin) });
}

function touched(world: World, call: Call): Pick<Policy, 'lastModifiedAt' | 'lastModifiedById'> {
  return { lastModifiedAt: world.now().toISOString(), lastModifiedById: call.identity.iamId };
}

import type { IamPolicy, IamPolicyWrite } from '../../cloud/iam-policies/shapes.ts';
import { type Mark, sameMark } from '../../model/address.ts';
import { isRefused, KeysteadError, Stale } from '../../model/errors.ts';
import { isObject, sameJson } from '../../model/json.ts';
import { marksOnceSet, otherStacks, othersAmong } from '../../model/ownership.ts';
import type { Observed } from '../../model/resource.ts';
import { roleWord } from '../../services/roles.ts';
import type { ActionContext, ChangeJob, CreateJob, EndJob } from '../action.ts';
import { sidesOf } from './attributes.ts';
import { textAfter } from './description.ts';
import { type LivePolicy, see, serviceOf } from './facts.ts';
import { readDescription, withMark, writeDescription } from './marks.ts';
import type { AuthorizationSpec } from './spec.ts';

/**
 * Creates a policy with its mark. IAM refuses a twin with 409, whose body carries the one that is there: with our mark
 * it is the answer to a create that happened already, otherwise the plan is stale.
 *
 * Source: IAM Policy Management API v2, "Create a v2 policy".
 */
export async function create(
  context: ActionContext,
  { desired }: CreateJob<AuthorizationSpec>,
): Promise<Observed<LivePolicy>> {
  const { cloud, snapshot, eventually } = context;
  const { spec, mark } = desired;
  const sides = sidesOf(desired, snapshot);
  if (sides === undefined) throw new Error(`${desired.address} names something that is not live`);
  const id = await post(context, desired, {
    type: 'authorization',
    description: writeDescription(spec.description ?? '', [mark]),
    subject: { attributes: sides.subject },
    resource: { attributes: sides.resource },
    control: { grant: { roles: await roleIds(context, spec.source.service, serviceOf(sides.resource), spec.roles) } },
  });
  // Done when a read answers it: a new policy may be unknown for seconds. The list is waited for once a round.
  return await eventually(`authorization ${mark.name}`, async () => {
    const policy = await cloud.authorization(id);
    const seen = policy && see(policy, snapshot);
    return seen?.marks.some((other) => sameMark(other, mark)) ? seen : undefined;
  });
}

/**
 * PUT replaces the whole policy: what is not changed, other stacks' marks among it, is sent back as it is. While others
 * share it, roles are only added, by what is there at this moment and not when it was planned.
 *
 * @throws Stale when what would be written over is not any more what was judged: the ETag is of what is read here
 */
export async function update(
  context: ActionContext,
  { desired, live, fields }: ChangeJob<AuthorizationSpec, LivePolicy>,
): Promise<Observed<LivePolicy>> {
  const current = await context.cloud.authorization(live.facts.policy.id);
  if (current === undefined) throw new Stale('the policy is gone');
  const seen = see(current, context.snapshot);
  const body = bodyOf(current);
  const changed = new Set(fields.map(({ field }) => field));
  const isShared = otherStacks(desired, seen).length > 0;
  const isSame = isShared || !changed.has('roles') || sameJson(seen.facts.roles, live.facts.roles);
  if (!isSame || (changed.has('description') && seen.facts.text !== live.facts.text)) throw new Stale(CHANGED);
  const roles = changed.has('roles') ? await rolesAfter(context, desired, seen, body) : body.control.grant.roles;
  const text = changed.has('description') ? textAfter(desired, seen) : seen.facts.text;
  return await replace(context, current, {
    ...body,
    description: writeDescription(text, withMark(seen.marks, desired.mark)),
    control: { grant: { roles } },
  });
}

async function rolesAfter(
  context: ActionContext,
  desired: CreateJob<AuthorizationSpec>['desired'],
  seen: Observed<LivePolicy>,
  { resource, control }: IamPolicyWrite,
): Promise<IamPolicyWrite['control']['grant']['roles']> {
  const { spec } = desired;
  const standing = otherStacks(desired, seen).length > 0 ? control.grant.roles : [];
  const words = new Set(standing.map(({ role_id }) => roleWord(role_id)));
  const wanted = spec.roles.filter((word) => !words.has(word));
  return [...standing, ...(await roleIds(context, spec.source.service, serviceOf(resource.attributes), wanted))];
}

/** Sets the mark, in the place of former ones, and nothing else: text, roles and other stacks' marks stay. */
export async function adopt(
  context: ActionContext,
  { desired, live }: ChangeJob<AuthorizationSpec, LivePolicy>,
): Promise<Observed<LivePolicy>> {
  const marked = await remark(context, live, (marks) => marksOnceSet(marks, desired));
  if (marked === undefined) throw new Stale('the policy is gone');
  return marked;
}

/** Removes the mark, and what is left of former ones; the policy and other stacks' marks stay. */
export async function forget(
  context: ActionContext,
  { desired, live }: EndJob<AuthorizationSpec, LivePolicy>,
): Promise<void> {
  await remark(context, live, (marks) => othersAmong(marks, desired));
}

const CHANGED = 'the policy was changed by someone else meanwhile';

/** How often somebody else may be faster. */
const RACES = 5;

/** One mark more or less commutes with whatever others write, so losing a race for the ETag is no reason to give up. */
async function remark(
  context: ActionContext,
  live: Observed<LivePolicy>,
  next: (marks: readonly Mark[]) => readonly Mark[],
): Promise<Observed<LivePolicy> | undefined> {
  for (let races = 0; ; races += 1) {
    const current = await context.cloud.authorization(live.facts.policy.id);
    if (current === undefined) return undefined;
    const seen = see(current, context.snapshot);
    const marks = next(seen.marks);
    if (marks.length === seen.marks.length && marks.every((mark) => seen.marks.includes(mark))) return seen;
    const body = { ...bodyOf(current), description: writeDescription(seen.facts.text, marks) };
    try {
      return await replace(context, current, body);
    } catch (error) {
      // Somebody deleted it after it was read.
      if (isRefused(error, 404)) return undefined;
      if (!(error instanceof Stale) || races >= RACES) throw error;
    }
  }
}

/**
 * Deletes the policy. It takes no condition (no If-Match), so whoever may have joined since it was planned is looked for
 * at the last moment.
 */
export async function remove(
  context: ActionContext,
  { desired, live }: EndJob<AuthorizationSpec, LivePolicy>,
): Promise<void> {
  const { cloud, snapshot, eventually } = context;
  const current = await cloud.authorization(live.facts.policy.id);
  const others = current === undefined ? [] : otherStacks(desired, see(current, snapshot));
  if (others.length > 0) throw new Stale(`stack ${others.join(', ')} shares the policy now`);
  const { id } = live.facts.policy;
  await cloud.deleteAuthorization(id);
  await eventually(`the deletion of policy ${live.name}`, async () =>
    (await cloud.authorization(id)) === undefined ? true : undefined,
  );
}

/** What is sent back as it is. */
function bodyOf(policy: IamPolicy): IamPolicyWrite {
  return {
    type: 'authorization',
    description: policy.description ?? '',
    subject: { attributes: policy.subject?.attributes ?? [] },
    resource: { attributes: policy.resource?.attributes ?? [] },
    control: { grant: { roles: policy.control.grant.roles.map(({ role_id }) => ({ role_id })) } },
  };
}

/** @throws Stale when somebody else changed it meanwhile: a lost update is impossible */
async function replace({ cloud, snapshot }: ActionContext, current: IamPolicy, body: IamPolicyWrite) {
  try {
    return see(await cloud.replaceAuthorization(current.id, current.etag ?? '', body), snapshot);
  } catch (error) {
    throw isRefused(error, 409, 412) ? new Stale(CHANGED, { cause: error }) : error;
  }
}

/** @returns the policy's id: of the one just made, or of the one that a create before this one made */
async function post(
  context: ActionContext,
  { mark }: CreateJob<AuthorizationSpec>['desired'],
  body: IamPolicyWrite,
): Promise<string> {
  try {
    return (await context.cloud.createAuthorization(body)).id;
  } catch (error) {
    const there = isRefused(error, 409) ? conflicting(error.details) : undefined;
    if (there === undefined) throw error;
    const { id, description = await describe(context, id) } = there;
    if (readDescription(description).marks.some((other) => sameMark(other, mark))) return id;
    throw new Stale(`policy ${id} with this source and target exists already`, { cause: error });
  }
}

/** A policy may be unknown by its id for seconds after a write that IAM itself already holds against a twin. */
async function describe({ cloud, eventually }: ActionContext, id: string): Promise<string> {
  const policy = await eventually(`policy ${id}`, () => cloud.authorization(id));
  return policy.description ?? '';
}

interface Conflict {
  readonly id: string;
  /** Absent where the answer names the policy by its id alone. */
  readonly description?: string;
}

/** `details.conflicts_with.policy` is the whole policy; the SDK's model types it as an id. Both are read. */
function conflicting(body: unknown): Conflict | undefined {
  const errors = isObject(body) && Array.isArray(body['errors']) ? body['errors'] : [];
  for (const error of errors) {
    const details = isObject(error) ? error['details'] : undefined;
    const conflict = isObject(details) ? details['conflicts_with'] : undefined;
    const policy = isObject(conflict) ? conflict['policy'] : undefined;
    if (typeof policy === 'string') return { id: policy };
    if (!isObject(policy) || typeof policy['id'] !== 'string') continue;
    // A policy without a description has no member for it.
    const { description = '' } = policy;
    return { id: policy['id'], description: typeof description === 'string' ? description : '' };
  }
  return undefined;
}

/** @throws KeysteadError `UNKNOWN_ROLE` naming the roles that this pair of services has */
async function roleIds({ cloud }: ActionContext, source: string, target: string, words: readonly string[]) {
  const roles = await cloud.roles(target, source);
  return words.map((word) => {
    const role = roles.find(({ crn, display_name }) => roleWord(crn) === word || roleWord(display_name) === word);
    if (role !== undefined) return { role_id: role.crn };
    const names = [...new Set(roles.map(({ crn }) => roleWord(crn)))].sort().join(', ');
    throw new KeysteadError('UNKNOWN_ROLE', `${target} has no role "${word}" for ${source}`, {
      remedy: `use one of ${names}`,
    });
  });
}

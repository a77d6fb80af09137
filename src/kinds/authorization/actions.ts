import type { IamPolicy, IamPolicyWrite } from '../../cloud/iam-policies/shapes.ts';
import { type Mark, sameMark } from '../../model/address.ts';
import { isRefused, KeysteadError, Stale } from '../../model/errors.ts';
import { isObject, sameJson } from '../../model/json.ts';
import { marksOnceSet, otherStacks, othersAmong } from '../../model/ownership.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import { roleWord } from '../../services/roles.ts';
import type { ActionContext, Actions } from '../action.ts';
import { sidesOf } from './attributes.ts';
import { textAfter } from './description.ts';
import { type LivePolicy, readDescription, toObserved, withMark, writeDescription } from './facts.ts';
import { serviceOf } from './read.ts';
import type { AuthorizationSpec } from './spec.ts';

/** PUT replaces a whole policy, under the ETag of what was read: a lost update is impossible. */
export const actions = {
  /**
   * Creates a policy with its mark. IAM refuses a twin with 409, whose body carries the one that is there: with our mark
   * it is the answer to a create that happened already, otherwise the plan is stale.
   *
   * Source: IAM Policy Management API v2, "Create a v2 policy".
   */
  async create(context, { desired }) {
    const { cloud, snapshot, eventually } = context;
    const { spec, mark } = desired;
    const sides = sidesOf(desired, snapshot);
    if (sides === undefined) throw new Error(`${desired.address} names something that is not live`);
    const id = await post(context, mark, {
      type: 'authorization',
      description: writeDescription(spec.description ?? '', [mark]),
      subject: { attributes: sides.subject },
      resource: { attributes: sides.resource },
      control: { grant: { roles: await roleIds(context, spec.source.service, serviceOf(sides.resource), spec.roles) } },
    });
    // Done when a read answers it: a new policy may be unknown for seconds. The list is waited for once a round.
    return await eventually(`authorization ${mark.name}`, async () => {
      const policy = await cloud.authorization(id);
      const seen = policy && toObserved(policy, snapshot);
      return seen?.marks.some((other) => sameMark(other, mark)) ? seen : undefined;
    });
  },

  /**
   * PUT replaces the whole policy: what is not changed, other stacks' marks among it, is sent back as it is. While others
   * share it, roles are only added, by what is there at this moment and not when it was planned.
   *
   * @throws Stale when what would be written over is not any more what was judged: the ETag is of what is read here
   */
  async update(context, { desired, live, fields }) {
    const current = await context.cloud.authorization(live.facts.policy.id);
    if (current === undefined) throw new Stale('the policy is gone');
    const seen = toObserved(current, context.snapshot);
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
  },

  /** Sets the mark, in the place of former ones, and nothing else: text, roles and other stacks' marks stay. */
  async adopt(context, { desired, live }) {
    const marked = await remark(context, live, (marks) => marksOnceSet(marks, desired));
    if (marked === undefined) throw new Stale('the policy is gone');
    return marked;
  },

  /** Removes the mark, and what is left of former ones; the policy and other stacks' marks stay. */
  async forget(context, { desired, live }) {
    await remark(context, live, (marks) => othersAmong(marks, desired));
  },

  /**
   * It takes no condition (no If-Match), so whoever may have joined since it was planned is looked for
   * at the last moment.
   */
  async delete(context, { desired, live }) {
    const { cloud, snapshot, eventually } = context;
    const current = await cloud.authorization(live.facts.policy.id);
    const others = current === undefined ? [] : otherStacks(desired, toObserved(current, snapshot));
    if (others.length > 0) throw new Stale(`stack ${others.join(', ')} shares the policy now`);
    const { id } = live.facts.policy;
    await cloud.deleteAuthorization(id);
    await eventually(`the deletion of policy ${live.name}`, async () =>
      (await cloud.authorization(id)) === undefined ? true : undefined,
    );
  },
} satisfies Actions<AuthorizationSpec, LivePolicy>;

/** Beside other stacks' roles, those that are missing; otherwise the ones that are declared. */
async function rolesAfter(
  context: ActionContext,
  desired: Desired<AuthorizationSpec>,
  seen: Observed<LivePolicy>,
  { resource, control }: IamPolicyWrite,
) {
  const { spec } = desired;
  const standing = otherStacks(desired, seen).length > 0 ? control.grant.roles : [];
  const words = new Set(standing.map(({ role_id }) => roleWord(role_id)));
  const wanted = spec.roles.filter((word) => !words.has(word));
  return [...standing, ...(await roleIds(context, spec.source.service, serviceOf(resource.attributes), wanted))];
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
    const seen = toObserved(current, context.snapshot);
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
 * What is sent back as it is.
 *
 * @throws Stale where that would leave something out
 */
function bodyOf(policy: IamPolicy): IamPolicyWrite {
  const [member] = policy.unknown;
  if (member !== undefined) throw new Stale(`the policy has "${member}" now, which this write would drop`);
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
    return toObserved(await cloud.replaceAuthorization(current.id, current.etag, body), snapshot);
  } catch (error) {
    throw isRefused(error, 409, 412) ? new Stale(CHANGED, { cause: error }) : error;
  }
}

/** @returns the policy's id: of the one just made, or of the one that a create before this one made */
async function post({ cloud, eventually }: ActionContext, mark: Mark, body: IamPolicyWrite): Promise<string> {
  try {
    return (await cloud.createAuthorization(body)).id;
  } catch (error) {
    const id = isRefused(error, 409) ? conflictingId(error.details) : undefined;
    if (id === undefined) throw error;
    // It may be unknown by its id for seconds after a write that IAM itself already holds against a twin.
    const { description = '' } = await eventually(`policy ${id}`, () => cloud.authorization(id));
    if (readDescription(description).marks.some((other) => sameMark(other, mark))) return id;
    throw new Stale(`policy ${id} with this source and target exists already`, { cause: error });
  }
}

/** `details.conflicts_with.policy` is the whole policy; the SDK's model types it as an id. Both are read. */
function conflictingId(body: unknown): string | undefined {
  const member = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);
  const errors = member(body, 'errors');
  for (const error of Array.isArray(errors) ? errors : []) {
    const policy = member(member(member(error, 'details'), 'conflicts_with'), 'policy');
    const id = member(policy, 'id') ?? policy;
    if (typeof id === 'string') return id;
  }
  return undefined;
}

/**
 * @param source absent: any service, so the target's own roles are meant
 * @throws KeysteadError `UNKNOWN_ROLE` naming the roles that this pair of services has
 */
async function roleIds({ cloud }: ActionContext, source: string | undefined, target: string, words: readonly string[]) {
  const roles = await cloud.roles(target, source ?? '');
  return words.map((word) => {
    const role = roles.find(({ crn, display_name }) => roleWord(crn) === word || roleWord(display_name) === word);
    if (role !== undefined) return { role_id: role.crn };
    const names = [...new Set(roles.map(({ crn }) => roleWord(crn)))].sort().join(', ');
    throw new KeysteadError('UNKNOWN_ROLE', `${target} has no role "${word}" for ${source ?? 'other services'}`, {
      remedy: `use one of ${names}`,
    });
  });
}

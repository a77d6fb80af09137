import type { IamPolicy, IamPolicyWrite } from '../../cloud/wire.ts';
import { sameMark } from '../../model/address.ts';
import { CloudRefused, KeysteadError, Stale } from '../../model/errors.ts';
import { isObject } from '../../model/json.ts';
import { marksOnceSet, othersAmong } from '../../model/ownership.ts';
import type { Observed } from '../../model/resource.ts';
import { roleWord } from '../../services/roles.ts';
import type { ChangeJob, CreateJob, EndJob, Hands } from '../kind.ts';
import { sidesOf } from './attributes.ts';
import { readDescription, writeDescription } from './description.ts';
import { type LivePolicy, see } from './facts.ts';
import type { AuthorizationSpec } from './spec.ts';

/**
 * Creates a policy with its mark. IAM refuses a twin with 409, whose body carries the one that is there: with our mark
 * it is the answer to a create that happened already, otherwise the plan is stale.
 *
 * Source: IAM Policy Management API v2, "Create a v2 policy".
 */
export async function create(hands: Hands, { desired }: CreateJob<AuthorizationSpec>): Promise<Observed<LivePolicy>> {
  const { cloud, known, eventually } = hands;
  const { spec, mark } = desired;
  const sides = sidesOf(desired, known);
  if (sides === undefined) throw new Error(`${desired.address} names something that is not live`);
  const id = await post(hands, desired, {
    type: 'authorization',
    description: writeDescription(spec.description ?? '', [mark]),
    subject: { attributes: sides.subject },
    resource: { attributes: sides.resource },
    control: { grant: { roles: await roleIds(hands, spec.source.service, serviceOf(sides.resource), spec.roles) } },
  });
  // Done when a read answers it: a new policy may be unknown for seconds, by id and in the list.
  return await eventually(`authorization ${mark.name}`, async () => {
    const policy = await cloud.authorization(id);
    const listed = policy && (await cloud.fresh().authorizations()).some((other) => other.id === id);
    const seen = policy && see(policy, known);
    return listed && seen?.marks.some((other) => sameMark(other, mark)) ? seen : undefined;
  });
}

/** PUT replaces the whole policy: attributes and other stacks' marks are sent back as they are. */
export async function update(
  hands: Hands,
  { desired, live }: ChangeJob<AuthorizationSpec, LivePolicy>,
): Promise<Observed<LivePolicy>> {
  const { cloud, known } = hands;
  const { spec, mark } = desired;
  const current = await cloud.authorization(live.facts.policy.id);
  if (current === undefined) throw new Stale('the policy is gone');
  const seen = see(current, known);
  const marks = seen.marks.some((other) => sameMark(other, mark)) ? seen.marks : [...seen.marks, mark];
  const body = bodyOf(current);
  const roles = await roleIds(hands, spec.source.service, serviceOf(body.resource.attributes), spec.roles);
  return await replace(hands, current, {
    ...body,
    description: writeDescription(spec.description ?? seen.facts.text, marks),
    control: { grant: { roles } },
  });
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
async function replace({ cloud, known }: Hands, current: IamPolicy, body: IamPolicyWrite) {
  try {
    return see(await cloud.replaceAuthorization(current.id, current.etag ?? '', body), known);
  } catch (error) {
    if (error instanceof CloudRefused && (error.facts.status === 409 || error.facts.status === 412)) {
      throw new Stale('the policy was changed by someone else meanwhile', { cause: error });
    }
    throw error;
  }
}

/** @returns the policy's id: of the one just made, or of the one that a create before this one made */
async function post(
  hands: Hands,
  { mark }: CreateJob<AuthorizationSpec>['desired'],
  body: IamPolicyWrite,
): Promise<string> {
  try {
    return (await hands.cloud.createAuthorization(body)).id;
  } catch (error) {
    const there = error instanceof CloudRefused && error.facts.status === 409 ? conflicting(error.details) : undefined;
    if (there === undefined) throw error;
    const { id, description = await describe(hands, id) } = there;
    if (readDescription(description).marks.some((other) => sameMark(other, mark))) return id;
    throw new Stale(`policy ${id} with this source and target exists already`, { cause: error });
  }
}

/** A policy may be unknown by its id for seconds after a write that IAM itself already holds against a twin. */
async function describe({ cloud, eventually }: Hands, id: string): Promise<string> {
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

function serviceOf(resource: IamPolicyWrite['resource']['attributes']): string {
  const value = resource.find(({ key }) => key === 'serviceName')?.value;
  return typeof value === 'string' ? value : '';
}

/** @throws KeysteadError `UNKNOWN_ROLE` naming the roles that this pair of services has */
async function roleIds({ cloud }: Hands, source: string, target: string, words: readonly string[]) {
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

/** Sets the mark in the place of former ones, in one write; text, roles and other stacks' marks stay. */
export async function adopt(
  hands: Hands,
  { desired, live }: ChangeJob<AuthorizationSpec, LivePolicy>,
): Promise<Observed<LivePolicy>> {
  const { cloud, known, eventually } = hands;
  const current = await cloud.authorization(live.facts.policy.id);
  if (current === undefined) throw new Stale('the policy is gone');
  const { marks, facts } = see(current, known);
  const description = writeDescription(facts.text, marksOnceSet(marks, desired));
  const marked = await replace(hands, current, { ...bodyOf(current), description });
  // The next plan reads the list, which may be behind.
  return await eventually(`the mark of policy ${current.id}`, async () => {
    const listed = (await cloud.fresh().authorizations()).find(({ id }) => id === current.id);
    return listed?.description === description ? marked : undefined;
  });
}

/** Removes this stack's mark; the policy and the other stacks' marks stay. */
export async function forget(hands: Hands, { desired, live }: EndJob<AuthorizationSpec, LivePolicy>): Promise<void> {
  const current = await hands.cloud.authorization(live.facts.policy.id);
  if (current === undefined) return;
  const { marks, facts } = see(current, hands.known);
  await replace(hands, current, {
    ...bodyOf(current),
    description: writeDescription(facts.text, othersAmong(marks, desired)),
  });
}

import type { Containers } from '../model/containment.ts';
import { instanceCrnOf, isCrn } from '../model/crn.ts';
import type { Problem } from '../model/errors.ts';
import type { Need } from '../model/relation.ts';
import type { Desired } from '../model/resource.ts';
import { concerns } from '../rules/coverage.ts';
import { missingRoles } from '../services/roles.ts';

/**
 * What to say of a need without a grant: the authorization that lacks a role, or the one that is missing, as YAML to
 * paste.
 *
 * @param elsewhere the key lives in another account, whose authorizations cannot be declared here
 */
export function missingAuthorization(
  resource: Desired,
  need: Need,
  desired: readonly Desired[],
  containers: Containers,
  elsewhere: boolean,
): Pick<Problem, 'message' | 'remedy'> {
  const { service } = need.by;
  const roles = need.roles.join(', ');
  const near = nearest(need, desired, containers);
  if (near !== undefined) {
    const lacking = missingRoles(
      near.relations.grants.flatMap((grant) => grant.roles),
      need.roles,
    ).join(', ');
    return {
      message: `"${near.mark.name}" does not let ${service} use the key of "${resource.mark.name}": it lacks ${lacking}`,
      remedy: `add ${lacking} to the roles of "${near.mark.name}"`,
    };
  }
  if (elsewhere) {
    return {
      message: `the key of "${resource.mark.name}" lives in another account; whether ${service} may read it cannot be told`,
      remedy: `that account must authorize ${service} of this one as ${roles}`,
    };
  }
  const holder = holderOf(need, desired);
  const vault = desired.find(({ address }) => address === holder);
  const target = vault?.mark.name ?? `{ instance: '${holder}' }`;
  const name = `${service}-reads-${vault?.mark.name ?? 'key-protect'}`.slice(0, 46);
  return {
    message: `nothing authorizes ${service} to read the key of "${resource.mark.name}"`,
    remedy: [
      'declare the authorization:',
      'authorizations:',
      `  ${name}:`,
      `    source: ${service}`,
      `    target: ${target}`,
      `    roles: [${roles}]`,
    ].join('\n'),
  };
}

/**
 * One need for each authorization that is to be told: keys of one instance take the same one, with the roles of all.
 *
 * @param needs of one resource, without a grant
 */
export function byAuthorization(
  needs: readonly Need[],
  desired: readonly Desired[],
  containers: Containers,
): readonly Need[] {
  const told = new Map<string, Need>();
  for (const need of needs) {
    const which = nearest(need, desired, containers)?.address ?? holderOf(need, desired);
    const before = told.get(which);
    told.set(which, before === undefined ? need : { ...before, roles: [...new Set([...before.roles, ...need.roles])] });
  }
  return [...told.values()];
}

/** An authorization for the same, of which only a role is missing. */
function nearest(need: Need, desired: readonly Desired[], containers: Containers): Desired | undefined {
  return desired.find(({ relations }) => relations.grants.some((grant) => concerns(grant, need, containers)));
}

/** The Key Protect instance of a key: its address, or its CRN. */
function holderOf({ on }: Need, desired: readonly Desired[]): string {
  const key = desired.find(({ address }) => address === on);
  return isCrn(on) ? instanceCrnOf(on) : (key?.relations.inside[0] ?? '');
}

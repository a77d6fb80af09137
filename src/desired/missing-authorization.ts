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
  const near = desired.find(({ relations }) => relations.grants.some((grant) => concerns(grant, need, containers)));
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
  const key = desired.find(({ address }) => address === need.on);
  const holder = isCrn(need.on) ? instanceCrnOf(need.on) : (key?.relations.inside[0] ?? '');
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

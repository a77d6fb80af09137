import type { Kinds } from '../kinds/kind.ts';
import { isWholeService } from '../model/containment.ts';
import { instanceCrnOf, isCrn, parseCrn } from '../model/crn.ts';
import type { Problem } from '../model/errors.ts';
import type { Need, Ref } from '../model/relation.ts';
import type { Desired } from '../model/resource.ts';
import { isPresent, type Wanted } from '../model/wanted.ts';
import { concerns, covers } from '../rules/coverage.ts';
import { missingRoles } from '../services/roles.ts';
import { at, type Places } from './places.ts';

/** The coverage rule: each need has a grant, and what is needed can wrap. */
export function checkNeeds(
  wanted: Wanted,
  places: Places,
  account: string | undefined,
  kinds: Kinds,
): readonly Problem[] {
  const whole = new Map<Ref, boolean>();
  return [...wanted.all()].flatMap((resource): readonly Problem[] => {
    if (resource.spec.existing || !isPresent(resource)) return [];
    // Faults of its own keep it, or what holds it, out of the set: nothing can be said of who may use it.
    const needs = resource.relations.needs.filter(({ on }) => isWhole(on, wanted, whole));
    const place = ({ pointer }: Need) => at(places, resource.address, pointer);
    const isStandard = ({ on }: Need): boolean => wanted.get(on)?.relations.wraps === false;
    const open = needs.filter((need) => !isStandard(need) && !isCovered(need, wanted));
    const isElsewhere = ({ on }: Need) => isCrn(on) && account !== undefined && parseCrn(on)?.account !== account;
    return [
      ...needs.filter(isStandard).map(
        (need): Problem => ({
          code: 'NOT_A_ROOT_KEY',
          severity: 'error',
          message: `"${wanted.get(need.on)?.mark.name}" is a standard key; only a root key can encrypt a deployment`,
          remedy: 'remove `type: standard` from it, or refer to a root key',
          ...place(need),
        }),
      ),
      ...byAuthorization(open, wanted).map(
        (need): Problem => ({
          code: 'NOT_AUTHORIZED',
          severity: isElsewhere(need) ? 'warning' : 'error',
          ...missingAuthorization(resource, need, wanted, isElsewhere(need), kinds),
          ...place(need),
        }),
      ),
    ];
  });
}

function isCovered(need: Need, wanted: Wanted): boolean {
  return wanted.grantsFor(need).some(({ grant, owner }) => isPresent(owner) && covers(grant, need, wanted.layout));
}

/** Whether a ref, and all that holds it, is known: a CRN, or declared without faults of its own. */
function isWhole(ref: Ref, wanted: Wanted, known: Map<Ref, boolean>): boolean {
  if (isCrn(ref) || isWholeService(ref)) return true;
  const inside = wanted.get(ref)?.relations.inside ?? [];
  const is = known.get(ref) ?? (inside.length > 0 && inside.every((holder) => isWhole(holder, wanted, known)));
  known.set(ref, is);
  return is;
}

/**
 * One need for each authorization that is to be told: keys of one instance take the same one, with the roles of all.
 *
 * @param needs of one resource, without a grant
 */
function byAuthorization(needs: readonly Need[], wanted: Wanted): readonly Need[] {
  const told = new Map<string, Need>();
  for (const need of needs) {
    const which = nearestGrant(need, wanted)?.address ?? holderOf(need, wanted);
    const before = told.get(which);
    told.set(which, before === undefined ? need : { ...before, roles: [...new Set([...before.roles, ...need.roles])] });
  }
  return [...told.values()];
}

/**
 * What to say of a need without a grant: the authorization that lacks a role, or the one that is missing, as YAML to
 * paste.
 *
 * @param elsewhere the key lives in another account, whose authorizations cannot be declared here
 */
function missingAuthorization(
  resource: Desired,
  need: Need,
  wanted: Wanted,
  elsewhere: boolean,
  kinds: Kinds,
): Pick<Problem, 'message' | 'remedy'> {
  const { service } = need.by;
  const near = nearestGrant(need, wanted);
  if (near !== undefined) {
    const { name } = near.mark;
    if (!isPresent(near)) {
      const message = `"${name}" is declared absent, but ${service} needs it for the key of "${resource.mark.name}"`;
      return { message, remedy: `keep "${name}", or make "${resource.mark.name}" absent as well` };
    }
    const held = near.relations.grants.flatMap((grant) => grant.roles);
    const lacking = missingRoles(held, need.roles).join(', ');
    const message = `"${name}" does not let ${service} use the key of "${resource.mark.name}": it lacks ${lacking}`;
    return { message, remedy: `add ${lacking} to the roles of "${name}"` };
  }
  if (elsewhere) {
    const where = `the key of "${resource.mark.name}" lives in another account`;
    const message = `${where}; whether ${service} may read it cannot be told`;
    return { message, remedy: `that account must authorize ${service} of this one as ${need.roles.join(', ')}` };
  }
  const holder = holderOf(need, wanted);
  const declared = wanted.get(holder)?.mark.name;
  const { kind, yaml } = kinds.suggest([{ purpose: 'reads', service, on: holder, declared, roles: need.roles }]);
  const message = `nothing authorizes ${service} to read the key of "${resource.mark.name}"`;
  return { message, remedy: `declare the ${kind}:\n${yaml}` };
}

/** An authorization for the same, of which only a role is missing; else one that is declared absent. */
function nearestGrant(need: Need, wanted: Wanted): Desired | undefined {
  const near = wanted.grantsFor(need).filter(({ grant }) => concerns(grant, need, wanted.layout));
  return (near.find(({ owner }) => isPresent(owner)) ?? near[0])?.owner;
}

/** The instance of a key: its address, or its CRN. */
function holderOf({ on }: Need, wanted: Wanted): string {
  return isCrn(on) ? instanceCrnOf(on) : (wanted.get(on)?.relations.inside[0] ?? '');
}

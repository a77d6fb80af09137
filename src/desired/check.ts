import type { Address } from '../model/address.ts';
import { type Containers, isWholeService, wholeService } from '../model/containment.ts';
import { isCrn, parseCrn } from '../model/crn.ts';
import type { Problem } from '../model/errors.ts';
import type { Grant, Need } from '../model/relation.ts';
import type { Declared, Desired } from '../model/resource.ts';
import { concerns, covers } from '../rules/coverage.ts';
import { missingRoles, roleCovers } from '../services/roles.ts';
import { containersAmong } from './containers.ts';
import { findCycle } from './graph.ts';
import { byAuthorization, missingAuthorization } from './missing-authorization.ts';

type Places = ReadonlyMap<Address, Declared>;

/** Offline rules over the whole set, all told at once. */
export function checkSet(desired: readonly Desired[], places: Places, account: string | undefined): readonly Problem[] {
  const containers = containersAmong(desired);
  return [
    ...desired.flatMap((resource) => checkNeeds(resource, desired, places, containers, account)),
    ...desired.flatMap((resource) => checkEnding(resource, desired, places)),
    ...desired.flatMap((resource) => checkContainers(resource, desired, places)),
    ...checkGrants(desired, places, containers),
    ...checkCycle(desired, places),
  ];
}

const at = (places: Places, address: Address, pointer: string) => {
  const place = places.get(address)?.at(pointer);
  return place === undefined ? {} : { at: place };
};

/** The coverage rule: each need has a grant, and what is needed can wrap. */
function checkNeeds(
  resource: Desired,
  desired: readonly Desired[],
  places: Places,
  containers: Containers,
  account: string | undefined,
): readonly Problem[] {
  if (resource.spec.existing || isEnding(resource)) return [];
  // Faults of its own keep it, or what holds it, out of the set: nothing can be said of who may use it.
  const needs = resource.relations.needs.filter(({ on }) => isWhole(on, desired));
  const place = ({ pointer }: Need) => at(places, resource.address, pointer);
  const targetOf = ({ on }: Need) => desired.find(({ address }) => address === on);
  const standard = needs.filter((need) => targetOf(need)?.relations.wraps === false);
  const grants = desired.filter((other) => !isEnding(other)).flatMap(({ relations }) => relations.grants);
  const open = needs.filter(
    (need) => !standard.includes(need) && !grants.some((grant) => covers(grant, need, containers)),
  );
  const isElsewhere = ({ on }: Need) => isCrn(on) && account !== undefined && parseCrn(on)?.account !== account;
  return [
    ...standard.map(
      (need): Problem => ({
        code: 'NOT_A_ROOT_KEY',
        severity: 'error',
        message: `"${targetOf(need)?.mark.name}" is a standard key; only a root key can encrypt a deployment`,
        remedy: 'remove `type: standard` from it, or refer to a root key',
        ...place(need),
      }),
    ),
    ...byAuthorization(open, desired, containers).map(
      (need): Problem => ({
        code: 'NOT_AUTHORIZED',
        severity: isElsewhere(need) ? 'warning' : 'error',
        ...missingAuthorization(resource, need, desired, containers, isElsewhere(need)),
        ...place(need),
      }),
    ),
  ];
}

function isEnding({ spec }: Desired): boolean {
  return spec.state === 'absent' || spec.state === 'forgotten';
}

/** What is present may not refer to what is absent, except a deployment to the key that is to be shredded under it. */
function checkEnding(resource: Desired, desired: readonly Desired[], places: Places): readonly Problem[] {
  if (resource.spec.existing && isEnding(resource)) {
    const message = `"${resource.mark.name}" is declared as existing, so it is not this stack's to delete`;
    const remedy = 'remove one of `existing` and `state`';
    return [{ code: 'EXISTING_ABSENT', severity: 'error', message, remedy, ...at(places, resource.address, '/state') }];
  }
  if (isEnding(resource)) return [];
  return Object.entries(resource.refs).flatMap(([pointer, ref]): readonly Problem[] => {
    const target = desired.find(({ address }) => address === ref);
    if (target?.spec.state !== 'absent') return [];
    const place = at(places, resource.address, pointer);
    if ('cryptoshred' in target.spec && target.spec.cryptoshred === true) {
      const message = `"${resource.mark.name}" loses its data: its key "${target.mark.name}" is to be cryptoshredded`;
      return [{ code: 'WILL_LOSE_DATA', severity: 'warning', message, ...place }];
    }
    const message = `"${target.mark.name}" is absent, but "${resource.mark.name}" still refers to it`;
    const remedy = `make "${resource.mark.name}" absent as well, or refer to something else`;
    return [{ code: 'REFERS_TO_ABSENT', severity: 'error', message, remedy, ...place }];
  });
}

/** Whether a ref, and all that holds it, is known: a CRN, or declared without faults of its own. */
function isWhole(ref: string, desired: readonly Desired[]): boolean {
  if (isCrn(ref) || isWholeService(ref)) return true;
  const found = desired.find(({ address }) => address === ref);
  return (
    found !== undefined &&
    found.relations.inside.length > 0 &&
    found.relations.inside.every((holder) => isWhole(holder, desired))
  );
}

/** What holds a resource must agree: a ring in one instance cannot hold a key of another. */
function checkContainers(resource: Desired, desired: readonly Desired[], places: Places): readonly Problem[] {
  const { inside } = resource.relations;
  return Object.entries(resource.refs).flatMap(([pointer, ref]): readonly Problem[] => {
    const holder = desired.find(({ address }) => address === ref);
    if (holder === undefined || !inside.includes(ref)) return [];
    const outer = holder.relations.inside.find((container) => !inside.includes(container));
    if (outer === undefined || isWholeService(outer)) return [];
    return [
      {
        code: 'RING_IN_OTHER_INSTANCE',
        severity: 'error',
        message: `"${holder.mark.name}" is in ${outer}, but "${resource.mark.name}" is not`,
        remedy: 'give both the same `instance`',
        ...at(places, resource.address, pointer),
      },
    ];
  });
}

function checkGrants(desired: readonly Desired[], places: Places, containers: Containers): readonly Problem[] {
  const needs = desired.flatMap(({ relations }) => relations.needs);
  return desired.flatMap((resource): readonly Problem[] => {
    // What is only looked up, or is to be deleted, is somebody else's to narrow.
    if (resource.spec.existing === true || isEnding(resource)) return [];
    const place = at(places, resource.address, '/roles');
    const problems = resource.relations.grants.flatMap((grant) => broad(grant, needs, containers));
    return problems.map((problem) => ({ ...problem, ...place }));
  });
}

/** Over-broad: a target without an instance, or a role above what the declared deployments need (design 10). */
function broad(grant: Grant, needs: readonly Need[], containers: Containers): readonly Problem[] {
  if (grant.target === wholeService('kms')) {
    return [
      {
        code: 'BROAD_AUTHORIZATION',
        severity: 'warning',
        message: 'this authorizes every Key Protect instance of the account',
        remedy: 'name one `instance` as the target',
      },
    ];
  }
  const served = needs.filter((need) => concerns(grant, need, containers));
  if (served.length === 0) return [];
  const wanted = served.flatMap(({ roles }) => roles);
  const above = grant.roles.filter((role) => !wanted.includes(role) && wanted.some((want) => roleCovers(role, want)));
  if (above.length === 0 || missingRoles(grant.roles, wanted).length > 0) return [];
  return [
    {
      code: 'BROAD_AUTHORIZATION',
      severity: 'warning',
      message: `${above.join(', ')} is more than the declared deployments need`,
      remedy: `use roles: [${[...new Set(wanted)].join(', ')}]`,
    },
  ];
}

function checkCycle(desired: readonly Desired[], places: Places): readonly Problem[] {
  const cycle = findCycle(desired);
  if (cycle === undefined) return [];
  const [first = ''] = cycle;
  const resources = new Map(desired.map((resource) => [resource.address, resource]));
  const granting = cycle.map((address) => resources.get(address)).find((r) => (r?.relations.grants.length ?? 0) > 0);
  if (granting === undefined) {
    const message = `these wait for each other: ${cycle.join(' → ')}`;
    return [{ code: 'REFERENCE_CYCLE', severity: 'error', message, ...at(places, first, '') }];
  }
  return [
    {
      code: 'SOURCE_CYCLE',
      severity: 'error',
      message: `"${granting.mark.name}" has as its source the very deployment that must wait for it`,
      remedy: `use the service as the source: source: ${granting.relations.grants[0]?.source.service ?? ''}`,
      ...at(places, granting.address, '/source'),
    },
  ];
}

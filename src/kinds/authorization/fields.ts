import { parseCrn } from '../../model/crn.ts';
import { sameJson } from '../../model/json.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import type { Fields } from '../kind.ts';
import type { Known } from '../known.ts';
import type { LivePolicy } from './facts.ts';
import type { AuthorizationSpec } from './spec.ts';

type Source = AuthorizationSpec['source'];
type Target = AuthorizationSpec['target'];

const IDENTITY = 'source and target are what a policy is: declare a new authorization';

export const fields: Fields<AuthorizationSpec, LivePolicy> = {
  source: { leads: 'refuse', why: IDENTITY, want: wantedSource, have: liveSource },
  target: { leads: 'refuse', why: IDENTITY, want: wantedTarget, have: liveTarget, same: sameTarget },
  roles: {
    leads: 'update',
    why: 'PUT /v2/policies/{id} with If-Match',
    want: ({ spec }) => [...new Set(spec.roles)].sort(),
    have: (live) => [...live.facts.roles],
  },
  description: { leads: 'update', why: 'PUT /v2/policies/{id} with If-Match', have: (live) => live.facts.text },
};

/** References become live ids, or stay pending; the rest is as written. */
function wantedSource({ spec, refs }: Desired<AuthorizationSpec>, known: Known): Source {
  const ref = refs['/source/instance'];
  return ref === undefined ? spec.source : { ...spec.source, instance: known.idOrPending(ref) as string };
}

function wantedTarget({ spec, refs }: Desired<AuthorizationSpec>, known: Known): Target {
  for (const member of ['instance', 'ring', 'key'] as const) {
    const ref = refs[`/target/${member}`];
    if (ref !== undefined) return { [member]: known.idOrPending(ref) as string };
  }
  return spec.target;
}

/** An instance that is not in scope is known by its GUID alone. */
function sameTarget(want: Target, have: Target): boolean {
  if (sameJson(want, have)) return true;
  return want.crn !== undefined && have.crn !== undefined && parseCrn(want.crn)?.instance === have.crn;
}

function reader(attributes: readonly { readonly key: string; readonly value: unknown }[]) {
  return (name: string): string | undefined => {
    const value = attributes.find(({ key }) => key === name)?.value;
    return typeof value === 'string' ? value : undefined;
  };
}

function liveSource({ facts }: Observed<LivePolicy>, known: Known): Source {
  const read = reader(facts.policy.subject?.attributes ?? []);
  const [guid, group, type, account] = [
    read('serviceInstance'),
    read('resourceGroupId'),
    read('resourceType'),
    read('accountId'),
  ];
  return {
    service: read('serviceName') ?? '',
    ...(guid === undefined ? {} : { instance: known.instanceOfGuid(guid) ?? guid }),
    ...(group === undefined ? {} : { resourceGroup: known.groupName(group) }),
    ...(type === undefined ? {} : { resourceType: type }),
    ...(account === undefined || account === known.account ? {} : { account }),
  };
}

function liveTarget({ facts, relations }: Observed<LivePolicy>, known: Known): Target {
  const read = reader(facts.policy.resource?.attributes ?? []);
  const target = relations.grants[0]?.target ?? '';
  const service = read('serviceName') ?? '';
  const guid = read('serviceInstance');
  if (target.includes('#')) return { ring: target };
  if (parseCrn(target)?.type === 'key') return { key: target };
  if (service === 'kms' && guid !== undefined) return { instance: target };
  return guid === undefined ? { service } : { service, crn: known.instanceOfGuid(guid) ?? guid };
}

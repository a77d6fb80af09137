import { wholeService } from '../../model/containment.ts';
import { parseCrn } from '../../model/crn.ts';
import { sameJson } from '../../model/json.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Fields } from '../fields.ts';
import { writtenSource, writtenTarget } from './declare.ts';
import type { LivePolicy } from './facts.ts';
import type { AuthorizationSpec } from './spec.ts';

type Source = AuthorizationSpec['source'];
type Target = AuthorizationSpec['target'];

const IDENTITY = 'source and target are what a policy is: another takes its place';

export const fields: Fields<AuthorizationSpec, LivePolicy> = {
  source: { leads: 'replace', why: IDENTITY, want: wantedSource, have: liveSource, written: writtenSource },
  target: {
    leads: 'replace',
    why: IDENTITY,
    want: wantedTarget,
    have: liveTarget,
    same: sameTarget,
    written: writtenTarget,
  },
  roles: {
    leads: 'update',
    why: 'PUT /v2/policies/{id} with If-Match',
    want: ({ spec }) => [...new Set(spec.roles)].sort(),
    have: (live) => [...live.facts.roles],
    // A role that is not declared here may be another stack's.
    shared: (want, have) => [...new Set([...want, ...have])].sort(),
  },
  description: {
    leads: 'update',
    why: 'PUT /v2/policies/{id} with If-Match',
    // A YAML block ends in a new line, which nobody can see and the mark would follow.
    want: ({ spec }) => spec.description?.trim(),
    have: (live) => live.facts.text,
    // Two stacks with two texts would take turns for ever: the first one's stays.
    shared: (want, have) => (have === '' ? want : have),
  },
};

/** References become live ids, or stay pending; the rest is as written. */
function wantedSource({ spec, refs }: Desired<AuthorizationSpec>, snapshot: Snapshot): Source {
  const ref = refs['/source/instance'];
  return ref === undefined ? spec.source : { ...spec.source, instance: snapshot.idOrPending(ref) as string };
}

function wantedTarget({ spec, refs }: Desired<AuthorizationSpec>, snapshot: Snapshot): Target {
  for (const member of ['instance', 'ring', 'key'] as const) {
    const ref = refs[`/target/${member}`];
    if (ref !== undefined) return { [member]: snapshot.idOrPending(ref) as string };
  }
  return spec.target;
}

/**
 * Both sides in one form: an instance of Key Protect may be written in two ways, and one out of scope is known by its
 * GUID alone.
 */
function sameTarget(want: Target, have: Target): boolean {
  const wanted = plainTarget(want);
  return wanted === undefined ? sameJson(want, have) : wanted === plainTarget(have);
}

/** @returns undefined while what it names is not live */
function plainTarget({ instance, ring, key, service, crn }: Target): string | undefined {
  const id: unknown = instance ?? ring ?? key ?? crn;
  if (id === undefined) return wholeService(service ?? '');
  if (typeof id !== 'string') return undefined;
  const [holder = '', ringName = ''] = id.split('#');
  const parsed = parseCrn(holder);
  const guid = parsed?.instance ?? holder.replace(/^guid:/, '');
  return [parsed?.service ?? service ?? 'kms', guid, ringName, parsed?.resource ?? ''].join('|');
}

function reader(attributes: readonly { readonly key: string; readonly value: unknown }[]) {
  return (name: string): string | undefined => {
    const value = attributes.find(({ key }) => key === name)?.value;
    return typeof value === 'string' ? value : undefined;
  };
}

function liveSource({ facts }: Observed<LivePolicy>, snapshot: Snapshot): Source {
  const read = reader(facts.policy.subject?.attributes ?? []);
  const [guid, group, type, account] = [
    read('serviceInstance'),
    read('resourceGroupId'),
    read('resourceType'),
    read('accountId'),
  ];
  return {
    service: read('serviceName') ?? '',
    ...(guid === undefined ? {} : { instance: snapshot.instanceOfGuid(guid) ?? guid }),
    ...(group === undefined ? {} : { resourceGroup: snapshot.catalog.groupName(group) }),
    ...(type === undefined ? {} : { resourceType: type }),
    ...(account === undefined || account === snapshot.catalog.account ? {} : { account }),
  };
}

function liveTarget({ facts, relations }: Observed<LivePolicy>, snapshot: Snapshot): Target {
  const read = reader(facts.policy.resource?.attributes ?? []);
  const target = relations.grants[0]?.target ?? '';
  const service = read('serviceName') ?? '';
  const guid = read('serviceInstance');
  if (target.includes('#')) return { ring: target };
  if (parseCrn(target)?.type === 'key') return { key: target };
  if (service === 'kms' && guid !== undefined) return { instance: target };
  return guid === undefined ? { service } : { service, crn: snapshot.instanceOfGuid(guid) ?? guid };
}

import { wholeService } from '../../model/containment.ts';
import { parseCrn } from '../../model/crn.ts';
import { sameJson } from '../../model/json.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { KEY_PROTECT } from '../../services/table.ts';
import type { Fields } from '../fields.ts';
import {
  plainGuid,
  type Source,
  sourceInWords,
  type Target,
  targetInWords,
  writtenSource,
  writtenTarget,
} from './declare.ts';
import type { LivePolicy } from './facts.ts';
import { grantOf, serviceOf } from './read.ts';
import type { AuthorizationSpec } from './spec.ts';

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
  const guid = parsed?.instance ?? plainGuid(holder);
  return [parsed?.service ?? service ?? KEY_PROTECT, guid, ringName, parsed?.resource ?? ''].join('|');
}

/** By what is known of instances now, which may be more than when the policy was read. */
function liveSource({ facts }: Observed<LivePolicy>, snapshot: Snapshot): Source {
  return sourceInWords(grantOf(facts.policy, snapshot).source, snapshot);
}

/** What is not understood is nothing that a manifest can say. */
function liveTarget({ facts: { policy } }: Observed<LivePolicy>, snapshot: Snapshot): Target {
  const { target, within, opaque } = grantOf(policy, snapshot);
  // One with more than attributes says plainly what it is about, and not when.
  if (within !== undefined || (opaque !== undefined && policy.unknown.length === 0)) return {};
  return targetInWords(target, serviceOf(policy.resource?.attributes ?? []));
}

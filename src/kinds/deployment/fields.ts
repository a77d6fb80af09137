import type { RcInstance } from '../../cloud/resource-controller/shapes.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { ENDPOINTS_PARAMETER } from '../../services/table.ts';
import { type Fields, Unreadable } from '../fields.ts';
import { instanceRows } from '../instance/identity.ts';
import { writtenEncryption, writtenParameters, writtenPlan } from './declare.ts';
import type { LiveDeployment } from './facts.ts';
import { type DeploymentSpec, ENCRYPTION_KEY, fillKeys, parted } from './spec.ts';

export const fields: Fields<DeploymentSpec, LiveDeployment> = {
  ...instanceRows,
  service: {
    leads: 'refuse',
    why: 'another service is another deployment',
    have: (live) => live.facts.service,
  },
  plan: {
    leads: 'refuse',
    why: 'most services cannot change the plan; declare a new deployment and migrate',
    want: ({ spec }, snapshot) =>
      spec.plan && snapshot.catalog.planName(spec.service, snapshot.catalog.plan(spec.service, spec.plan)),
    have: (live, snapshot) => snapshot.catalog.planName(live.facts.service, live.facts.instance.resource_plan_id),
    written: writtenPlan,
  },
  encryption: {
    leads: 'refuse',
    why: 'the key is fixed when a deployment is made; declare a new deployment and migrate its data',
    want(desired, snapshot) {
      const ref = desired.refs[ENCRYPTION_KEY];
      // A key that is not live yet stays pending inside the map, where the plan shows it.
      return ref === undefined ? undefined : { key: snapshot.idOrPending(ref) as string };
    },
    have: ({ facts }) =>
      facts.encryptedBy === undefined
        ? new Unreadable('unverified: the service neither shows its key nor registers on it')
        : { key: facts.encryptedBy },
    written: writtenEncryption,
  },
  parameters: {
    leads: 'update',
    why: 'PATCH /v2/resource_instances/{id} takes parameters',
    want: ({ spec, refs }, snapshot) =>
      spec.parameters && fillKeys(spec, refs, (ref): Json => snapshot.idOrPending(ref)),
    have: ({ facts }) => echoed(facts.instance) ?? UNSEEN,
    align,
    byMember: true,
    shown: (have) => parted(have).open,
    written: writtenParameters,
  },
  serviceEndpoints: {
    leads: 'update',
    why: 'PATCH /v2/resource_instances/{id} takes parameters',
    have({ facts }) {
      const parameters = echoed(facts.instance);
      if (parameters === undefined) return UNSEEN;
      const value = parameters[ENDPOINTS_PARAMETER];
      if (value === undefined || value === null) return undefined;
      if (value === 'public' || value === 'private' || value === 'public-and-private') return value;
      return new Unreadable(`the service shows ${JSON.stringify(value)}`);
    },
  },
  whenDeleted: { leads: 'ignore', why: 'says how to plan', have: () => undefined },
  skipReclamation: { leads: 'ignore', why: 'says how it ends', have: () => undefined },
};

const UNSEEN = new Unreadable('the service shows no parameters');

/**
 * The parameters as the service shows them; a service that shows any shows what was sent. One that drops a member has
 * it sent again by every run: the plan says so each time, rather than calling it equal (design 2.10).
 */
function echoed({ parameters }: RcInstance): JsonObject | undefined {
  return (parameters ?? undefined) as JsonObject | undefined;
}

/** Services echo numbers and booleans as strings, or the other way round. */
function align(want: unknown, have: unknown): unknown {
  if (typeof want === 'string' && (typeof have === 'number' || typeof have === 'boolean')) return String(have);
  if (typeof want === 'number' && typeof have === 'string' && have.trim() !== '') {
    return Number.isNaN(Number(have)) ? have : Number(have);
  }
  if (typeof want === 'boolean' && (have === 'true' || have === 'false')) return have === 'true';
  return have;
}

import type { RcInstance } from '../../cloud/resource-controller/shapes.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Observed } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { ENDPOINTS_PARAMETER, type KeyParameter, keyParameters } from '../../services/table.ts';
import { type Fields, Unreadable } from '../fields.ts';
import { instanceRows } from '../instance/identity.ts';
import { writtenEncryption, writtenParameters, writtenPlan } from './declare.ts';
import { align, valueAt, withValue } from './echo.ts';
import { backupKey, dataKeyOf, type LiveDeployment } from './live-keys.ts';
import { type DeploymentSpec, ENCRYPTION_KEY, fillKeys, keyParameterAt, parted } from './spec.ts';

const UNSHOWN = 'the service does not show it; it is sent along when another parameter changes';
const KEY_IS_FIXED = 'the key is fixed when a deployment is made; declare a new deployment and migrate its data';

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
    why: KEY_IS_FIXED,
    want(desired, snapshot) {
      const ref = desired.refs[ENCRYPTION_KEY];
      // A key that is not live yet stays pending inside the map, where the plan shows it.
      return ref === undefined ? undefined : { key: snapshot.idOrPending(ref) as string };
    },
    have(live, snapshot) {
      const key = dataKeyOf(live, snapshot);
      if (key === undefined) return new Unreadable('unverified: the service neither shows its key nor registers on it');
      return key === null ? undefined : { key };
    },
    written: writtenEncryption,
  },
  parameters: {
    leads: 'update',
    why: 'PATCH /v2/resource_instances/{id} takes parameters',
    want: ({ spec, refs }, snapshot) =>
      spec.parameters && fillKeys(spec, refs, (ref): Json => snapshot.idOrPending(ref)),
    have: parametersShown,
    align,
    byMember: true,
    // An echo holds what the latest request said, so what is missing in it may be set all the same.
    unseen: UNSHOWN,
    memberOf: ({ facts: { service, plan } }, member) =>
      keyParameters(service, plan).some(({ path }) => path === member)
        ? { leads: 'refuse', why: KEY_IS_FIXED }
        : undefined,
    shown: (have) => parted(have).open,
    written: writtenParameters,
  },
  serviceEndpoints: {
    leads: 'update',
    why: 'PATCH /v2/resource_instances/{id} takes parameters',
    have({ facts: { instance } }) {
      const value = echoOf(instance)?.[ENDPOINTS_PARAMETER];
      if (value === undefined || value === null) return undefined;
      if (value === 'public' || value === 'private' || value === 'public-and-private') return value;
      return new Unreadable(`the service shows ${JSON.stringify(value)}`);
    },
    unseen: UNSHOWN,
  },
  whenDeleted: { leads: 'ignore', why: 'says how to plan', have: () => undefined },
  skipReclamation: { leads: 'ignore', why: 'says how it ends', have: () => undefined },
};

function echoOf({ parameters }: RcInstance): JsonObject | undefined {
  return (parameters ?? undefined) as JsonObject | undefined;
}

/**
 * The parameters as the service shows them, each that carries a key with the key that is known: not what the echo says it
 * was, nor `"none"`, which is no key.
 */
function parametersShown(live: Observed<LiveDeployment>, snapshot: Snapshot): JsonObject | undefined {
  const { instance, service, plan } = live.facts;
  const echo = echoOf(instance);
  const declared = new Set(
    Object.keys(snapshot.declaredAs(live.id)?.refs ?? {}).map((pointer) => keyParameterAt(live.facts, pointer)),
  );
  const known = { data: dataKeyOf(live, snapshot), backups: backupKey(live.facts) };
  const all = keyParameters(service, plan);
  const isMeant = (one: KeyParameter): boolean => declared.has(one) || valueAt(echo, one.path) !== undefined;
  // A key that is only registered on, or told, stands under the first name that it may have.
  const shown = (['data', 'backups'] as const).flatMap((what) => {
    const own = all.filter(({ protects }) => protects === what);
    const meant = own.filter(isMeant);
    return meant.length > 0 || typeof known[what] !== 'string' ? meant : own.slice(0, 1);
  });
  return shown.reduce<JsonObject | undefined>((parameters, { path, protects }) => {
    const key = known[protects];
    return parameters === undefined && key === undefined ? undefined : withValue(parameters ?? {}, path, key);
  }, echo);
}

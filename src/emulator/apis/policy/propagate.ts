import type { Json, Timers, World } from '../../core/world.ts';
import { enforcedGrants, type Grant, policies, spreadingGrants } from './state.ts';

/** The kind of the timer that brings a changed policy to the services. */
const spreadTimer = 'policy/spread';

/**
 * Makes the grant as it is now count for the services after `propagationMs`. Goes with every write but a deletion,
 * which counts at once.
 */
export function spreadLater(world: World, policyId: string, { subject, resource, roles }: Grant): void {
  // Two changes in a row spread one after the other, each as it was written: so the grant is kept, not read when the
  // timer runs.
  const id = world.newId();
  spreadingGrants(world.store).put(id, { policyId, grant: { subject, resource, roles } });
  world.schedule(new Date(world.now().getTime() + world.settings.propagationMs), { kind: spreadTimer, payload: id });
}

function spread(world: World, payload: Json): void {
  const id = String(payload);
  const spreading = spreadingGrants(world.store).get(id);
  if (spreading === undefined) return;
  spreadingGrants(world.store).delete(id);
  if (policies(world.store).get(spreading.policyId)?.state !== 'active') return;
  enforcedGrants(world.store).put(spreading.policyId, spreading.grant);
  world.emit('policy.arrived', { id: spreading.policyId });
}

/** Timers of this API. */
export const timers: Timers = { [spreadTimer]: spread };

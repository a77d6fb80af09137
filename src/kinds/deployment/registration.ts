import { instanceCrnOf } from '../../model/crn.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { alwaysRegisters } from '../../services/table.ts';
import type { Doubt } from '../kind.ts';
import { type LiveDeployment, registeredDataKeys } from './live-keys.ts';
import { type DeploymentSpec, ENCRYPTION_KEY, keyParameterAt } from './spec.ts';

/** Source: Key Protect docs, "Syncing associated resources": a service may take up to four hours to act. */
const HOURS = 4;
const HOUR_MS = 3_600_000;

/**
 * A deployment that is declared to use a key and is not registered on it, though its service always registers: nothing but
 * the manifest says that its data is under that key. One that is registered on another key differs in a field instead.
 */
export function doubts(
  { refs }: Desired<DeploymentSpec>,
  { life, facts }: Observed<LiveDeployment>,
  snapshot: Snapshot,
): readonly Doubt[] {
  const { service, plan, keys, instance } = facts;
  if (life.is !== 'active' || !alwaysRegisters(service, plan) || registeredDataKeys(facts).length > 0) return [];
  const age = snapshot.now.getTime() - Date.parse(instance.created_at ?? '');
  return Object.entries(refs).flatMap(([pointer, ref]): readonly Doubt[] => {
    const on = snapshot.idOf(ref);
    const isForData = keyParameterAt(facts, pointer)?.protects === 'data';
    // Of a key that this login may not see it may not see the registrations either.
    const isSeen = on !== undefined && snapshot.live.get(on) !== undefined && keys.asked.includes(instanceCrnOf(on));
    if (!isForData || !isSeen) return [];
    const field = pointer === ENCRYPTION_KEY ? 'encryption.key' : pointer.slice(1).replaceAll('/', '.');
    if (age < HOURS * HOUR_MS) {
      const text = `not registered on ${ref} yet: ${service} may take up to ${HOURS} hours after the deployment was made`;
      return [{ field, on, text }];
    }
    const text = `declared to use ${ref} and not registered on it, although ${service} always registers: ask it which key the deployment is under before its data is relied on`;
    return [{ field, on, text, isDrift: true }];
  });
}

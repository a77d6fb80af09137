import type { LiveId } from '../../model/address.ts';
import { instanceCrnOf } from '../../model/crn.ts';
import type { Need } from '../../model/relation.ts';
import type { Observed } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { alwaysRegisters, KEY_ROLE, type KeyParameter, keyParameters, rolesOn } from '../../services/table.ts';
import type { InstanceFacts } from '../instance/facts.ts';
import { keyAt, keysIn } from './echo.ts';
import { keyParameterAt } from './spec.ts';

export interface LiveDeployment extends InstanceFacts {
  /** The service's catalog name. */
  readonly service: string;
  /** The plan's catalog name; its id where the catalog does not tell. */
  readonly plan: string;
  readonly keys: SeenKeys;
}

/** What is said about the keys of a live deployment, beside what Resource Controller echoes. */
export interface SeenKeys {
  /** The keys that it is registered on, itself or any of its volumes. */
  readonly registered: readonly LiveId[];
  /** The Key Protect instances whose registrations could be read: it is registered on no other key of theirs. */
  readonly asked: readonly LiveId[];
  /** By the service itself; `null`: a key of its own. */
  readonly told?: { readonly data?: LiveId | null; readonly backups?: LiveId | null };
}

/** A key's CRN; `null`: the service's own key; `undefined`: it cannot be told. */
type Known = LiveId | null | undefined;

/**
 * The key that the data of a live deployment is under. A registration on a key is the truth, the service's own answer comes
 * next, and what Resource Controller echoes is believed only where neither says anything: after a migration of keys it goes
 * on showing the old one.
 *
 * @param declared the key that it is declared to use: registered on it among others, that is the one, but where the others
 *   are known to be for its data and this one for its backups
 * Source: Key Protect docs, "Migrating keys": registrations move to the new key.
 */
export function dataKey(facts: LiveDeployment, declared?: LiveId): Known {
  const { registered, told } = facts.keys;
  // Of several it tells itself which is for its data.
  if (typeof told?.data === 'string' && registered.includes(told.data)) return told.data;
  const echoed = echoedKey(facts, 'data');
  const own = registeredDataKeys(facts);
  const isForData = declared !== undefined && (own.length === 0 || own.includes(declared));
  if (isForData && registered.includes(declared)) return declared;
  const [only, ...more] = own;
  if (only !== undefined && more.length === 0) return only;
  const other = told?.data ?? echoed;
  if (only === undefined) return told?.data === null ? null : other;
  return own.find((key) => key === other);
}

/** The keys that it is registered on, but for one that its backups alone are known to be under. */
export function registeredDataKeys(facts: LiveDeployment): readonly LiveId[] {
  const backups = backupKey(facts);
  return facts.keys.registered.filter((key) => key !== backups || key === echoedKey(facts, 'data'));
}

/** The key that its backups are under. */
export function backupKey(facts: LiveDeployment): Known {
  const told = facts.keys.told?.backups;
  return told === undefined ? echoedKey(facts, 'backups') : told;
}

/**
 * `extensions` hold what an instance is, `parameters` what was asked for last.
 * Source: IBM Quantum docs, "Platform APIs"; Resource Controller API samples of Gen 2 databases (`extensions.dataservices`).
 */
function echoedKey({ instance, service, plan }: LiveDeployment, protects: KeyParameter['protects']) {
  const paths = keyParameters(service, plan).flatMap((one) => (one.protects === protects ? [one.path] : []));
  const { extensions, parameters } = instance;
  return [extensions, parameters].flatMap((shown) => paths.flatMap((path) => keyAt(shown, path) ?? [])).at(0);
}

/** The key that it is declared to use, or found to, as `dataKey` has it. */
export function dataKeyOf({ id, facts }: Observed<LiveDeployment>, snapshot: Snapshot): Known {
  return dataKey(facts, declaredDataKey(id, facts, snapshot));
}

function declaredDataKey(id: LiveId, facts: LiveDeployment, snapshot: Snapshot): LiveId | undefined {
  const refs = Object.entries(snapshot.declaredAs(id)?.refs ?? {});
  const [ref] = refs.flatMap(([pointer, one]) => (keyParameterAt(facts, pointer)?.protects === 'data' ? [one] : []));
  return snapshot.idOf(ref);
}

/**
 * What a live deployment needs of keys: of each that it is registered on, and of each that stands in what is echoed or told,
 * but for one that a registration on another has superseded.
 */
export function needsOf(facts: LiveDeployment): readonly Need[] {
  const { instance, service, plan, keys } = facts;
  const by = { service, instance: instance.crn, resourceGroup: instance.resource_group_id };
  const parameters = keyParameters(service, plan);
  const data = dataKey(facts);
  const backups = backupKey(facts);
  const echoed = echoedKey(facts, 'data');
  // That it is registered elsewhere says so only where it would be registered on this one, too, and that could be seen.
  const isSeen = (key: LiveId): boolean => alwaysRegisters(service, plan) && keys.asked.includes(instanceCrnOf(key));
  const isSuperseded = (key: LiveId): boolean =>
    key === echoed && typeof data === 'string' && key !== data && isSeen(key);
  const others = [
    ...keys.registered,
    ...keysIn([instance.parameters, instance.extensions]).filter((key) => !isSuperseded(key)),
  ];
  const needs = (on: Known, own: readonly KeyParameter[]): readonly Need[] => {
    if (typeof on !== 'string') return [];
    const roles = new Set([KEY_ROLE, ...own.flatMap(rolesOn)]);
    return [...roles].map((role) => ({ by, on, roles: [role], pointer: '' }));
  };
  const [forData, forBackups] = (['data', 'backups'] as const).map((what) =>
    parameters.filter(({ protects }) => protects === what),
  );
  const rest = new Set(others.filter((key) => key !== data && key !== backups));
  return [
    ...needs(data, forData ?? []),
    ...needs(backups, forBackups ?? []),
    // What one is for that it is registered on cannot be told: it may be for backups.
    ...[...rest].flatMap((key) => needs(key, keys.registered.includes(key) ? parameters : [])),
  ];
}

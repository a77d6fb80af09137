import { expect } from '@jest/globals';
import type { Emulator } from '../../../src/emulator/start.ts';
import { isObject } from '../../../src/model/json.ts';

type Row = Readonly<Record<string, unknown>>;

/** The records of a table of the emulator. */
export function rowsOf(emulator: Emulator, table: string): readonly Row[] {
  const tables: unknown = emulator.state();
  const records = isObject(tables) ? tables[table] : undefined;
  return isObject(records) ? Object.values(records).filter(isObject) : [];
}

/** What holds whatever was asked, answered or lost. */
export function expectInvariants(emulator: Emulator): void {
  const keys = rowsOf(emulator, 'key-protect/keys');
  const instances = rowsOf(emulator, 'resource-controller/instances');
  const reclamations = rowsOf(emulator, 'resource-controller/reclamations');
  const bindings = rowsOf(emulator, 'services/bindings');

  // Aliases are unique in an instance, and at most five on a key.
  const aliases = keys.flatMap(({ instanceGuid, aliases: own }) =>
    (own as string[]).map((name) => `${instanceGuid}/${name}`),
  );
  expect(aliases).toHaveLength(new Set(aliases).size);
  expect(keys.filter(({ aliases: own }) => (own as string[]).length > 5)).toEqual([]);
  const kept = rowsOf(emulator, 'key-protect/aliases').map(({ instanceGuid, alias }) => `${instanceGuid}/${alias}`);
  expect([...kept].sort()).toEqual([...aliases].sort());

  // Registrations are on keys that are there, each made by a service that remembers it.
  const known = new Set(keys.map(({ id }) => id));
  const uses = new Set(bindings.map(({ keyId, resourceCrn }) => `${keyId} ${resourceCrn}`));
  const registrations = rowsOf(emulator, 'key-protect/registrations');
  expect(registrations.filter(({ keyId }) => !known.has(keyId))).toEqual([]);
  expect(registrations.filter(({ keyId, resourceCrn }) => !uses.has(`${keyId} ${resourceCrn}`))).toEqual([]);

  // A reclamation is of an instance in reclamation, and each of those has one.
  const waiting = instances.filter(({ state }) => state === 'pending_reclamation').map(({ guid }) => guid);
  expect(reclamations.map(({ instanceGuid }) => instanceGuid).sort()).toEqual(waiting.sort());

  // Two authorizations are never about the same.
  const policies = rowsOf(emulator, 'policy/policies').filter(({ state }) => state === 'active');
  const about = policies.map(({ subject, resource }) => JSON.stringify([subject, resource]));
  expect(about).toHaveLength(new Set(about).size);

  // A key in a ring is in one that is there.
  const rings = new Set(rowsOf(emulator, 'key-protect/rings').map(({ instanceGuid, id }) => `${instanceGuid}/${id}`));
  const lost = keys.filter(
    ({ instanceGuid, keyRingId }) => keyRingId !== 'default' && !rings.has(`${instanceGuid}/${keyRingId}`),
  );
  expect(lost).toEqual([]);

  // Credentials stand on instances in use, and tags on what was not removed.
  const used = new Set(instances.filter(({ state }) => state === 'active').map(({ guid }) => guid));
  const children = rowsOf(emulator, 'resource-controller/children').filter(({ state }) => state === 'active');
  expect(children.filter(({ instanceGuid }) => !used.has(instanceGuid))).toEqual([]);
  const removed = new Set(instances.filter(({ state }) => state === 'removed').map(({ crn }) => crn));
  expect(rowsOf(emulator, 'tagging/tags').filter(({ crn }) => removed.has(crn))).toEqual([]);

  // Names of resource groups and of profiles are no two's, and an instance is in a group that is there.
  for (const names of [
    rowsOf(emulator, 'resource-manager/groups').filter(({ state }) => state !== 'DELETED'),
    rowsOf(emulator, 'iam/identities').filter(({ kind }) => kind === 'profile'),
  ].map((rows) => rows.map(({ name }) => name))) {
    expect(names).toHaveLength(new Set(names).size);
  }

  // Nothing failed that the emulator itself would have to answer for.
  expect(emulator.requests().filter(({ error }) => error !== undefined)).toEqual([]);
  expect(emulator.events().filter(({ action }) => action.startsWith('emulator.'))).toEqual([]);
}

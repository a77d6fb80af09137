import type { Reply } from '../../core/world.ts';
import { assertAllowed, assertRing, type Desk, recordAction } from './desk.ts';
import { badField, envelope, pageOf, readFlag } from './envelope.ts';
import { dateOf, isHeld, keys, rings } from './state.ts';

/** Rings an instance may have beside `default`. */
const quota = 50;

/** `GET /key_rings`; `default` first. UNSURE in the reference: that a page is 100. */
export function listRings(desk: Desk): Reply {
  assertAllowed(desk, 'kms.keyrings.list');
  const own = ringsOf(desk).map(({ id, creationDate, createdBy }) => ({ id, creationDate, createdBy }));
  const { shown, metadata } = pageOf(desk, [{ id: 'default' }, ...own], 100);
  return envelope(200, 'key_ring', shown, metadata);
}

/** `POST /key_rings/{ring}`: 201 without a body. UNSURE in the reference: the codes of a twin and of one too many. */
export function createRing(desk: Desk): Reply {
  assertAllowed(desk, 'kms.keyrings.create');
  const { world, call, instance } = desk;
  const id = call.params['ring'] ?? '';
  if (!/^[A-Za-z0-9-]{2,100}$/.test(id)) throw badField(desk, 'id', '2 to 100 letters, digits or hyphens');
  if (id === 'default' || rings(world.store).get(`${instance.guid}/${id}`) !== undefined) {
    throw desk.refuse(409, 'KEY_RING_ALREADY_EXISTS_ERR', `Key ring ${id} already exists`);
  }
  if (ringsOf(desk).length >= quota) {
    const message = `An instance can have at most ${quota} key rings beside the default one`;
    throw desk.refuse(409, 'KEY_RING_QUOTA_ERR', message);
  }
  const createdBy = call.identity.iamId;
  const record = { id, instanceGuid: instance.guid, createdBy, creationDate: dateOf(world.now()) };
  rings(world.store).put(`${instance.guid}/${id}`, record);
  recordAction(desk, 'kms.key-rings.create', instance.crn, { keyRingId: id });
  return { status: 201 };
}

/**
 * `DELETE /key_rings/{ring}`. With `force`, destroyed keys move to `default`; others always hold the ring, and so do those
 * that were destroyed `emptyingMs` ago or less. Source: terraform-provider-ibm issue 4837 (55 s after a key's deletion).
 */
export function deleteRing(desk: Desk): Reply {
  assertAllowed(desk, 'kms.keyrings.delete');
  const { world, call, instance } = desk;
  const id = call.params['ring'] ?? '';
  if (id === 'default') {
    // UNSURE in the reference: the code.
    throw desk.refuse(400, 'INVALID_FIELD_ERR', 'The default key ring cannot be deleted');
  }
  assertRing(desk, id);
  const inside = keys(world.store).by('ring', `${instance.guid}/${id}`);
  const force = readFlag(desk, 'force') === true;
  if (inside.length > 0 && !(force && inside.every((key) => !isHeld(world, key)))) {
    throw desk.refuse(409, 'KEY_RING_NOT_EMPTY_ERR', 'The specified key ring contains at least one key (in any state)');
  }
  for (const key of inside) {
    keys(world.store).put(key.id, { ...key, keyRingId: 'default', lastUpdateDate: dateOf(world.now()) });
  }
  rings(world.store).delete(`${instance.guid}/${id}`);
  recordAction(desk, 'kms.key-rings.delete', instance.crn, { keyRingId: id });
  return { status: 204 };
}

function ringsOf({ world, instance }: Desk): readonly { id: string; creationDate: string; createdBy: string }[] {
  return rings(world.store).by('instance', instance.guid);
}

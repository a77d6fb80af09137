import { match } from '../decide/match.ts';
import type { Kinds } from '../kinds/kind.ts';
import type { Address, LiveId } from '../model/address.ts';
import { isCrn, parseCrn } from '../model/crn.ts';
import { given } from '../model/json.ts';
import type { LiveObject, Looked } from '../model/live-object.ts';
import type { Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isStanding, stateInWords, stateWord } from '../model/state.ts';

/**
 * What a script wants of one declared resource: its ids, its state, its fields.
 *
 * @param address is declared
 */
export function get(snapshot: Snapshot, kinds: Kinds, address: Address): Looked {
  const own = snapshot.wanted.get(address);
  if (own === undefined) throw new Error(`${address} is not declared`);
  const kind = kinds.of(own);
  const found = match(kind, own, snapshot);
  if (found.is === 'blocked') return { is: 'unknown', why: found.message };
  if (found.is === 'none') {
    const unreadable = snapshot.unreadable.get(kind.name);
    return unreadable === undefined ? { is: 'not found' } : { is: 'unknown', why: unreadable };
  }
  const { live } = found;
  const fields = Object.fromEntries(kind.describe(live, snapshot).map(({ field, value }) => [field, value]));
  const object = { ...headOf(address, live), fields };
  return isStanding(live)
    ? { is: 'live', object }
    : { is: 'ended', object, why: stateInWords(live.life, live.impaired) };
}

function headOf(address: Address, live: Observed): Omit<LiveObject, 'fields'> {
  const { id, name, marks, madeBy, madeAt } = live;
  return {
    formatVersion: 1,
    address,
    id: ownId(id),
    ...(isCrn(id) && !id.includes('#') ? { crn: id } : {}),
    name,
    state: stateWord(live.life, live.impaired),
    marks,
    ...given({ madeBy, madeAt }),
  };
}

/** `policy:<id>`, `<instance CRN>#<ring>`, or a CRN whose last words say it. */
function ownId(id: LiveId): string {
  const [whole = '', ring] = id.split('#');
  if (ring !== undefined) return ring;
  const crn = parseCrn(whole);
  if (crn === undefined) return whole.replace(/^policy:/, '');
  return crn.resource === '' ? crn.instance : crn.resource;
}

import { identify, type Match, match } from '../decide/match.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Known } from '../kinds/known.ts';
import type { Address, LiveId } from '../model/address.ts';
import { isCrn, parseCrn } from '../model/crn.ts';
import type { LiveObject, Looked } from '../model/live-object.ts';
import type { Observed } from '../model/resource.ts';
import { stateInWords, stateWord } from '../model/state.ts';
import type { PlanInput } from './changes.ts';

/** One declared resource, and which live object it is. */
export interface Found {
  readonly kind: Kind;
  readonly known: Known;
  readonly match: Match;
}

/** @throws Error when nothing of this address is declared: whoever asks has looked */
export function find(
  { kinds, desired, inventory, lexicon }: Pick<PlanInput, 'kinds' | 'desired' | 'inventory' | 'lexicon'>,
  address: Address,
): Found {
  const own = desired.find((resource) => resource.address === address);
  const kind = kinds.find(({ name }) => name === own?.kind);
  if (own === undefined || kind === undefined) throw new Error(`${address} is not declared`);
  const known = identify(kinds, desired, inventory.objects, lexicon);
  return { kind, known, match: match(kind, own, inventory.objects, known) };
}

/** What a script wants of one declared resource: its ids, its state, its fields. */
export function look(input: Parameters<typeof find>[0], address: Address): Looked {
  const { kind, known, match: found } = find(input, address);
  const unreadable = input.inventory.unreadable.find((scope) => scope.kind === kind.name);
  if (found.is === 'blocked') return { is: 'unknown', why: found.message };
  if (found.is === 'none') {
    return unreadable === undefined ? { is: 'not found' } : { is: 'unknown', why: unreadable.message };
  }
  const { live } = found;
  const fields = Object.fromEntries(kind.describe(live, known).map(({ field, value }) => [field, value]));
  const object = { ...headOf(address, live), fields };
  const isLive = live.life.is === 'active' || live.life.is === 'settling';
  return isLive ? { is: 'live', object } : { is: 'ended', object, why: stateInWords(live.life, live.impaired) };
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
    ...(madeBy === undefined ? {} : { madeBy }),
    ...(madeAt === undefined ? {} : { madeAt }),
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

import type { Comparison, Difference } from '../kinds/fields.ts';
import { blocked, type Change, READY, type Status } from '../model/change.ts';
import type { Desired } from '../model/resource.ts';
import { isStanding } from '../model/state.ts';
import { rowOf } from '../model/verbs.ts';
import { type Case, change } from './change.ts';

/**
 * What differs, as changes: what is refused, what the update takes, and one change for each verb of a field's own. Each
 * stands for itself: one that is held holds no other.
 */
export function editing(one: Case, { differences }: Comparison): readonly Change[] {
  const isRefused = refusalOf(one.desired, differences);
  const refused = differences.filter(isRefused);
  const taken = differences.flatMap((difference) => namesake(one, difference) ?? []);
  const left = differences.filter(
    (difference) => !isRefused(difference) && !taken.some(({ fields }) => fields.includes(difference.change)),
  );
  const updates = left.filter(({ leads }) => leads === 'update');
  return [
    ...(refused.length > 0 ? [refusing(one, refused)] : []),
    ...taken,
    ...(updates.length > 0 ? [updating(one, updates)] : []),
    ...left.flatMap((difference) => acting(one, difference)),
  ];
}

/** What holds it moves as one: not to another instance means not to that instance's ring either. */
function refusalOf(
  { relations, refs }: Desired,
  differences: readonly Difference[],
): (difference: Difference) => boolean {
  const isHolder = (field: string): boolean => relations.inside.includes(refs[`/${field}`] ?? '');
  const stays = differences.some(({ leads, change: { field } }) => leads === 'refuse' && isHolder(field));
  return ({ leads, change: { field } }) => leads === 'refuse' || (stays && isHolder(field));
}

function refusing(one: Case, refused: readonly Difference[]): Change {
  const reasons = refused
    .filter(({ leads }) => leads === 'refuse')
    .map(({ change: { field }, why }) => `\`${field}\` cannot change: ${why}`);
  const message = `${reasons.join('; ')}. Put the live value back into the manifest, or declare a new name`;
  const fields = refused.map((difference) => difference.change);
  return change(one, 'update', 'differs', { fields, status: blocked('CANNOT_CHANGE', message) });
}

/** No instance is given a name that another one bears: they would be twins, which its API does not refuse (design 4). */
function namesake(one: Case, { change: field }: Difference): Change | undefined {
  const { kind, live, snapshot } = one;
  if (field.field !== 'name' || typeof field.after !== 'string') return undefined;
  const identity = kind.identity.renamed(live, field.after);
  const same = identity === undefined ? [] : snapshot.live.withIdentity(live.kind, identity);
  const other = same.find((object) => object.id !== live.id && isStanding(object));
  if (other === undefined) return undefined;
  const message = `${other.id} is called ${JSON.stringify(field.after)} already`;
  const remedy = `\`name: ${JSON.stringify(live.name)}\` keeps the live name; or choose another one, or rename that instance first`;
  const status = blocked('NAME_TAKEN', `${message}; ${remedy}`);
  return change(one, 'update', 'differs', { fields: [field], status });
}

function updating(one: Case, updates: readonly Difference[]): Change {
  const { life, id } = one.live;
  const status: Status =
    life.is === 'settling' ? { is: 'deferred', until: [{ when: 'settled', id, address: one.desired.address }] } : READY;
  const fields = updates.map((difference) => difference.change);
  const lasting = updates.flatMap(({ irreversible }) => irreversible ?? []);
  const remarks = [...lasting, ...updates.flatMap(({ remark }) => remark ?? [])];
  const [because = 'differs', ...others] = new Set(updates.map((difference) => difference.because ?? 'differs'));
  const planned = change(one, 'update', others.length > 0 ? 'differs' : because, { fields, status, remarks });
  return lasting.length > 0 ? { ...planned, irreversible: true } : planned;
}

/** A field with an action of its own, which has clocks and states of its own. */
function acting(one: Case, { leads: verb, change: field, remark }: Difference): readonly Change[] {
  if (verb === 'refuse' || verb === 'update') return [];
  const { kind, desired, live, snapshot } = one;
  const status = kind.lifecycle.gate(verb, live, snapshot.now, desired.spec);
  const remarks = remark === undefined ? [] : [remark];
  return [change(one, verb, rowOf(verb).because ?? 'differs', { fields: [field], status, remarks })];
}

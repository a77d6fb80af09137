import type { Comparison, Difference, Lead } from '../kinds/fields.ts';
import type { Kind } from '../kinds/kind.ts';
import { blocked, type Change, READY, type Status } from '../model/change.ts';
import { isStanding } from '../model/phase.ts';
import type { Desired, Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { rowOf } from '../model/verbs.ts';
import { change } from './change.ts';

/**
 * What differs, as changes: what is refused, what the update takes, and one change for each verb of a field's own. Each
 * stands for itself: one that is held holds no other.
 */
export function editing(
  kind: Kind,
  desired: Desired,
  live: Observed,
  { differences }: Comparison,
  snapshot: Snapshot,
): readonly Change[] {
  const isRefused = refusalOf(desired, differences);
  const refused = differences.filter(isRefused);
  const taken = differences.flatMap((difference) => namesake(kind, desired, live, difference, snapshot) ?? []);
  const left = differences.filter(
    (difference) => !isRefused(difference) && !taken.some(({ fields }) => fields.includes(difference.change)),
  );
  const updates = left.filter(({ leads }) => leads === 'update');
  return [
    ...(refused.length > 0 ? [refusing(desired, live, refused)] : []),
    ...taken,
    ...(updates.length > 0 ? [updating(desired, live, updates)] : []),
    ...left
      .filter(({ leads }) => leads !== 'update')
      .map((difference) => acting(kind, desired, live, difference, snapshot.now)),
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

function refusing(desired: Desired, live: Observed, refused: readonly Difference[]): Change {
  const reasons = refused
    .filter(({ leads }) => leads === 'refuse')
    .map(({ change: { field }, why }) => `\`${field}\` cannot change: ${why}`);
  const message = `${reasons.join('; ')}. Put the live value back into the manifest, or declare a new name`;
  const fields = refused.map((difference) => difference.change);
  return change(desired, 'update', 'differs', { live, fields, status: blocked('CANNOT_CHANGE', message) });
}

/** No instance is given a name that another one bears: they would be twins, which its API does not refuse (design 4). */
function namesake(
  kind: Kind,
  desired: Desired,
  live: Observed,
  { change: field }: Difference,
  snapshot: Snapshot,
): Change | undefined {
  const identity =
    field.field === 'name' && typeof field.after === 'string' ? kind.identity.renamed(live, field.after) : undefined;
  const same = identity === undefined ? [] : snapshot.live.withIdentity(live.kind, identity);
  const other = same.find((object) => object.id !== live.id && isStanding(object));
  if (other === undefined) return undefined;
  const message = `${other.id} is called ${JSON.stringify(field.after)} already`;
  const remedy = `\`name: ${JSON.stringify(live.name)}\` keeps the live name; or choose another one, or rename that instance first`;
  return change(desired, 'update', 'differs', {
    live,
    fields: [field],
    status: blocked('NAME_TAKEN', `${message}; ${remedy}`),
  });
}

function updating(desired: Desired, live: Observed, updates: readonly Difference[]): Change {
  const status: Status =
    live.life.is === 'settling'
      ? { is: 'deferred', until: [{ when: 'settled', id: live.id, address: desired.address }] }
      : READY;
  const fields = updates.map((difference) => difference.change);
  const lasting = updates.flatMap(({ irreversible }) => irreversible ?? []);
  const remarks = [...lasting, ...updates.flatMap(({ remark }) => remark ?? [])];
  const [because = 'differs', ...others] = new Set(updates.map((difference) => difference.because ?? 'differs'));
  const planned = change(desired, 'update', others.length > 0 ? 'differs' : because, { live, fields, status });
  const last = lasting.length > 0 ? { irreversible: true as const } : {};
  return { ...planned, ...last, ...(remarks.length > 0 ? { remarks } : {}) };
}

/** A field with an action of its own, which has clocks and states of its own. */
function acting(
  kind: Kind,
  desired: Desired,
  live: Observed,
  { leads, change: field, remark }: Difference,
  now: Date,
): Change {
  const verb: Exclude<Lead, 'refuse'> = leads === 'refuse' ? 'update' : leads;
  const status = kind.lifecycle.gate(verb, live, now, desired.spec);
  const planned = change(desired, verb, rowOf(verb).because ?? 'differs', { live, fields: [field], status });
  return remark === undefined ? planned : { ...planned, remarks: [remark] };
}

import type { Change } from '../../../src/model/change.ts';
import type { Grant, Relations } from '../../../src/model/relation.ts';
import type { Observed } from '../../../src/model/resource.ts';
import { makePlan } from '../../../src/plan/make-plan.ts';
import { NOW, snapshotOf, type World } from '../../helpers/snapshot.ts';
import { stack } from '../../helpers/toy-kind.ts';
import { declared, idOf, kinds, live } from '../../helpers/toy-locks.ts';

const DAY_MS = 86_400_000;
export const absent = { state: 'absent' } as const;
export const daysAgo = (days: number): string => new Date(NOW.getTime() - days * DAY_MS).toISOString();
export const minutesAgo = (minutes: number): string => new Date(NOW.getTime() - minutes * 60_000).toISOString();

export function changesOf(world: World): readonly Change[] {
  const { desired = [] } = world;
  const input = { stack, account: undefined, desired, maxDeletes: undefined, targets: [] };
  return makePlan(input, snapshotOf(kinds, world), kinds, 'public').changes;
}

/** `address verb`, and the code of what blocks it or whatever it waits for. */
export function lineOf({ address, verb, status }: Change): string {
  const word =
    status.is === 'ready'
      ? 'ready'
      : status.is === 'blocked'
        ? status.code
        : status.until.map((one) => ('address' in one ? `${one.when} ${one.address}` : one.when)).join(', ');
  return `${address} ${verb} ${word}`;
}

/** A box with a lock in it, a pass on the box, and a door that uses the lock: all live and ours. */
export const box = live.box('b');
export const lock = live.lock('k');
export const pass = live.pass('p', idOf.box('b'));
export const door = live.door('d', idOf.lock('k'));
export const all = [box, lock, pass, door];
export const [boxToo, lockToo, doorToo] = [declared.box('b'), declared.lock('k'), declared.door('d', 'lock.k')];
export const lockGoes = declared.lock('k', absent);
export const passGoes = declared.pass('p', 'box.b', absent);
export const doorGoes = declared.door('d', 'lock.k', absent);
export const registered = [{ on: idOf.lock('k'), by: idOf.door('d'), preventsDeletion: false }];
export const retained = [{ on: idOf.lock('k'), by: idOf.door('d'), preventsDeletion: true }];
export const reclaiming = (since: string) =>
  ({ life: { is: 'restorable', as: 'reclaiming', until: undefined, by: undefined, since } }) as const;

/** The relations of a pass whose first grant has other members. */
export function withGrants({ relations }: Observed, grants: readonly Partial<Grant>[]): Relations {
  return { ...relations, grants: grants.flatMap((more) => relations.grants.map((grant) => ({ ...grant, ...more }))) };
}

/** Somebody who uses the lock, and whom no pass admits. */
export const stranger = { on: idOf.lock('k'), by: 'crn:v1:test:public:other:here:a/1:o::', preventsDeletion: false };

export type Row = readonly [string, World, readonly string[]];

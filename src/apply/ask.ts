import { decide } from '../decide/decide.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Change } from '../model/change.ts';
import { sameJson } from '../model/json.ts';
import type { Desired, Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isDeletion, isEdit, isRemoval, stepsOf } from '../model/verbs.ts';
import type { Run } from './run.ts';

/** What becomes of a planned change when its resource is decided anew, by what is seen of it now. */
export type Asked =
  | { readonly is: 'asked'; readonly change: Change; readonly live: Observed | undefined }
  /** `unseen`: fields of it cannot be read back, so that only an answer can tell. */
  | { readonly is: 'done'; readonly live: Observed | undefined; readonly unseen: boolean }
  | { readonly is: 'stale'; readonly reason: string };

/**
 * @param planned its object as it was judged; absent where there is none, or once a write of ours may have changed it
 */
export function ask(run: Run, kind: Kind, desired: Desired, change: Change, planned?: Observed): Asked {
  const { match, changes, notes } = decide(kind, desired, snapshotFor(run, change));
  const live = match.is === 'one' ? match.live : undefined;
  // A create that happened without its answer may lack its second half: the mark, or a field with a call of its own.
  const rest = change.verb === 'create' ? changes.find(({ status }) => status.is === 'ready') : undefined;
  const asked =
    stepsOf(change.verb)
      .flatMap((verb) => changes.find((other) => other.verb === verb && isAbout(other, change)) ?? [])
      .at(0) ?? rest;
  const stop = changes.find(({ status, verb }) => status.is === 'blocked' && !isEdit(verb));
  if (stop?.status.is === 'blocked') return { is: 'stale', reason: stop.status.message };
  const now = planned && run.snapshot.live.get(planned.id);
  if (planned !== undefined && now !== undefined && grantsOtherwise(change, planned, now)) {
    return { is: 'stale', reason: 'what it allows changed after it was planned' };
  }
  if (asked === undefined) {
    // Another object is declared by now: the planned change was not made.
    if (isEdit(change.verb) && changes.some(({ verb }) => verb === 'create')) {
      return { is: 'stale', reason: 'the live object changed after it was planned' };
    }
    // If anything is asked for now, it is a create: the planned change was not made.
    if (live === undefined && change.target !== undefined && !isRemoval(change.verb)) {
      return { is: 'stale', reason: `${change.target.id} is gone` };
    }
    const unseen = notes.some((note) => change.fields.some(({ field }) => isWithinField(field, note.field)));
    return { is: 'done', live, unseen };
  }
  if (asked.status.is === 'blocked') return { is: 'stale', reason: asked.status.message };
  // What joins an object that is only made in this run was planned without it.
  const isOther = change.target !== undefined && asked.target?.id !== change.target.id;
  if (asked.verb === 'adopt' && change.verb === 'adopt' && isOther) {
    return { is: 'stale', reason: 'another object is in its place' };
  }
  // A mark is set for the owners that were shown, or on an object without an owner.
  const isBound = asked.verb === 'update' || (asked.verb === 'adopt' && asked.fields.length > 0);
  if (asked.verb === change.verb && isBound && !sameBefore(asked, change)) {
    return { is: 'stale', reason: 'the live object changed after it was planned' };
  }
  if (asked.irreversible && asked.target?.state !== change.target?.state) {
    return { is: 'stale', reason: `its state is "${asked.target?.state}" by now, not "${change.target?.state}"` };
  }
  return { is: 'asked', change: asked, live };
}

/** `rotation.enabled` is in `rotation`. */
function isWithinField(field: string, whole: string): boolean {
  return field === whole || field.startsWith(`${whole}.`) || whole.startsWith(`${field}.`);
}

/**
 * Whether both are about the same object, of which one resource may end several, and about the same fields: those that
 * cannot change are a change of their own.
 */
function isAbout({ verb, target, fields, status }: Change, planned: Change): boolean {
  if (isRemoval(verb)) return target?.id === planned.target?.id;
  if (planned.verb !== 'update' || status.is !== 'blocked') return true;
  return fields.some(({ field }) => planned.fields.some((other) => other.field === field));
}

/** A mark that was planned to be set stays consented to, also when its step was cut short after a former one was gone. */
function snapshotFor({ context, snapshot }: Run, { verb, address }: Change): Snapshot {
  const consents = verb === 'adopt' ? new Set([...snapshot.consents, `adopt:${address}`]) : snapshot.consents;
  return { ...snapshot, now: context.now(), consents };
}

/** Whom a deletion strands was judged by what was granted; what is not understood by now is not written at all. */
function grantsOtherwise({ verb }: Change, planned: Observed, now: Observed): boolean {
  if (now.relations.grants.some(({ opaque }) => opaque !== undefined)) return true;
  const roles = ({ relations }: Observed) => relations.grants.map((grant) => grant.roles);
  const isOther = now.identity !== planned.identity || !sameJson(roles(now), roles(planned));
  return isDeletion(verb) && planned.relations.grants.length > 0 && isOther;
}

/** Whether the fields and their live values are still the ones that were planned. */
function sameBefore(asked: Change, planned: Change): boolean {
  const before = ({ fields }: Change) => fields.map((field) => [field.field, field.before ?? null]);
  return sameJson(before(asked), before(planned));
}

/** Whether the object made a moment ago differs from what is declared: another run created it, since the API refuses a duplicate. */
export function differs(run: Run, kind: Kind, desired: Desired, change: Change): boolean {
  const { changes } = decide(kind, desired, snapshotFor(run, change));
  return changes.some(({ verb, status }) => isEdit(verb) && status.is !== 'deferred');
}

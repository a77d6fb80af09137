import type { LiveId } from '../model/address.ts';
import { containersAmong, isWithin } from '../model/containment.ts';
import { isCrn, parseCrn } from '../model/crn.ts';
import type { Remark } from '../model/exported.ts';
import type { JsonObject } from '../model/json.ts';
import type { Need } from '../model/relation.ts';
import type { Observed } from '../model/resource.ts';
import { isStanding } from '../model/state.ts';
import { covers } from '../rules/coverage.ts';
import { type ExportInput, whyClosed, whyNotLookedUp } from './choose.ts';

export interface WriteContext extends ExportInput {
  readonly owned: ReadonlySet<LiveId>;
  /** The map key of what has a block. */
  nameOf(id: LiveId): string | undefined;
}

export interface Written {
  readonly spec: JsonObject;
  readonly remarks: readonly Remark[];
  /** What it refers to by name. */
  readonly used: ReadonlySet<LiveId>;
}

/** One live object as its block: whole where it is owned, else what it can be looked up by. */
export function write(object: Observed, context: WriteContext): Written {
  const { kinds, snapshot, stack, owned, nameOf } = context;
  const { id } = object;
  const kind = kinds.of(object);
  const isOwned = owned.has(id);
  const remarks: Remark[] = [];
  const used = new Set<LiveId>();
  const remark = (field: string, text: string): void => void remarks.push({ field, text });
  const refer = (pointer: string, other: LiveId): string | undefined => {
    const field = pointer.slice(1).replaceAll('/', '.');
    const why = whyNoReference(object, other, context);
    if (why !== undefined) {
      remark(field, `no reference: ${why}`);
      return undefined;
    }
    const isCircle = isWaitedForBy(other, object, context);
    if (isCircle) remark(field, 'by CRN, not by name: by name, each could wait for the other');
    const name = isCircle ? undefined : nameOf(other);
    if (name !== undefined) used.add(other);
    return name ?? (hasCrn(other) ? other : undefined);
  };
  const includes = (field: string): boolean => isOwned || kind.identity.lookedUpBy.includes(field);
  const options = { mark: { stack, name: nameOf(id) ?? '' }, includes, writer: { refer, remark } };
  const fields = kind.declare(object, options, snapshot);
  const existing = isOwned ? {} : { existing: true };
  return { spec: { ...existing, ...(isPinned(object, context) ? { crn: id } : {}), ...fields }, remarks, used };
}

/** A ring has none, and a policy neither. */
function hasCrn(id: LiveId): boolean {
  return isCrn(id) && !id.includes('#');
}

/** Of several with one identity, only a pin tells which is meant. */
function isPinned({ id, kind, identity }: Observed, { snapshot: { live } }: ExportInput): boolean {
  return hasCrn(id) && live.withIdentity(kind, identity).some((other) => other.id !== id && isStanding(other));
}

/** What is used has to be authorized, by what the manifest can have. */
function whyNoReference({ relations }: Observed, other: LiveId, context: WriteContext): string | undefined {
  const why = whyClosed(other, context.closed);
  const need = relations.needs.find(({ on }) => on === other);
  const isElsewhere = parseCrn(other)?.account !== context.snapshot.catalog.account;
  if (why !== undefined || need === undefined || isElsewhere || servingOf(need, context).length > 0) return why;
  return `nothing that could be declared authorizes ${need.by.service} to use it`;
}

/**
 * Authorizations that can be declared and would serve a need then, by id. One that is narrowed to the very user would wait
 * for it, and one for a ring serves only what is declared to be in it.
 */
export function servingOf(need: Need, context: WriteContext): readonly Observed[] {
  const { live } = context.snapshot;
  const containers = containersAmong((ref) => {
    const object = live.get(ref);
    if (object === undefined || whyNotLookedUp(object, context) !== undefined) return undefined;
    const { used } = write(object, { ...context, nameOf: (id) => id });
    return object.relations.inside.filter((holder) => used.has(holder) || live.get(holder) === undefined);
  });
  const serving = live
    .grantsFor(need)
    .filter(
      ({ grant }) =>
        grant.source.instance !== need.by.instance && covers(grant, need, { containers, groupOf: live.layout.groupOf }),
    )
    .map(({ owner }) => owner)
    .filter((owner) => whyNotLookedUp(owner, context) === undefined);
  return serving.sort((left, right) => (left.id < right.id ? -1 : 1));
}

/** Whether an object that is owned uses what the other grants to it alone. */
function isWaitedForBy(user: LiveId, { relations }: Observed, { snapshot: { live }, owned }: WriteContext): boolean {
  const needs = owned.has(user) ? (live.get(user)?.relations.needs ?? []) : [];
  return relations.grants.some(
    ({ source, target }) => source.instance === user && needs.some(({ on }) => isWithin(target, on, live.containers)),
  );
}

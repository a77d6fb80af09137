import { decide } from '../decide/decide.ts';
import { identifyWith } from '../decide/match.ts';
import { prunedIn } from '../decide/prune.ts';
import type { PlanContext } from '../kinds/context.ts';
import type { Address, LiveId } from '../model/address.ts';
import { type PlanInput, stacksOf } from '../model/plan-input.ts';
import type { Desired } from '../model/resource.ts';
import { type OpenSnapshot, openSnapshot, type Snapshot } from '../model/snapshot.ts';
import { isDeletion, isEdit } from '../model/verbs.ts';
import { indexWanted } from '../model/wanted.ts';
import { lookUpNames } from './catalog.ts';
import { confirm } from './confirm.ts';
import { discover } from './discover.ts';
import { nameExternalUsers } from './external-users.ts';
import { askForUses } from './uses.ts';

/**
 * Reads what is live, as far as the manifests are about it: lists, what the lists leave open asked for itself, and who uses
 * what is to be deleted. What could not be read is noted as unreadable, never as absent.
 *
 * @param about a resource whose users are named although nothing endangers it
 */
export async function observe(input: PlanInput, context: PlanContext, about?: Address): Promise<Snapshot> {
  const listed = await listWith(input.desired, input, context);
  const pruned = input.prune ? prunedIn(context.kinds, input, listed) : [];
  // What is to be deleted brings into scope whatever it is about.
  const snapshot = pruned.length === 0 ? listed : await listWith([...input.desired, ...pruned], input, context);
  await confirm(snapshot, context, snapshot.wanted.all());
  const endangered = endangeredIn(snapshot, context);
  await askForUses(snapshot, context, endangered);
  await nameExternalUsers(snapshot, context.reader, about === undefined ? endangered : [...endangered, about]);
  return snapshot;
}

/** Reads one declared resource and what it refers to: enough to say which live object it is, and how that is. */
export async function observeOne(input: PlanInput, context: PlanContext, address: Address): Promise<Snapshot> {
  const all = indexWanted(input.desired);
  const needed = new Set([address]);
  // A set is walked in the order in which it grows.
  for (const one of needed) for (const ref of Object.values(all.get(one)?.refs ?? {})) needed.add(ref);
  const desired = input.desired.flatMap((resource) => (needed.has(resource.address) ? [resource] : []));
  const snapshot = await openFor(desired, input, context);
  const kinds = new Set(desired.map(({ kind }) => kind));
  await discover(snapshot, context, ({ name }) => kinds.has(name));
  await confirm(snapshot, context, desired);
  return snapshot;
}

async function listWith(desired: readonly Desired[], input: PlanInput, context: PlanContext): Promise<OpenSnapshot> {
  const snapshot = await openFor(desired, input, context);
  await discover(snapshot, context);
  return snapshot;
}

async function openFor(desired: readonly Desired[], input: PlanInput, context: PlanContext): Promise<OpenSnapshot> {
  const { kinds, reader, now, consents } = context;
  const catalog = await lookUpNames(kinds, desired, reader);
  const wanted = indexWanted(desired);
  const facts = { wanted, catalog, now: now(), consents: new Set(consents), stacks: stacksOf(input) };
  return openSnapshot(facts, identifyWith(kinds));
}

/**
 * What may be deleted or stopped, and what its grants are about: who uses that has to be asked. Besides what is declared so,
 * that is the live object whose place another takes, what is moved, and a grant that is changed: it may be narrowed.
 */
function endangeredIn(snapshot: Snapshot, { kinds }: PlanContext): readonly LiveId[] {
  const ids = new Set<LiveId>();
  const add = (ref: string): void => void ids.add(snapshot.idOf(ref) ?? ref);
  for (const resource of snapshot.wanted.all()) {
    const kind = kinds.of(resource);
    if (resource.spec.state === 'absent' || kind.lifecycle.isStopped(resource.spec)) {
      add(resource.address);
      for (const { target } of resource.relations.grants) add(target);
    }
    for (const { verb, target, fields } of decide(kind, resource, snapshot).changes) {
      const live = target && snapshot.live.get(target.id);
      if (live === undefined || !(isDeletion(verb) || isEdit(verb))) continue;
      const isMoved = fields.some(({ field }) => resource.relations.inside.includes(resource.refs[`/${field}`] ?? ''));
      if (isDeletion(verb) || isMoved) ids.add(live.id);
      for (const grant of live.relations.grants) ids.add(grant.target);
    }
  }
  return [...ids];
}

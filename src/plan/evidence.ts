import type { Kinds } from '../kinds/kind.ts';
import type { Change } from '../model/change.ts';
import type { Changes } from '../model/changes.ts';
import { holdersOf } from '../model/containment.ts';
import type { Granted } from '../model/grant-index.ts';
import type { Grant, Ref, Use } from '../model/relation.ts';
import type { Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isStanding } from '../model/state.ts';
import { instanceOf } from '../model/uses.ts';
import { isPresent } from '../model/wanted.ts';
import { concerns, mayReach } from '../rules/coverage.ts';
import { needsOf } from '../rules/outlive.ts';
import { alwaysRegisters } from '../services/table.ts';

/** What is known of uses that nobody registers. */
export interface Evidence {
  /** Live grants by which a key may be in use although nothing is registered on it, with their objects. */
  silentAccess(key: Observed): readonly Granted<Observed>[];
  /** Why the live grants are not all known; `undefined`: nothing speaks against it. */
  unknownGrants(): string | undefined;
}

/**
 * Each grant is judged once, and none before it is asked for.
 *
 * @param judge says what becomes of a change, as all guards have it
 */
export function evidenceIn(
  snapshot: Snapshot,
  kinds: Kinds,
  changes: Changes,
  judge: (change: Change) => Change,
): Evidence {
  const { live } = snapshot;
  const known = new Map<Ref, readonly Granted<Observed>[]>();
  let silent: ReadonlySet<Grant> | undefined;
  let unknown: { readonly why: string | undefined } | undefined;

  /**
   * A grant does not speak for a use that is not registered where every service that it names always registers, or where this
   * plan ends it and each declared deployment of its source is registered. One whose end is blocked stays.
   */
  const isQuiet = ({ grant, owner }: Granted<Observed>): boolean => {
    if (grant.opaque !== undefined) return false;
    if (grant.source.service !== undefined && alwaysRegisters(grant.source.service)) return true;
    const end = changes.deleting(owner.id);
    if (end === undefined || judge(end).status.is === 'blocked') return false;
    const declared = snapshot.wanted.get(end.address);
    if (declared === undefined || isPresent(declared)) return false;
    silent ??= grantsOfSilentUsers(snapshot);
    return !silent.has(grant);
  };
  const loudAt = (target: Ref): readonly Granted<Observed>[] => {
    const found = known.get(target) ?? [...live.grantsAt(target)].filter((granted) => !isQuiet(granted));
    known.set(target, found);
    return found;
  };
  return {
    silentAccess: ({ id }) =>
      holdersOf(id, live.containers)
        .flatMap(loudAt)
        .filter(({ grant }) => mayReach(grant, id, live.layout)),
    unknownGrants() {
      unknown ??= { why: unlistedIn(snapshot, kinds) ?? missingIn(snapshot) };
      return unknown.why;
    },
  };
}

/** The live grants of declared deployments that are not registered on a key that they are declared to use. */
function grantsOfSilentUsers(snapshot: Snapshot): ReadonlySet<Grant> {
  const { wanted, live, uses, idOf } = snapshot;
  const found = new Set<Grant>();
  for (const { address, relations } of wanted.all()) {
    if (relations.needs.length === 0) continue;
    const by = idOf(address);
    if (by === undefined || live.get(by) === undefined) continue;
    for (const need of relations.needs) {
      const on = idOf(need.on);
      if (on === undefined || uses.on(on).some((use) => isRegistered(use, by))) continue;
      for (const open of needsOf({ on, by }, snapshot)) {
        for (const { grant } of live.grantsFor(open)) if (concerns(grant, open, live.layout)) found.add(grant);
      }
    }
  }
  return found;
}

function isRegistered(use: Use, by: string): boolean {
  return use.unregistered === undefined && instanceOf(use.by) === by;
}

/** Why the list of some kind that grants proves nothing by what is missing in it. */
function unlistedIn(snapshot: Snapshot, kinds: Kinds): string | undefined {
  for (const { name, toManifest } of kinds) {
    const why = toManifest.suggest && snapshot.incomplete.get(name);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** A registration that no live grant is about: its service could not have registered without one. */
function missingIn(snapshot: Snapshot): string | undefined {
  const { live, uses } = snapshot;
  for (const { relations } of live.all())
    if (relations.grants.some(({ opaque }) => opaque !== undefined)) return undefined;
  for (const use of uses.all()) {
    if (use.unregistered || !isUserLive(use, snapshot)) continue;
    const isGranted = needsOf(use, snapshot).some((need) =>
      live.grantsFor(need).some(({ grant }) => concerns(grant, need, live.layout)),
    );
    if (!isGranted) return `${use.by} is registered on ${use.on}, and no authorization that this login may see lets it`;
  }
  return undefined;
}

function isUserLive({ by }: Use, { live, externalUsers }: Snapshot): boolean {
  const instance = instanceOf(by);
  const object = live.get(instance);
  if (object !== undefined) return isStanding(object);
  const user = externalUsers.get(instance);
  return user !== undefined && user.deletedAt === undefined;
}

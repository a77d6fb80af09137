import type { Portrait } from '../kinds/declare.ts';
import type { Kind, Kinds } from '../kinds/kind.ts';
import { addressOf, type LiveId } from '../model/address.ts';
import { isCrn } from '../model/crn.ts';
import type { Exported, ExportedBlock, LeftOut, Remark } from '../model/exported.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isStanding } from '../model/phase.ts';
import type { Ref } from '../model/relation.ts';
import type { Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { stateInWords } from '../model/state.ts';
import { covers } from '../rules/coverage.ts';
import type { Doubts, Parts } from './doubts.ts';
import { giveNames } from './names.ts';
import { isAbout } from './subject.ts';

/** What is live, and what of it is wanted. */
export interface Scene {
  readonly kinds: Kinds;
  readonly snapshot: Snapshot;
  readonly subjects: readonly Ref[] | 'all';
  readonly stack: string;
  readonly isPlaceholder: boolean;
  readonly unread: readonly string[];
  /** Instances that refuse to be looked into. */
  readonly closed: ReadonlySet<LiveId>;
}

/** A plan lists what is in every instance that its manifest names: one refusal would block everything of that sort. */
export const CLOSED = 'what is in it may not be read by this login, and without that nothing can be planned around it';

/** A manifest, and what its blocks were made of. */
export interface Draft {
  readonly exported: Exported;
  readonly parts: readonly Parts[];
}

/**
 * Live objects as one manifest: what was asked for becomes this stack's, what that refers to is looked up, and what can be
 * neither is told.
 */
export function compose(scene: Scene, doubts: Doubts): Draft {
  const { live } = scene.snapshot;
  const wanted = [...live.all()].flatMap((object) =>
    isAbout(object, scene.subjects, live.containers) ? [object] : [],
  );
  const reasons = new Map(wanted.map((object) => [object.id, whyNotOwned(object, scene, doubts)]));
  const owned = wanted.filter(({ id }) => reasons.get(id) === undefined);
  const kept = [...owned, ...supportOf(owned, scene, doubts)];
  const names = namesOf(kept, scene);
  const isOwned = new Set(owned.map(({ id }) => id));
  const desk = { scene, doubts, names, twins: sharedIdentities(scene), reasons };
  const written = kept.map((object) => writeDown(object, isOwned.has(object.id), desk));
  const blocks = written.map(({ block }) => block).sort(inOrder(scene.kinds));
  const inBlocks = new Set(kept.map(({ id }) => id));
  const leftOut = wanted.flatMap((object): LeftOut[] => {
    const { id, kind, name } = object;
    const why = doubts.notNamed.get(id) ?? reasons.get(id);
    return inBlocks.has(id) || why === undefined || isGiven(object, scene) ? [] : [{ kind, id, name, why }];
  });
  leftOut.sort(inOrder(scene.kinds));
  const { defaults, blocks: rest } = hoist(blocks, scene.kinds);
  const { stack, isPlaceholder, snapshot, unread } = scene;
  const exported = { stack, isPlaceholder, account: snapshot.catalog.account, defaults, blocks: rest, leftOut, unread };
  return { exported, parts: written.map(({ parts }) => parts) };
}

function isGiven(object: Observed, scene: Scene): boolean {
  return scene.kinds.of(object).toManifest.isBuiltin(object);
}

/** @returns why this stack cannot own it; `undefined`: it can */
function whyNotOwned(object: Observed, scene: Scene, doubts: Doubts): string | undefined {
  const { life, impaired, managedBy, marks } = object;
  if (isGiven(object, scene)) return 'it comes with what holds it';
  if (!isStanding(object)) return stateInWords(life, impaired);
  if (managedBy !== undefined) return `it is kept by ${managedBy}, which made it`;
  if (scene.closed.has(object.id)) return CLOSED;
  const odd = scene.kinds.of(object).toManifest.undeclarable(object, scene.snapshot);
  if (odd !== undefined) return `no manifest can say this: ${odd}`;
  const [other] = marks.some(({ stack }) => stack === scene.stack) ? [] : marks;
  if (other !== undefined) return `it carries the mark of stack ${other.stack} (${other.name})`;
  return containerOfOthers(object, scene) ?? doubts.notOwned.get(object.id);
}

/** What bears no mark belongs to whoever owns what holds it. */
function containerOfOthers(object: Observed, scene: Scene): string | undefined {
  if (scene.kinds.of(object).ownership.marks !== 'none') return undefined;
  const holders = object.relations.inside.flatMap((id) => scene.snapshot.live.get(id) ?? []);
  const [other] = holders.flatMap(({ marks }) => marks.filter(({ stack }) => stack !== scene.stack));
  return other && `it is in what stack ${other.stack} owns (${other.name})`;
}

/** Whether a manifest can look it up. */
function canBeNamed(object: Observed, scene: Scene, doubts: Doubts): boolean {
  const { id } = object;
  const odd = scene.kinds.of(object).toManifest.undeclarable(object, scene.snapshot);
  return isStanding(object) && odd === undefined && !scene.closed.has(id) && !doubts.notNamed.has(id);
}

/** What the owned refer to, directly or not, and what lets them use their keys: neither was asked for, and both are needed. */
function supportOf(owned: readonly Observed[], scene: Scene, doubts: Doubts): readonly Observed[] {
  const found = new Map<LiveId, Observed>(owned.map((object) => [object.id, object]));
  const queue = [...owned];
  const add = (object: Observed | undefined): void => {
    if (object === undefined || found.has(object.id) || !canBeNamed(object, scene, doubts)) return;
    found.set(object.id, object);
    queue.push(object);
  };
  const isOwned = new Set(owned.map(({ id }) => id));
  for (let object = queue.shift(); object !== undefined; object = queue.shift()) {
    const used = referredTo(object, isOwned.has(object.id), scene, doubts);
    for (const id of used) add(scene.snapshot.live.get(id));
    if (isOwned.has(object.id)) for (const grant of granting(object, used, found, scene, doubts)) add(grant);
  }
  return [...found.values()].filter(({ id }) => !isOwned.has(id));
}

function referredTo(object: Observed, isOwned: boolean, scene: Scene, doubts: Doubts): readonly LiveId[] {
  const used: LiveId[] = [];
  const withheld = doubts.withheld.get(object.id);
  const pen = {
    refer: (pointer: string, id: LiveId) => {
      if (!withheld?.has(pointer)) used.push(id);
      return id;
    },
    remark: () => undefined,
  };
  const kind = scene.kinds.of(object);
  const mark = { stack: scene.stack, name: '' };
  kind.declare(object, { mark, includes: including(kind, isOwned, withheld), pen }, scene.snapshot);
  return used;
}

function including(
  kind: Kind,
  isOwned: boolean,
  withheld: ReadonlyMap<string, string> | undefined,
): Portrait['includes'] {
  return (field) => (isOwned || kind.identity.lookedUpBy.includes(field)) && !withheld?.has(field);
}

/** For each use of a key that is declared, one authorization that serves it, unless the manifest has one already. */
function granting(
  { relations }: Observed,
  used: readonly LiveId[],
  kept: ReadonlyMap<LiveId, Observed>,
  scene: Scene,
  doubts: Doubts,
): readonly Observed[] {
  const { live } = scene.snapshot;
  return relations.needs.flatMap((need) => {
    if (!used.includes(need.on)) return [];
    // One that is narrowed to the very user would wait for it.
    const serving = live
      .grantsFor(need)
      .filter(({ grant }) => grant.source.instance !== need.by.instance && covers(grant, need, live.containers))
      .map(({ owner }) => owner);
    if (serving.some((object) => kept.has(object.id))) return [];
    const candidates = serving.filter((object) => canBeNamed(object, scene, doubts));
    return candidates.sort((left, right) => (left.id < right.id ? -1 : 1)).slice(0, 1);
  });
}

function namesOf(kept: readonly Observed[], scene: Scene): ReadonlyMap<LiveId, string> {
  const nameOf = (id: LiveId): string =>
    scene.snapshot.live.get(id)?.name ?? id.split(/[:#]/).findLast((part) => part !== '') ?? id;
  return new Map(
    [...scene.kinds].flatMap((kind) => {
      const some = kept.filter((object) => object.kind === kind.name);
      const unnamed = some.map((object) => ({
        id: object.id,
        marked: object.marks.find(({ stack }) => stack === scene.stack)?.name,
        title: kind.toManifest.title(object, nameOf),
        fallback: kind.name,
      }));
      return [...giveNames(unnamed)];
    }),
  );
}

interface Desk {
  readonly scene: Scene;
  readonly doubts: Doubts;
  readonly names: ReadonlyMap<LiveId, string>;
  readonly twins: ReadonlySet<string>;
  readonly reasons: ReadonlyMap<LiveId, string | undefined>;
}

function writeDown(
  object: Observed,
  isOwned: boolean,
  desk: Desk,
): { readonly block: ExportedBlock; readonly parts: Parts } {
  const { scene, doubts, names, reasons } = desk;
  const { id } = object;
  const kind = scene.kinds.of(object);
  const name = names.get(id) ?? '';
  const withheld = doubts.withheld.get(id);
  const remarks: Remark[] = [];
  const named: string[] = [];
  const pen = {
    refer: (pointer: string, other: LiveId): string | undefined => {
      const word = withheld?.has(pointer) ? undefined : names.get(other);
      if (word !== undefined) named.push(pointer);
      return word ?? (isCrn(other) && !other.includes('#') ? other : undefined);
    },
    remark: (field: string, text: string): void => void remarks.push({ field, text }),
  };
  const mark = { stack: scene.stack, name };
  const written = kind.declare(object, { mark, includes: including(kind, isOwned, withheld), pen }, scene.snapshot);
  const why = isOwned ? object.impaired : reasons.get(id);
  const about = why === undefined || kind.toManifest.isBuiltin(object) ? [] : [{ field: '', text: why }];
  const spec: JsonObject = {
    ...(isOwned ? {} : { existing: true }),
    ...(isAmbiguous(object, desk.twins) ? { crn: id } : {}),
    ...written,
  };
  const spare = Object.keys(written).filter((field) => isOwned && !kind.identity.lookedUpBy.includes(field));
  return {
    block: {
      address: addressOf(kind.name, name),
      kind: kind.name,
      block: kind.block,
      name,
      id,
      spec,
      remarks: [...about, ...heldBack(withheld), ...remarks],
    },
    parts: { id, existing: !isOwned, named, spare },
  };
}

/** What had to go, or to become a CRN, and why. */
function heldBack(withheld: ReadonlyMap<string, string> = new Map()): readonly Remark[] {
  return [...withheld].flatMap(([what, why]): readonly Remark[] => {
    if (!what.startsWith('/')) return [{ field: what, text: `left out: ${why}` }];
    // Of a field that went altogether that is all there is to say.
    if (withheld.has(what.split('/')[1] ?? '')) return [];
    return [{ field: what.slice(1).replaceAll('/', '.'), text: `by CRN, not by name: ${why}` }];
  });
}

/** Another one of the same identity stands: only a pin tells them apart. */
function isAmbiguous({ id, kind, identity }: Observed, twins: ReadonlySet<string>): boolean {
  return isCrn(id) && !id.includes('#') && twins.has(`${kind} ${identity}`);
}

/** Identities that several standing objects share. */
function sharedIdentities({ snapshot }: Scene): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const object of snapshot.live.all()) {
    const { kind, identity } = object;
    if (!isStanding(object)) continue;
    const one = `${kind} ${identity}`;
    if (seen.has(one)) shared.add(one);
    seen.add(one);
  }
  return shared;
}

function inOrder(kinds: Kinds) {
  const rank = new Map([...kinds].map(({ name }, index) => [name, index]));
  const key = ({ name, id }: Pick<LeftOut, 'name' | 'id'>): string => `${name} ${id}`;
  return (left: Pick<LeftOut, 'kind' | 'name' | 'id'>, right: typeof left): number =>
    (rank.get(left.kind) ?? 0) - (rank.get(right.kind) ?? 0) || (key(left) < key(right) ? -1 : 1);
}

/** Fields of the manifest's `defaults`. */
const DEFAULTS = ['region', 'resourceGroup'];

/** What every block that has the field says stands at the top once. */
function hoist(blocks: readonly ExportedBlock[], kinds: Kinds) {
  const defaults: Record<string, Json> = {};
  for (const field of DEFAULTS) {
    const having = blocks.filter((block) => kinds.of(block).fields.includes(field));
    const values = new Set(having.map(({ spec }) => spec[field]));
    const [value] = values;
    if (values.size === 1 && value !== undefined) defaults[field] = value;
  }
  const rest = blocks.map((block) => {
    const kept = Object.entries(block.spec).filter(([field]) => defaults[field] === undefined);
    return { ...block, spec: Object.fromEntries(kept) };
  });
  return { defaults, blocks: rest };
}

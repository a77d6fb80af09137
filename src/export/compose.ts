import { addressOf, type LiveId } from '../model/address.ts';
import type { ExportedBlock, LeftOut } from '../model/exported.ts';
import type { Observed } from '../model/resource.ts';
import { type ExportInput, isAbout, whyNotLookedUp, whyNotOwned } from './choose.ts';
import type { Draft } from './draft.ts';
import { giveNames } from './names.ts';
import { servingOf, type WriteContext, write } from './write.ts';

/**
 * Live objects as one draft: what was asked for becomes this stack's, what that refers to is looked up, and what can be
 * neither is told. What single objects show is judged here; what only the whole shows is for validation and the plan.
 */
export function compose(input: ExportInput): Draft {
  const { kinds, snapshot } = input;
  // What comes with its holder, as a ring that each instance has, is never declared for itself.
  const wanted = [...snapshot.live.all()].flatMap((object) =>
    isAbout(object, input) && !kinds.of(object).toManifest.isBuiltin(object) ? [object] : [],
  );
  const reasons = new Map(wanted.map((object) => [object.id, whyNotOwned(object, input)]));
  const owned = new Set(wanted.map(({ id }) => id).filter((id) => reasons.get(id) === undefined));
  const kept = withSupport(
    wanted.filter(({ id }) => owned.has(id)),
    { ...input, owned, nameOf: (id) => id },
  );
  const names = namesOf(kept, input);
  const whyOf = ({ id, impaired }: Observed): string | undefined => (owned.has(id) ? impaired : reasons.get(id));
  const blocks = kept.map((object): ExportedBlock => {
    const { id, kind } = object;
    const name = names.get(id) ?? '';
    const { spec, remarks } = write(object, { ...input, owned, nameOf: (other) => names.get(other) });
    const why = whyOf(object);
    const about = why === undefined ? [] : [{ field: '', text: why }];
    const { block } = kinds.of(object);
    return { address: addressOf(kind, name), kind, block, name, id, spec, remarks: [...about, ...remarks] };
  });
  const leftOut = wanted.flatMap((object): readonly LeftOut[] => {
    const { id, kind, name } = object;
    const why = names.has(id) ? undefined : whyOf(object);
    return why === undefined ? [] : [{ kind, id, name, why }];
  });
  return { blocks, leftOut };
}

/** With what the owned refer to, directly or not, and what lets them use their keys: nobody asked for it, and it is needed. */
function withSupport(owned: readonly Observed[], context: WriteContext): readonly Observed[] {
  const kept = new Map(owned.map((object) => [object.id, object]));
  // A map is walked in the order in which it grows.
  for (const object of kept.values()) {
    const { used } = write(object, context);
    for (const id of used) {
      const other = context.snapshot.live.get(id);
      if (other !== undefined && whyNotLookedUp(other, context) === undefined) kept.set(id, other);
    }
    for (const need of context.owned.has(object.id) ? object.relations.needs : []) {
      const serving = used.has(need.on) ? servingOf(need, context) : [];
      const [first] = serving;
      if (first !== undefined && !serving.some(({ id }) => kept.has(id))) kept.set(first.id, first);
    }
  }
  return [...kept.values()];
}

function namesOf(kept: readonly Observed[], { kinds, snapshot, stack }: ExportInput): ReadonlyMap<LiveId, string> {
  const nameOf = (id: LiveId): string =>
    snapshot.live.get(id)?.name ?? id.split(/[:#]/).findLast((part) => part !== '') ?? id;
  return new Map(
    [...kinds].flatMap((kind) => {
      const some = kept.filter((object) => object.kind === kind.name);
      const unnamed = some.map((object) => ({
        id: object.id,
        marked: object.marks.find((mark) => mark.stack === stack)?.name,
        title: kind.toManifest.title(object, nameOf),
        fallback: kind.name,
      }));
      return [...giveNames(unnamed)];
    }),
  );
}

import type { Kind, Kinds } from './kind.ts';

/** @param list containers first */
export function kindsOf(list: readonly Kind[]): Kinds {
  const byName = new Map(list.map((kind) => [kind.name, kind]));
  return {
    [Symbol.iterator]: () => list[Symbol.iterator](),
    suggest(grants) {
      const kind = list.find(({ toManifest }) => toManifest.suggest !== undefined);
      const suggest = kind?.toManifest.suggest;
      if (kind === undefined || suggest === undefined) throw new Error('no kind grants anything');
      const blocks = new Set(grants.map((grant) => suggest(grant).join('\n')));
      return { kind: kind.name, yaml: [`${kind.block}:`, ...blocks].join('\n') };
    },
    of({ kind }) {
      const found = byName.get(kind);
      if (found === undefined) throw new Error(`no kind ${kind}`);
      return found;
    },
  };
}

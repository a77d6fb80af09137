import { defineKind } from '../../src/kinds/define-kind.ts';
import { Unreadable } from '../../src/kinds/fields.ts';
import type { Kind } from '../../src/kinds/kind.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import { unrelated } from '../../src/model/relation.ts';
import type { Common, Desired, Observed } from '../../src/model/resource.ts';

/** A kind that no stage knows: what a stage does with it, it does with every kind. */
export type ToySpec = { size?: number; color?: string; secret?: string; box?: string };
export interface ToyFacts {
  readonly size?: number;
  readonly color?: string;
}

export function toyKind(
  options: {
    readonly twins?: 'refused' | 'possible';
    readonly marks?: 'carried' | 'shared' | 'none' /** Default: a toy is painted once. */;
    readonly colors?: 'refuse' | 'replace';
  } = {},
): Kind {
  return defineKind<ToySpec, ToyFacts>({
    name: 'toy',
    block: 'toys',

    identity: {
      duplicates: options.twins === 'possible',
      lookedUpBy: ['size'],
      normalize: (written) => written as ToySpec,
      references: () => [],
      relations: () => unrelated,
      of: ({ mark, spec }) => (options.colors === 'replace' ? `${mark.name} in ${spec.color}` : mark.name),
      sameNameElsewhere: (desired) => `kin of ${desired.mark.name}`,
    },

    observe: {
      list: async () => ({ objects: [], uses: [] }),
      reread: async () => undefined,
    },

    fields: {
      size: { leads: 'update', why: 'toys are resized', have: (live) => live.facts.size },
      color: { leads: options.colors ?? 'refuse', why: 'toys are painted once', have: (live) => live.facts.color },
      secret: { leads: 'update', why: 'written only', have: () => new Unreadable('cannot be read back') },
      box: { leads: 'ignore', why: 'says how to plan', have: () => undefined },
    },

    ownership: {
      marks: options.marks ?? 'carried',
    },

    toManifest: {
      tombstone: () => ({}),
    },
    actions: { update: async (_hands, { live }) => live },
  });
}

export const stack = 'prod';

export function desiredToy(name: string, spec: ToySpec & Common = {}, dependsOn: readonly string[] = []): Desired {
  const mark = { stack, name };
  return { address: `toy.${name}`, kind: 'toy', mark, spec, refs: {}, dependsOn, relations: unrelated };
}

export function liveToy(name: string, more: Partial<Observed> & { readonly facts?: ToyFacts } = {}): Observed {
  return {
    kind: 'toy',
    id: `crn:v1:test:public:toys:here:a/1:${name}::`,
    name,
    identity: name,
    kinship: `kin of ${name}`,
    marks: [{ stack, name }],
    life: { is: 'active' },
    version: '1',
    relations: unrelated,
    facts: {},
    ...more,
  };
}

/** A cloud whose only login made everything, and which knows no words. */
export const catalog: Catalog = {
  account: '1',
  iamId: 'IBMid-me',
  service: (name) => name,
  plan: (_service, word) => word,
  planName: (_service, id) => id,
  group: (name = 'default') => name,
  groupName: (id) => id,
};

import { READY } from '../model/change.ts';
import { given, type Json } from '../model/json.ts';
import type { Common } from '../model/resource.ts';
import { isComposite, isRemoval, type Verb } from '../model/verbs.ts';
import { Unreadable } from './fields.ts';
import type { Advisories, Identity, Kind, KindSpec, Lifecycle, ManifestWriter, Observer, Ownership } from './kind.ts';
import { compareBy, declareFrom, rowsOf, wantedOf } from './rows.ts';

/** What a kind is that says nothing else: a facet a member, as the contract tells beside each. */
const defaults = {
  identity: {
    duplicates: false,
    check: () => [],
    catalogNames: () => ({}),
    claims: () => [],
    quotas: () => [],
    sameNameElsewhere: () => undefined,
    renamed: () => undefined,
    satisfiedBy: () => [],
  } satisfies Partial<Identity<unknown, unknown>>,
  observe: {
    search: async () => [],
    usesOf: async () => [],
    owned: async () => [],
  } satisfies Partial<Observer<unknown, unknown>>,
  ownership: {
    marks: 'carried',
    prunable: false,
    isFull: () => false,
    overfull: () => undefined,
  } satisfies Ownership<unknown, unknown>,
  lifecycle: {
    deletion: (_spec, { life }) => (life.is === 'active' ? 'delete' : undefined),
    prerequisite: () => undefined,
    cancelDeletion: () => undefined,
    consequences: () => [],
    costOfDeletion: () => undefined,
    autoRestore: () => false,
    isStopped: () => false,
    expired: () => undefined,
    gate: () => READY,
    secret: () => undefined,
  } satisfies Lifecycle<unknown, unknown>,
  advisories: {
    history: () => [],
    posture: () => [],
    doubts: () => [],
  } satisfies Advisories<unknown, unknown>,
  toManifest: {
    survey: async () => ({ objects: [], uses: [] }),
    holder: undefined,
    title: ({ name }) => name,
    undeclarable: () => undefined,
    isBuiltin: () => false,
  } satisfies Partial<ManifestWriter<unknown>>,
} as const;

/** Fills in the defaults, and folds the rows and the actions into what the stages call. */
export function defineKind<Spec extends object, Live, Source = Spec>(
  spec: KindSpec<Spec, Live, Source>,
): Kind<Spec, Live> {
  const rows = rowsOf(spec.fields);
  const missing = (verb: Verb): never => {
    throw new Error(`${spec.name} has no action ${verb}`);
  };
  const lifecycle: Lifecycle<Spec, Live> = { ...defaults.lifecycle, ...spec.lifecycle };
  return {
    name: spec.name,
    block: spec.block,
    identity: {
      ...defaults.identity,
      ...spec.identity,
      // The schema has been checked, and the types are made from it.
      normalize: (written, options) =>
        spec.identity.normalize?.(written as unknown as Source & Common, options) ??
        (written as unknown as Spec & Common),
    },
    observe: {
      ...defaults.observe,
      follow: (read, settling, snapshot) => settling.map((live) => spec.observe.reread(read, live, snapshot)),
      ...spec.observe,
    },
    ownership: { ...defaults.ownership, ...spec.ownership },
    lifecycle,
    advisories: { ...defaults.advisories, ...spec.advisories },
    toManifest: { ...defaults.toManifest, ...spec.toManifest },
    fields: rows.map(([field]) => field),

    compare(desired, live, snapshot) {
      const { differences, unreadable } = compareBy(rows, desired, live, snapshot);
      const cancel = lifecycle.cancelDeletion(live);
      if (cancel === undefined) return { differences, unreadable };
      const { field: change, undone: remark } = cancel;
      const cancelled = { change, leads: 'update', why: '', because: 'set-for-deletion', remark } as const;
      return { differences: [...differences, cancelled], unreadable };
    },
    describe: (live, snapshot) =>
      rows.flatMap(([field, row]) => {
        const value = row.leads === 'ignore' ? undefined : row.have(live, snapshot);
        if (value === undefined || value instanceof Unreadable) return [];
        const shown = (row.shown?.(value) ?? value) as Json;
        return [{ field, value: shown, ...given({ wish: row.wish }) }];
      }),
    createFields: (desired, snapshot) =>
      rows.flatMap(([field, row]) => {
        if (row.leads === 'ignore') return [];
        const want = wantedOf([field, row], desired, snapshot) ?? row.initial?.(desired, snapshot);
        return want === undefined ? [] : [{ field, after: want as Json }];
      }),
    irreversible: (fields) =>
      rows.flatMap(([field, { irreversible }]) =>
        fields.some((change) => change.field === field && change.after !== false) ? (irreversible ?? []) : [],
      ),
    declare: (live, options, snapshot) => declareFrom(rows, live, options, snapshot),

    can: (verb) => (isComposite(verb) ? rows.some(([, { leads }]) => leads === verb) : verb in spec.actions),
    create: (context, job) => (spec.actions.create ?? (() => missing('create')))(context, job),
    async change(verb, context, job) {
      if (verb === 'create' || isComposite(verb)) return missing(verb);
      if (!isRemoval(verb)) return await (spec.actions[verb] ?? (() => missing(verb)))(context, job);
      await (spec.actions[verb] ?? (() => missing(verb)))(context, job);
      return undefined;
    },
  };
}

import { isPending, type Pending } from '../model/change.ts';
import type { Json } from '../model/json.ts';
import { otherStacks } from '../model/ownership.ts';
import type { Common, Desired, Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isComposite, isRemoval, type Verb } from '../model/verbs.ts';
import { manifestOf } from './declare.ts';
import { type Difference, type Lead, partsOf, type Row, Unreadable, whenShared } from './fields.ts';
import type { Kind, KindSpec } from './kind.ts';

/** What is known only later leads nowhere else than what is known already. */
function leadOf<V, Live>(
  leads: (want: V, live: Observed<Live>) => Lead,
  want: V | Pending,
  live: Observed<Live>,
): Lead {
  return isPending(want) ? 'update' : leads(want, live);
}

/** Folds the field table into `compare` and `listing`, and the actions into two calls. */
export function defineKind<Spec extends object, Live>(spec: KindSpec<Spec, Live>): Kind<Spec, Live> {
  type Field = Exclude<keyof Spec, keyof Common>;
  const rows = Object.entries(spec.fields) as [Field & string, Row<Spec, Live, NonNullable<Spec[Field]>>][];

  const wanted = (field: Field, row: (typeof rows)[number][1], desired: Desired<Spec>, snapshot: Snapshot) =>
    row.want ? row.want(desired, snapshot) : (desired.spec[field] ?? undefined);

  const missing = (verb: Verb): never => {
    throw new Error(`${spec.name} has no action ${verb}`);
  };

  return {
    name: spec.name,
    block: spec.block,
    twins: spec.twins,
    marks: spec.marks,
    fields: rows.map(([field]) => field),
    normalize: (written, defaults) => spec.normalize(written, defaults),
    references: (written) => spec.references(written),
    check: (written, name) => spec.check?.(written, name) ?? [],
    relations: (written, refs, self) => spec.relations(written, refs, self),
    words: (written) => spec.words?.(written) ?? {},
    identity: (desired, snapshot) => spec.identity(desired, snapshot),
    claims: (desired) => spec.claims?.(desired) ?? [],
    kinship: (desired, snapshot) => spec.kinship?.(desired, snapshot),
    renamed: (live, name) => spec.renamed?.(live, name),
    observe: (read, asked, snapshot) => spec.observe(read, asked, snapshot),
    reread: (read, live, snapshot) => spec.reread(read, live, snapshot),
    lookFor: async (read, desired, snapshot) => (await spec.lookFor?.(read, desired, snapshot)) ?? [],
    usesOf: async (read, live) => (await spec.usesOf?.(read, live)) ?? [],
    satisfiedBy: (desired, snapshot) => spec.satisfiedBy?.(desired, snapshot) ?? [],
    can: (verb) => (isComposite(verb) ? rows.some(([, { leads }]) => leads === verb) : verb in spec.actions),

    compare(desired, live, snapshot) {
      const differences: Difference[] = [];
      const unreadable: { field: string; text: string }[] = [];
      const others = otherStacks(desired, live);
      for (const [field, row] of rows) {
        if (row.leads === 'ignore') continue;
        const want = wanted(field, row, desired, snapshot);
        if (want === undefined) continue;
        const leads = typeof row.leads === 'function' ? leadOf(row.leads, want, live) : row.leads;
        const have = row.have(live, snapshot);
        const shared = others.length > 0 ? whenShared(row, want, have) : want;
        if (shared !== want) {
          const text = `${JSON.stringify(have)} stays: it is shared with stack ${others.join(', ')}`;
          unreadable.push({ field, text });
        }
        for (const part of partsOf(field, row, shared, have)) {
          if (part.have instanceof Unreadable) unreadable.push({ field: part.field, text: part.have.reason });
          else if (part.have === undefined || isPending(part.want) || !part.same(part.want, part.have)) {
            const before = part.have === undefined ? {} : { before: part.have as Json };
            const change = { field: part.field, ...before, after: part.want as Json };
            const { why, irreversible } = row;
            const remark = row.remark?.(desired, live);
            differences.push({
              change,
              leads,
              why,
              ...(irreversible === undefined ? {} : { irreversible }),
              ...(remark === undefined ? {} : { remark }),
            });
          }
        }
      }
      const undoing = spec.undoing?.(live);
      if (undoing !== undefined) {
        const { field: change, undone: remark } = undoing;
        differences.push({ change, leads: 'update', why: '', because: 'set-for-deletion', remark });
      }
      return { differences, unreadable };
    },

    describe(live, snapshot) {
      return rows.flatMap(([field, row]) => {
        const value = row.leads === 'ignore' ? undefined : row.have(live, snapshot);
        if (value === undefined || value instanceof Unreadable) return [];
        const shown = (row.shown?.(value) ?? value) as Json;
        return [{ field, value: shown, ...(row.wish ? { wish: row.wish } : {}) }];
      });
    },

    identifiedBy: spec.identifiedBy,
    holder: spec.holder,
    survey: async (read, place, snapshot) => (await spec.survey?.(read, place, snapshot)) ?? { objects: [], uses: [] },
    title: (live, nameOf) => spec.title?.(live, nameOf) ?? live.name,
    undeclarable: (live, snapshot) => spec.undeclarable?.(live, snapshot),
    isGiven: (live) => spec.isGiven?.(live) ?? false,
    toManifest: (live, options, snapshot) => manifestOf(rows, live, options, snapshot),

    listing(desired, snapshot) {
      return rows.flatMap(([field, row]) => {
        if (row.leads === 'ignore') return [];
        const want = wanted(field, row, desired, snapshot) ?? row.initial?.(desired, snapshot);
        return want === undefined ? [] : [{ field, after: want as Json }];
      });
    },

    prunable: spec.prunable ?? false,
    tombstone: (live, refer, snapshot) => spec.tombstone(live, refer, snapshot),
    lasting: (fields) =>
      rows.flatMap(([field, { irreversible }]) =>
        fields.some((change) => change.field === field && change.after !== false) ? (irreversible ?? []) : [],
      ),

    owned: async (read, stack) => (await spec.owned?.(read, stack)) ?? [],
    ending: (written, live, used) =>
      spec.ending ? spec.ending(written, live, used) : live.life.is === 'active' ? 'delete' : undefined,
    revives: (written) => spec.revives?.(written) ?? false,
    gate: (verb, live, now, written) => spec.gate?.(verb, live, now, written) ?? { is: 'ready' },
    isFull: (live) => spec.isFull?.(live) ?? false,
    overfull: (verb, desired, live) => spec.overfull?.(verb, desired, live),
    tooLate: (written, now) => spec.tooLate?.(written, now),
    secret: (verb, written) => spec.secret?.(verb, written),
    firstStep: (live, now) => spec.firstStep?.(live, now),
    undoing: (live) => spec.undoing?.(live),
    rests: (written) => spec.rests?.(written) ?? false,
    history: (live) => spec.history?.(live) ?? [],
    posture: (live, users, now) => spec.posture?.(live, users, now) ?? [],
    endangers: (written) => written.state === 'absent' || (spec.endangers?.(written) ?? false),
    consequences: (verb, live, snapshot) => spec.consequences?.(verb, live, snapshot) ?? [],
    costOfDeletion: (live, snapshot) => spec.costOfDeletion?.(live, snapshot),

    grants: spec.suggest !== undefined,
    suggest: (grant) => spec.suggest?.(grant) ?? [],
    create: (hands, job) => (spec.actions.create ?? (() => missing('create')))(hands, job),

    async change(verb, hands, job) {
      if (verb === 'create' || isComposite(verb)) return missing(verb);
      if (!isRemoval(verb)) return await (spec.actions[verb] ?? (() => missing(verb)))(hands, job);
      await (spec.actions[verb] ?? (() => missing(verb)))(hands, job);
      return undefined;
    },
  };
}

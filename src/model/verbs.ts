/** When a change of this verb waits for `--allow VERB:ADDRESS`, and what that consents to. */
export interface ConsentRow {
  /**
   * `always`: whenever it is planned. `costly`: while it takes more with it than its object. `used`: while something uses
   * its object. `undeclared`: unless the manifest asks for it. `unowned`: while its object is not this stack's.
   */
  readonly when: 'always' | 'costly' | 'used' | 'undeclared' | 'unowned';
  /** What the consent does, as an imperative: for the help of `--allow`. */
  readonly help: string;
  /** What it costs, where that is the same for every object. */
  why?(id: string): string;
  /** The word alone, without an address, consents to every such change. */
  readonly bare?: true;
  /** Takes effect only together with the plan that was reviewed: with `--expect` or a plan file. */
  readonly bound?: true;
}

export interface VerbRow {
  /** Stands before the address. Several verbs share `!`. */
  readonly sign: string;
  readonly style: 'green' | 'yellow' | 'red' | 'cyan' | 'magenta';
  /** In progress. */
  readonly doing: string;
  /** In progress and in the last line of `apply`. */
  readonly done: string;
  /** In the last line of a plan, after "to", and in its JSON. Default: the verb. */
  readonly counted?: string;
  /** Counted also where there is none. */
  readonly alwaysCounted?: true;
  /** Which of one resource's changes is done first. */
  readonly order: number;
  /** Changes a live object and leaves it standing: one that is held holds no other. */
  readonly edits?: true;
  /** What is left of the object. Default: it stands, and is this stack's. */
  readonly leaves?: 'nothing' | 'unmarked';
  /** Nothing can be restored afterwards. */
  readonly irreversible?: true;
  /** The verbs that it consists of, in order: it has no action of its own. */
  readonly parts?: readonly ['create', 'delete'];
  /** Why it is planned where a field differs. Default: it differs. */
  readonly because?: 'rotation-due';
  /** Default: it needs none. */
  readonly consent?: ConsentRow;
}

/**
 * The verbs, in the order in which they are counted. Everything that has to know them all is made from this table: the text
 * and the counts of a plan, outcomes, progress, `--allow` with its help, a kind's actions, and the enum in `plan.schema.json`.
 */
const verbs = {
  create: { sign: '+', style: 'green', doing: 'creating', done: 'created', alwaysCounted: true, order: 3 },
  update: {
    sign: '~',
    style: 'yellow',
    doing: 'changing',
    done: 'changed',
    counted: 'change',
    alwaysCounted: true,
    order: 6,
    edits: true,
  },
  delete: {
    sign: '-',
    style: 'red',
    doing: 'deleting',
    done: 'deleted',
    alwaysCounted: true,
    order: 9,
    leaves: 'nothing',
    consent: { when: 'costly', help: 'delete although more goes with it, or it may be in use' },
  },
  // A create and then a deletion; never of what holds data.
  replace: {
    sign: '+/-',
    style: 'yellow',
    doing: 'replacing',
    done: 'replaced',
    order: 4,
    parts: ['create', 'delete'],
  },
  // A destroyed key, or a deployment in reclamation: same CRN, same data.
  restore: {
    sign: '^',
    style: 'magenta',
    doing: 'restoring',
    done: 'restored',
    order: 1,
    consent: { when: 'undeclared', help: 'restore what was deleted' },
  },
  rotate: {
    sign: '@',
    style: 'cyan',
    doing: 'rotating',
    done: 'rotated',
    order: 7,
    edits: true,
    because: 'rotation-due',
  },
  enable: { sign: '>', style: 'green', doing: 'enabling', done: 'enabled', order: 5, edits: true },
  disable: {
    sign: '|',
    style: 'yellow',
    doing: 'disabling',
    done: 'disabled',
    order: 8,
    edits: true,
    consent: {
      when: 'used',
      help: 'disable a key in use',
      why: (id) => `nothing under ${id} can be read or written any more, until it is enabled again`,
    },
  },
  // Destroys a key by force although it is in use.
  cryptoshred: {
    sign: '!',
    style: 'red',
    doing: 'cryptoshredding',
    done: 'cryptoshredded',
    order: 11,
    leaves: 'nothing',
    irreversible: true,
    consent: {
      when: 'always',
      help: 'destroy a key in use, with --expect or a plan file',
      why: (id) => `destroying ${id} by force makes everything encrypted under it unreadable`,
      bound: true,
    },
  },
  // Removes at once what is in reclamation.
  reclaim: {
    sign: '!',
    style: 'red',
    doing: 'reclaiming',
    done: 'reclaimed',
    order: 12,
    leaves: 'nothing',
    irreversible: true,
    consent: {
      when: 'always',
      help: 'remove a deployment that could still be restored',
      why: (id) => `removing ${id} at once ends the time in which it could be restored`,
    },
  },
  // Erases what is destroyed already. It is planned only once it is consented to.
  purge: {
    sign: '!',
    style: 'red',
    doing: 'purging',
    done: 'purged',
    order: 13,
    leaves: 'nothing',
    irreversible: true,
    consent: { when: 'undeclared', help: 'erase a destroyed key' },
  },
  // Sets the mark.
  adopt: {
    sign: '=',
    style: 'cyan',
    doing: 'marking',
    done: 'marked',
    counted: 'mark',
    order: 2,
    consent: { when: 'unowned', help: 'mark an object that this stack did not make', bare: true },
  },
  // Removes the mark, and nothing else.
  forget: { sign: '%', style: 'cyan', doing: 'forgetting', done: 'forgotten', order: 10, leaves: 'unmarked' },
} as const satisfies Readonly<Record<string, VerbRow>>;

type Table = typeof verbs;

export type Verb = keyof Table;

type VerbWith<Facts> = { [V in Verb]: Table[V] extends Facts ? V : never }[Verb];

/** A verb after which the object is gone, or no longer this stack's: these go in the reverse order of dependencies. */
export type Removal = VerbWith<{ readonly leaves: string }>;
export type Edit = VerbWith<{ readonly edits: true }>;
/** A verb that consists of others. */
export type Composite = VerbWith<{ readonly parts: readonly string[] }>;

// Loses the literal types, which only the types above need.
const rows: Readonly<Record<Verb, VerbRow>> = verbs;

export function rowOf(verb: Verb): VerbRow {
  return rows[verb];
}

/** All verbs, in the order of the table. */
export const allVerbs = Object.keys(verbs).filter((word): word is Verb => word in verbs);

export function isRemoval(verb: Verb): verb is Removal {
  return rows[verb].leaves !== undefined;
}

/** Whether the object itself goes, not only its mark. */
export function isDeletion(verb: Verb): boolean {
  return rows[verb].leaves === 'nothing';
}

export function isEdit(verb: Verb): verb is Edit {
  return rows[verb].edits === true;
}

export function isComposite(verb: Verb): verb is Composite {
  return rows[verb].parts !== undefined;
}

/** What a change of this verb consists of, in order. */
export function stepsOf(verb: Verb): readonly Verb[] {
  return rows[verb].parts ?? [verb];
}

import { expect } from '@jest/globals';
import { isObject } from '../../src/model/json.ts';
import { liveWorld } from '../helpers/console.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { createVault } from '../helpers/platform.ts';
import { property } from '../helpers/property.ts';
import { history, manifestOf, type Run, type Stack, sources } from './small-account.ts';

interface Thing {
  readonly id: string;
  readonly owners: readonly string[];
  readonly roles: readonly string[];
  /** Everything about it. */
  readonly whole: string;
}

/** Keys and policies with the stacks whose marks they carry, as their carriers have them. */
function things({ emulator }: Keystead): readonly Thing[] {
  const state: unknown = emulator.state();
  const rows = isObject(state) && isObject(state['key-protect/keys']) ? Object.values(state['key-protect/keys']) : [];
  const keys = rows.filter(isObject).map((row): Thing => {
    const aliases = Array.isArray(row['aliases']) ? row['aliases'].map(String) : [];
    const owners = aliases.flatMap((alias) => /^keystead_([a-z0-9-]+)_/.exec(alias)?.[1] ?? []);
    return { id: String(row['crn']), owners, roles: [], whole: JSON.stringify([row['state'], aliases]) };
  });
  const policies = liveWorld(emulator).policies.map(({ id, description, roles, source }): Thing => {
    const owners = [...description.matchAll(/\[keystead:([a-z0-9-]+)\//g)].map(([, stack = '']) => stack);
    return { id, owners: owners.sort(), roles, whole: JSON.stringify([source, description, roles]) };
  });
  return [...keys, ...policies];
}

/** The stacks that declared a shared policy and have not left it: which one, and the roles that they want. */
type Owners = ReadonlyMap<Stack, Pick<Run, 'source' | 'roles'>>;

function ownersAfter(owners: Owners, { stack, shared, source, roles, prune }: Run): Owners {
  const next = new Map(owners);
  if (shared === 'present') next.set(stack, { source, roles });
  else if (shared !== 'missing' || prune) next.delete(stack);
  return next;
}

/** What those stacks want, and every shared policy with whom it belongs to. */
function expectShared({ emulator }: Keystead, after: ReadonlyMap<string, Thing>, owners: Owners): void {
  for (const source of sources) {
    const [policy, ...twins] = liveWorld(emulator).policies.filter((one) => one.source === source);
    const its = [...owners].filter(([, wanted]) => wanted.source === source);
    expect(twins).toEqual([]);
    expect(after.get(policy?.id ?? '')?.owners ?? []).toEqual(its.map(([stack]) => stack).sort());
    for (const [, { roles }] of its) expect(policy?.roles).toEqual(expect.arrayContaining([...roles]));
  }
}

const allow = ['adopt', 'deletes:9', 'delete:key.own'];

/** One run, of which whatever came before, this holds. */
async function applyAndWatch(keystead: Keystead, run: Run, owners: Owners, vault: string): Promise<Owners> {
  const before = things(keystead);
  await keystead.write(manifestOf(run, vault));
  const { outcomes } = await keystead.apply({ allow, prune: run.prune });
  expect(outcomes.filter(({ is }) => is !== 'done')).toEqual([]);
  const after = new Map(things(keystead).map((thing) => [thing.id, thing]));
  const next = ownersAfter(owners, run);

  for (const thing of before) {
    const now = after.get(thing.id);
    const others = thing.owners.filter((stack) => stack !== run.stack);
    // What only others own is as it was; what they share keeps their marks, and every role.
    if (others.length > 0 && !thing.owners.includes(run.stack) && !now?.owners.includes(run.stack)) {
      expect(now).toEqual(thing);
    }
    expect(others.filter((stack) => now?.owners.includes(stack) !== true)).toEqual([]);
    if (others.length > 0) expect(thing.roles.filter((role) => now?.roles.includes(role) !== true)).toEqual([]);
  }
  expectShared(keystead, after, next);
  return next;
}

property(
  "stacks in one account never touch each other's objects, and a shared policy keeps its roles until its last owner left",
  history,
  { runs: 200, classes: { shared: 'often', left: 'often', pruned: 'seldom', forgotten: 'often' } },
  async (steps, occurs) => {
    await withKeystead(async (keystead) => {
      const { crn } = await createVault(keystead.api);
      let owners: Owners = new Map();
      for (const run of steps) {
        const before = owners;
        owners = await applyAndWatch(keystead, run, owners, crn);
        const used = [...owners.values()].map(({ source }) => source);
        if (new Set(used).size < used.length) occurs('shared');
        if (owners.size < before.size) occurs('left');
        if (owners.size < before.size && run.shared === 'missing') occurs('pruned');
        if (owners.size < before.size && run.shared === 'forgotten') occurs('forgotten');
      }
      // The last one has nothing left to do: what is nobody's is not deleted for it, and a key it destroyed not restored.
      const { changes } = (await keystead.plan({ allow, prune: steps.at(-1)?.prune ?? false })).plan;
      expect(
        changes.filter(({ status }) => status.is !== 'blocked' || !['UNMARKED', 'DESTROYED'].includes(status.code)),
      ).toEqual([]);
    });
  },
);

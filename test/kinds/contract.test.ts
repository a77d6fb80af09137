import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { decide } from '../../src/decide/decide.ts';
import { kinds } from '../../src/kinds/registry.ts';
import { isObject, type JsonObject } from '../../src/model/json.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';

/** What every resource may say without a row: it says how to plan, not what is. */
const COMMON = ['formerly', 'state', 'existing', 'crn', 'policyId'];

function schema(name: string): JsonObject {
  const parsed: unknown = JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8'));
  if (!isObject(parsed)) throw new Error(`${name} is not a schema`);
  return parsed;
}

const member = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), value);

const each = test.each([...kinds].map((kind) => [kind.name, kind] as const));

describe('on paper', () => {
  test('the manifest has a block for every kind, and no other', () => {
    const blocks = Object.entries(schema('manifest')['properties'] ?? {}).flatMap(([block, value]) => {
      const ref = member(value, 'additionalProperties', '$ref');
      return typeof ref === 'string' ? [`${block} ${ref}`] : [];
    });
    expect(blocks.sort()).toEqual([...kinds].map(({ name, block }) => `${block} ${name}.schema.json`).sort());
  });

  each('%s: every field of its schema has a row, and no other has', (name, kind) => {
    const fields = Object.keys(member(schema(name), 'properties') ?? {}).filter((field) => !COMMON.includes(field));
    expect([...kind.fields].sort()).toEqual(fields.sort());
  });

  each('%s: has the actions that its marks and rows lead to', (_name, kind) => {
    expect(kind.can('create')).toBe(true);
    expect(kind.can('adopt')).toBe(kind.ownership.marks !== 'none');
  });
});

/** Applies the main manifest and looks at it as a new process would. */
async function applied(test: (keystead: Keystead, planned: Awaited<ReturnType<Keystead['plan']>>) => Promise<void>) {
  await withKeystead(async (keystead) => {
    await keystead.write(lakehouse);
    await keystead.apply();
    await test(keystead, await keystead.plan());
  });
}

describe('on a live cloud', () => {
  test('every kind sees what it made: same identity, its mark, active, nothing to do', async () => {
    await applied(async (_keystead, { plan, snapshot }) => {
      for (const kind of kinds) {
        const [desired] = plan.desired.filter((resource) => resource.kind === kind.name);
        if (desired === undefined) throw new Error(`the main manifest has no ${kind.name}`);
        const { match, changes, notes } = decide(kind, desired, snapshot);
        if (match.is !== 'one') throw new Error(`${kind.name}: ${match.is}`);
        expect([kind.name, changes, notes]).toEqual([kind.name, [], []]);
        expect(match.live.identity).toBe(kind.identity.of(desired, snapshot));
        expect(match.live.life).toEqual({ is: 'active' });
        expect(match.live.marks).toEqual(kind.ownership.marks === 'none' ? [] : [desired.mark]);
      }
    });
  });

  test('every kind reads one object anew as its list shows it', async () => {
    await applied(async (keystead, { snapshot }) => {
      const reader = keystead.connection().reader();
      for (const kind of kinds) {
        for (const listed of [...snapshot.live.all()].filter((object) => object.kind === kind.name)) {
          const { version: _, ...again } = (await kind.observe.reread(reader, listed, snapshot)) ?? { version: '' };
          expect(again).toMatchObject({
            id: listed.id,
            identity: listed.identity,
            marks: listed.marks,
            life: listed.life,
          });
        }
      }
    });
  });

  test('every kind whose list proves nothing finds its own by asking for it', async () => {
    await applied(async (keystead, { plan, snapshot }) => {
      const reader = keystead.connection().reader();
      for (const kind of kinds) {
        const [desired] = plan.desired.filter((resource) => resource.kind === kind.name);
        if (desired === undefined) throw new Error(`the main manifest has no ${kind.name}`);
        const found = await kind.observe.search(reader, desired, snapshot);
        // A ring's list is whole, and a policy's create is refused when there is one.
        const authoritative = kind.ownership.marks === 'none' || (!kind.identity.duplicates && found.length === 0);
        if (!authoritative) expect(found.map(({ id }) => id)).toEqual([snapshot.idOf(desired.address)]);
      }
    });
  });

  test('a create that is asked for twice makes one object, or is refused by a look', async () => {
    await applied(async (keystead) => {
      const before = await keystead.api('GET', '/v2/resource_instances');
      const { outcomes } = await keystead.apply();
      expect(outcomes).toEqual([]);
      const after = await keystead.api('GET', '/v2/resource_instances');
      expect(member(before.body, 'rows_count')).toBe(2);
      expect(member(after.body, 'rows_count')).toBe(2);
    });
  });
});

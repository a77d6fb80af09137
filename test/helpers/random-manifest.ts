import fc from 'fast-check';
import { stringify } from 'yaml';
import type { JsonObject } from '../../src/model/json.ts';

/** Resources of one block by their map keys. */
type Block = Readonly<Record<string, JsonObject>>;

/** A manifest as data: what stands at its top, and its blocks. */
export interface RandomManifest {
  readonly settings: JsonObject;
  readonly blocks: Readonly<Record<string, Block>>;
}

/** What is drawn; `build` makes a valid manifest of whatever it is, so that shrinking never leaves the valid ones. */
interface Draw {
  readonly vaults: readonly JsonObject[];
  readonly rings: readonly { readonly vault: number }[];
  readonly keys: readonly {
    readonly vault: number;
    readonly ring: number | undefined;
    readonly standard: boolean;
    readonly rest: JsonObject;
    readonly enabled: boolean | undefined;
    readonly aliases: number;
    readonly rotation: JsonObject | undefined;
    readonly named: boolean;
  }[];
  readonly grants: readonly {
    readonly service: string;
    readonly on: 'instance' | 'ring' | 'key';
    readonly pick: number;
    readonly rest: JsonObject;
  }[];
  readonly deployments: readonly { readonly key: number; readonly viaParameter: boolean; readonly rest: JsonObject }[];
}

const words = fc.constantFrom('a key', "it's: #1", 'für alle', '{ not: yaml }', '33');
const tags = fc.subarray(['env:prod', 'team a', 'x']);

function optional(record: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<JsonObject> {
  return fc.record(record, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>;
}

const draw: fc.Arbitrary<Draw> = fc.record({
  vaults: fc.array(
    optional({ tags, plan: fc.constant('tiered-pricing'), policies: fc.record({ metrics: fc.boolean() }) }),
    { minLength: 1, maxLength: 2 },
  ),
  rings: fc.array(fc.record({ vault: fc.nat(1) }), { maxLength: 2 }),
  keys: fc.array(
    fc.record({
      vault: fc.nat(1),
      ring: fc.option(fc.nat(1), { nil: undefined }),
      standard: fc.boolean(),
      rest: optional({
        description: words,
        expires: fc.constant('2040-01-01T00:00:00Z'),
        dualAuthDelete: fc.boolean(),
      }),
      enabled: fc.option(fc.boolean(), { nil: undefined }),
      aliases: fc.nat(2),
      rotation: fc.option(optional({ intervalMonths: fc.integer({ min: 1, max: 12 }) }), { nil: undefined }),
      named: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
  grants: fc.array(
    fc.record({
      service: fc.constantFrom('cloud-object-storage', 'messagehub', 'data-virtualization'),
      on: fc.constantFrom('instance' as const, 'ring' as const, 'key' as const),
      pick: fc.nat(2),
      rest: fc.record(
        { roles: fc.subarray(['Reader', 'Writer', 'Manager'], { minLength: 1 }), description: words },
        { requiredKeys: ['roles'] },
      ) as fc.Arbitrary<JsonObject>,
    }),
    { maxLength: 2 },
  ),
  deployments: fc.array(
    fc.record({
      key: fc.nat(2),
      viaParameter: fc.boolean(),
      rest: optional({ tags, serviceEndpoints: fc.constantFrom('public', 'private') }),
    }),
    { maxLength: 1 },
  ),
});

function pick<T>(items: readonly T[], index: number): T | undefined {
  return items[index % Math.max(1, items.length)];
}

function named(prefix: string, specs: readonly JsonObject[]): Block {
  return Object.fromEntries(specs.map((spec, index) => [`${prefix}${index}`, spec]));
}

/** Nothing in it refers to what is not there, no two are one live object, and every deployment is authorized. */
function build({ vaults, rings, keys, grants, deployments }: Draw): RandomManifest {
  const vaultOf = (index: number) => `vault${index % vaults.length}`;
  const ringSpecs = rings.map(({ vault }) => ({ instance: vaultOf(vault) }));
  const keySpecs = keys.map(({ vault, ring, standard, rest, enabled, aliases, rotation, named: own }, index) => {
    const instance = vaultOf(vault);
    const at =
      ring === undefined ? -1 : ringSpecs.findIndex((spec, other) => spec.instance === instance && other >= ring % 2);
    return {
      instance,
      ...(at < 0 ? {} : { ring: `ring${at}` }),
      ...(standard ? { type: 'standard' } : {}),
      ...rest,
      ...(standard || enabled === undefined ? {} : { enabled }),
      ...(aliases > 0 ? { aliases: ['b', 'a'].slice(0, aliases).map((word) => `alias-${index}-${word}`) } : {}),
      ...(standard || rotation === undefined ? {} : { rotation: { intervalMonths: 3, ...rotation } }),
      ...(own ? { name: `Key ${index}` } : {}),
    };
  });
  const roots = keySpecs.flatMap(({ instance }, index) =>
    keys[index]?.standard || keys[index]?.enabled === false ? [] : [{ instance, name: `key${index}` }],
  );
  const made = deployments.flatMap(({ key, viaParameter, rest }) => {
    const root = pick(roots, key);
    if (root === undefined) return [];
    const encryption = viaParameter
      ? { parameters: { worker_count: '3', disk_encryption_key_crn: { key: root.name } } }
      : { encryption: { key: root.name }, parameters: { worker_count: '3' } };
    return [
      { vault: root.instance, spec: { service: 'data-virtualization', plan: 'enterprise', ...encryption, ...rest } },
    ];
  });
  const needed = [...new Set(made.map(({ vault }) => vault))];
  const targets = {
    instance: vaults.map((_, index) => `vault${index}`),
    ring: Object.keys(named('ring', ringSpecs)),
    key: Object.keys(named('key', keySpecs)),
  };
  const wide = needed.map(
    (vault) => [`dv ${vault}`, { source: 'data-virtualization', target: vault, roles: ['Reader'] }] as const,
  );
  const narrow = grants.flatMap(({ service, on, pick: index, rest }) => {
    const target = pick(targets[on], index);
    if (target === undefined) return [];
    return [
      [
        `${service === 'data-virtualization' ? 'dv' : service} ${target}`,
        { source: service, target: { [on]: target }, ...rest },
      ] as const,
    ];
  });
  // One of each source and target: the first one drawn, unless a deployment needs its own.
  const authorizations = [...new Map<string, JsonObject>([...narrow.reverse(), ...wide]).values()];
  return {
    settings: { stack: 'random', account: '0123456789abcdef0123456789abcdef', defaults: { region: 'us-south' } },
    blocks: {
      keyProtectInstances: named('vault', vaults),
      keyRings: named('ring', ringSpecs),
      keys: named('key', keySpecs),
      authorizations: named('auth', authorizations),
      deployments: named(
        'deployment',
        made.map(({ spec }) => spec),
      ),
    },
  };
}

/** Valid manifests of every kind, with what refers to what drawn at random. */
export const manifests: fc.Arbitrary<RandomManifest> = draw.map(build);

/** How many resources a manifest declares. */
export function sizeOf({ blocks }: RandomManifest): number {
  return Object.values(blocks).flatMap((block) => Object.keys(block)).length;
}

/** As one file. */
export function yamlOf({ settings, blocks }: RandomManifest): string {
  return stringify({ apiVersion: 'keystead/v1', ...settings, ...blocks });
}

/** The same manifest written otherwise: every map in another order, its resources over several files and documents. */
export function rewritings(manifest: RandomManifest): fc.Arbitrary<Readonly<Record<string, string>>> {
  const resources = Object.entries(manifest.blocks).flatMap(([block, items]) =>
    Object.entries(items).map(([name, spec]) => ({ block, name, spec })),
  );
  return fc
    .record({
      order: fc.shuffledSubarray(resources, { minLength: resources.length }),
      documents: fc.array(fc.nat(3), { minLength: resources.length, maxLength: resources.length }),
      settings: fc.nat(3),
      together: fc.boolean(),
      seed: fc.nat(),
    })
    .map(({ order, documents, settings, together, seed }) => {
      const texts = [0, 1, 2, 3].map((document) => {
        const own = order.filter((_, index) => documents[index] === document);
        const blocks: Record<string, Record<string, JsonObject>> = {};
        for (const { block, name, spec } of own) blocks[block] = { ...blocks[block], [name]: spec };
        const top = settings === document ? manifest.settings : {};
        return stringify(turned({ ...blocks, ...top, apiVersion: 'keystead/v1' }, seed));
      });
      if (together) return { 'all.yaml': texts.join('---\n') };
      return Object.fromEntries(texts.map((text, index) => [`${(index + seed) % 4}.yaml`, text]));
    });
}

/** Every map of a value with its members in another order. */
function turned(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((item) => turned(item, seed));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, member]) => [name, turned(member, seed)] as const);
  const at = entries.length === 0 ? 0 : seed % entries.length;
  const rolled = [...entries.slice(at), ...entries.slice(0, at)];
  return Object.fromEntries(seed % 2 === 0 ? rolled : rolled.reverse());
}

import type { Reader } from './cloud/reader.ts';
import { copyOf } from './decide/match.ts';
import { resolve } from './desired/resolve.ts';
import { type ExportInput, onlyStack } from './export/choose.ts';
import { compose } from './export/compose.ts';
import { arranged, type Draft, type Rejection, without, withoutUnused } from './export/draft.ts';
import type { Kinds } from './kinds/kind.ts';
import { flawsOf } from './manifest/validate.ts';
// biome-ignore lint/correctness/useImportExtensions: the module is generated, its types are beside it; Biome would name those
import type { ManifestValidator } from './manifest/validators.gen.mjs';
import type { Catalog } from './model/catalog.ts';
import { KeysteadError } from './model/errors.ts';
import type { Exported } from './model/exported.ts';
import { groupBy } from './model/group-by.ts';
import { stacksOf } from './model/plan-input.ts';
import type { Declared, Desired } from './model/resource.ts';
import { indexWanted, type Wanted } from './model/wanted.ts';
import { survey, type Wish } from './observe/survey.ts';
import { makePlan } from './plan/make-plan.ts';

export interface ExportWish extends Wish {
  /** Who is to own it. Absent: whose marks it all bears already. */
  readonly stack: string | undefined;
}

export interface ExportContext {
  readonly kinds: Kinds;
  readonly validator: ManifestValidator;
  readonly reader: Reader;
  now(): Date;
}

/** A manifest needs one, and nobody can guess it. */
const PLACEHOLDER = 'imported';

/**
 * The road back: live → manifest. What comes out went the usual road once, offline and upon what was just read: it is
 * valid, and its plan adopts and does nothing else. What was rejected on the way is left out, and told in a comment.
 *
 * @throws KeysteadError for an instance or a service that is not there
 */
export async function exportLive(wish: ExportWish, context: ExportContext): Promise<Exported> {
  const { kinds, validator, reader, now } = context;
  const { unread, ...live } = await survey(kinds, wish, reader, now());
  const found = { ...live, kinds };
  const owner = wish.stack ?? onlyStack(found);
  const input = { ...found, stack: owner ?? PLACEHOLDER };

  const draft = compose(input);
  const shaped = without(draft, rejectedByShape(draft, validator, input), indexWanted([]), input);
  const { wanted, rejections } = rejectedByRules(shaped, input);
  const valid = without(shaped, rejections, wanted, input);
  const planned = without(valid, rejectedByPlan(valid, wanted, input), wanted, input);
  const { account } = found.snapshot.catalog;
  const head = { stack: input.stack, isPlaceholder: owner === undefined, account, unread };
  return { ...head, ...arranged(withoutUnused(planned, wanted, input), kinds) };
}

/** By the schema. */
function rejectedByShape(
  { blocks }: Draft,
  validator: ManifestValidator,
  { stack, snapshot }: ExportInput,
): readonly Rejection[] {
  const maps = [...groupBy(blocks, ({ block }) => block)].map(
    ([block, some]) => [block, Object.fromEntries(some.map(({ name, spec }) => [name, spec]))] as const,
  );
  const addresses = new Map(blocks.map(({ block, name, address }) => [`${block}/${name}`, address]));
  const { account } = snapshot.catalog;
  const document = { apiVersion: 'keystead/v1', stack, account, ...Object.fromEntries(maps) };
  return flawsOf(document, validator).flatMap(({ pointer, message: why }) => {
    const [, block, name, field = ''] = pointer.split('/');
    const address = addresses.get(`${block}/${name}`);
    return address === undefined ? [] : [{ address, field, why }];
  });
}

/** By all that is asked of a manifest before it is planned: its references, the rules, and names of the catalog. */
function rejectedByRules({ blocks }: Draft, { kinds, stack, snapshot }: ExportInput) {
  // It stands in no file: its address and the pointer say where.
  const declared = blocks.map(({ address, kind, name, spec }): Declared => {
    const at = (pointer: string) => ({ file: `${address}${pointer}`, line: 1, column: 1 });
    return { address, kind, name, spec, at };
  });
  const { account } = snapshot.catalog;
  const input = { stack, account, defaults: {}, declared, absent: false, broken: new Set<string>(), complete: true };
  const { desired, problems } = resolve(kinds, input);
  const errors = problems.flatMap(({ severity, at, message: why }): readonly Rejection[] => {
    const [address = '', field = ''] = at?.file.split('/') ?? [];
    return severity === 'error' ? [{ address, field, why }] : [];
  });
  const unknown = desired.flatMap((resource): readonly Rejection[] => {
    const why = unknownName(resource, kinds, snapshot.catalog);
    return why === undefined ? [] : [{ address: resource.address, field: '', why }];
  });
  return { wanted: indexWanted(desired), rejections: [...errors, ...unknown] };
}

/** What is live may bear a plan that the catalog, or a group that the account, does not show any more. */
function unknownName(resource: Desired, kinds: Kinds, catalog: Catalog): string | undefined {
  const { plans = [], groups = [] } = kinds.of(resource).identity.catalogNames(resource.spec);
  try {
    for (const [service, word] of plans) catalog.plan(service, word);
    for (const group of groups) catalog.group(group);
    return undefined;
  } catch (error) {
    if (error instanceof KeysteadError) return error.message;
    throw error;
  }
}

/** By a plan, which is to adopt and do nothing else. */
function rejectedByPlan(
  { blocks }: Draft,
  wanted: Wanted,
  { kinds, stack, snapshot }: ExportInput,
): readonly Rejection[] {
  const desired = blocks.flatMap(({ address }) => wanted.get(address) ?? []);
  const input = { stack, account: undefined, desired, targets: [], maxDeletes: undefined };
  const asked = { ...snapshot, consents: new Set(['adopt']), stacks: stacksOf(input) };
  const { changes } = makePlan(input, copyOf(asked, kinds, indexWanted(desired)), kinds, '');
  return changes.flatMap(({ address, verb, status, fields }) => {
    if (verb === 'adopt' && status.is !== 'blocked') return [];
    const names = fields.map(({ field }) => field);
    const why = status.is === 'blocked' ? status.message : `a plan would ${verb} it at once (${names.join(', ')})`;
    const touched = verb === 'update' ? names.map((name) => name.split('.')[0] ?? '') : [''];
    return touched.map((field) => ({ address, field, why, isFound: verb !== 'create' }));
  });
}

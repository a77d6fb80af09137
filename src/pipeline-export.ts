import type { Reader } from './cloud/reader.ts';
import { copyOf } from './decide/copy.ts';
import { resolve } from './desired/resolve.ts';
import { CLOSED, compose } from './export/compose.ts';
import { type Doubts, type Flaw, learn, noDoubts, sizeOf } from './export/doubts.ts';
import { onlyStack } from './export/subject.ts';
import { kinds } from './kinds/registry.ts';
import { flawsOf } from './manifest/validate.ts';
// biome-ignore lint/correctness/useImportExtensions: the module is generated, its types are beside it; Biome would name those
import { validateManifest } from './manifest/validators.gen.mjs';
import { instanceCrnOf, isCrn } from './model/crn.ts';
import { KeysteadError } from './model/errors.ts';
import { documentOf, type Exported } from './model/exported.ts';
import { stacksOf } from './model/plan-input.ts';
import type { Declared, Desired } from './model/resource.ts';
import { indexWanted } from './model/wanted.ts';
import { type Survey, survey, type Wish } from './observe/survey.ts';
import { makePlan } from './plan/make-plan.ts';

export interface ExportWish extends Wish {
  /** Who is to own it. Absent: whose marks it all bears already. */
  readonly stack: string | undefined;
}

/** A manifest needs one, and nobody can guess it. */
const PLACEHOLDER = 'imported';

/**
 * The road back: live → manifest. What comes out goes the usual road at once, offline and upon what was just read: it is
 * valid, and its plan adopts and does nothing else. What would not, is taken back until that holds, and told in a comment.
 *
 * @throws KeysteadError for an instance or a service that is not there
 */
export async function exportLive(wish: ExportWish, reader: Reader, now: () => Date): Promise<Exported> {
  const found = await survey(kinds, wish, reader, now());
  const { snapshot, subjects, unread, closed } = found;
  const owner = wish.stack ?? onlyStack(kinds, snapshot, subjects);
  const stack = owner ?? PLACEHOLDER;
  const scene = { kinds, snapshot, subjects, unread, closed, stack, isPlaceholder: owner === undefined };
  let doubts: Doubts = noDoubts;
  for (;;) {
    const { exported, parts } = compose(scene, doubts);
    const flaws = flawsIn(exported, found, now());
    if (flaws.length === 0) return exported;
    const next = learn(doubts, flaws, parts);
    if (sizeOf(next) === sizeOf(doubts)) throw new Error(`no way to declare ${flaws.map(({ why }) => why).join('; ')}`);
    doubts = next;
  }
}

function flawsIn(exported: Exported, found: Survey, now: Date): readonly Flaw[] {
  const shape = flawsOfShape(exported);
  if (shape.length > 0) return shape;
  const { desired, flaws } = resolved(exported);
  const wrong = [...flaws, ...flawsOfWords(exported, desired, found), ...flawsOfSight(exported, desired, found)];
  return wrong.length > 0 ? wrong : flawsOfPlan(exported, desired, found, now);
}

function flaw({ blocks }: Exported, address: string, pointer: string, why: string): readonly Flaw[] {
  return blocks.filter((block) => block.address === address).map(({ id }) => ({ id, pointer, why }));
}

/** What the schema refuses. */
function flawsOfShape(exported: Exported): readonly Flaw[] {
  return flawsOf(documentOf(exported), validateManifest).flatMap(({ pointer, message }) => {
    const [, block, name, ...deeper] = pointer.split('/');
    const own = exported.blocks.find((one) => one.block === block && one.name === name);
    return flaw(exported, own?.address ?? '', deeper.map((step) => `/${step}`).join(''), message);
  });
}

/** What `validate` refuses. */
function resolved(exported: Exported): { readonly desired: readonly Desired[]; readonly flaws: readonly Flaw[] } {
  const { stack, account, defaults, blocks } = exported;
  const declared = blocks.map(({ address, kind, name, spec }): Declared => {
    // It stands in no file: its address and the pointer say where.
    const at = (pointer: string) => ({ file: `${address}${pointer}`, line: 1, column: 1 });
    return { address, kind, name, spec, at };
  });
  const input = { stack, account, defaults, declared, absent: false, broken: new Set<string>(), complete: true };
  const { desired, problems } = resolve(kinds, input);
  const errors = problems.filter(({ severity }) => severity === 'error');
  const flaws = errors.flatMap(({ at, message }) => {
    const [address = '', ...steps] = (at?.file ?? '').split('/');
    return flaw(exported, address, steps.map((step) => `/${step}`).join(''), message);
  });
  return { desired, flaws };
}

/** Words that stand for something live and that the catalog, or the list of groups, does not have any more. */
function flawsOfWords(
  exported: Exported,
  desired: readonly Desired[],
  { snapshot: { catalog } }: Survey,
): readonly Flaw[] {
  return desired.flatMap((resource) => {
    const { address, spec } = resource;
    const { plans = [], groups = [] } = kinds.of(resource).identity.catalogNames(spec);
    try {
      for (const [service, word] of plans) catalog.plan(service, word);
      for (const group of groups) catalog.group(group);
      return [];
    } catch (error) {
      if (!(error instanceof KeysteadError)) throw error;
      return flaw(exported, address, '', error.message);
    }
  });
}

/** CRNs that lie in an instance which refuses to be looked into. */
function flawsOfSight(exported: Exported, desired: readonly Desired[], { closed }: Survey): readonly Flaw[] {
  return desired.flatMap(({ address, refs, relations }) => {
    const targets = relations.grants.map(({ target }) => ['/target', target] as const);
    return [...Object.entries(refs), ...targets]
      .filter(([, ref]) => isCrn(ref) && closed.has(instanceCrnOf(ref)))
      .flatMap(([pointer, ref]) => flaw(exported, address, pointer, `it lies in ${instanceCrnOf(ref)}: ${CLOSED}`));
  });
}

/** What a plan would do besides adopting. */
function flawsOfPlan(exported: Exported, desired: readonly Desired[], found: Survey, now: Date): readonly Flaw[] {
  const { stack } = exported;
  const input = { stack, account: undefined, desired, targets: [], maxDeletes: undefined };
  const consents = new Set(['adopt']);
  const wanted = { ...found.snapshot, now, consents, stacks: stacksOf(input) };
  const { changes } = makePlan(input, copyOf(wanted, kinds, indexWanted(desired)), kinds, '');
  return changes.flatMap(({ address, verb, status, fields }) => {
    if (verb === 'adopt' && status.is !== 'blocked') return [];
    const why =
      status.is === 'blocked'
        ? status.message
        : `a plan would ${verb} it at once (${fields.map(({ field }) => field).join(', ')})`;
    const pointers = verb === 'update' ? fields.map(({ field }) => `/${field.split('.')[0]}`) : [''];
    return pointers.flatMap((pointer) => flaw(exported, address, pointer, why));
  });
}

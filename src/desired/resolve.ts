import type { Defaults, Kinds } from '../kinds/kind.ts';
import { type Address, kindIn } from '../model/address.ts';
import type { Problem } from '../model/errors.ts';
import { groupBy } from '../model/group-by.ts';
import { inOrder } from '../model/json.ts';
import type { Declared, Desired } from '../model/resource.ts';
import { indexWanted } from '../model/wanted.ts';
import { checkSet } from './check.ts';
import { checkDuplicates } from './duplicates.ts';
import { checkFormerNames, formerMarksOf } from './former-names.ts';
import { withImpliedEdges } from './graph.ts';
import { resolveReferences } from './references.ts';

export interface Resolution {
  readonly desired: readonly Desired[];
  readonly problems: readonly Problem[];
}

export interface ResolveInput {
  readonly stack: string;
  /** What the stack was called before. */
  readonly formerStack?: string | undefined;
  /** The manifest's account, if it says one: a key of another account cannot be judged offline. */
  readonly account: string | undefined;
  readonly defaults: Defaults;
  readonly declared: readonly Declared[];
  /** `state: absent` at the top: the whole stack is to go. */
  readonly absent: boolean;
  /** Declared with faults of their own: references to them are not unknown. */
  readonly broken: ReadonlySet<Address>;
  /** Whether every file could be parsed; if not, what is missing may stand in the others. */
  readonly complete: boolean;
}

/**
 * Declared → Desired: short forms expanded, defaults filled in, references resolved, implied edges added, and every
 * offline rule asked.
 *
 * @returns all problems at once; `desired` holds what could be resolved, for the rules to judge all the same
 */
export function resolve(kinds: Kinds, input: ResolveInput): Resolution {
  const known = new Set<Address>([...input.declared.map(({ address }) => address), ...input.broken]);
  const places = new Map(input.declared.map((declared) => [declared.address, declared]));
  const byKind = groupBy(input.declared, ({ kind }) => kind);
  const problems: Problem[] = [];
  const whole: Desired[] = [];
  for (const kind of kinds) {
    for (const declared of byKind.get(kind.name) ?? []) {
      const written = kind.identity.normalize(inOrder(declared.spec), input.defaults);
      const spec = input.absent && !written.existing ? { ...written, state: 'absent' as const } : written;
      const { refs, problems: faults } = resolveReferences(declared, kind.identity.references(spec), known);
      problems.push(...faults.filter(({ code }) => input.complete || code !== 'UNKNOWN_REFERENCE'));
      for (const { pointer, ...finding } of kind.identity.check(spec, declared.name)) {
        problems.push({ severity: 'error', ...finding, at: declared.at(pointer) });
      }
      whole.push({
        address: declared.address,
        kind: kind.name,
        mark: { stack: input.stack, name: declared.name },
        ...formerMarksOf(declared.name, spec, input),
        spec,
        refs,
        dependsOn: Object.values(refs).filter((ref) => known.has(ref)),
        relations: kind.identity.relations(spec, refs, declared.address),
      });
    }
  }
  const desired = withImpliedEdges(indexWanted(whole));
  const wanted = indexWanted(desired);
  // What cannot be read may be the very authorization that seems to be missing.
  const unsure =
    !input.complete ||
    [...input.broken].some((address) => kinds.of({ kind: kindIn(address) }).toManifest.suggest !== undefined);
  const faults = [
    ...checkSet(wanted, places, input.account, kinds),
    ...checkDuplicates(kinds, wanted, places),
    ...checkFormerNames(desired, known, places),
  ];
  problems.push(...faults.filter(({ code }) => !unsure || code !== 'NOT_AUTHORIZED'));
  return { desired, problems };
}

import { type Address, addressOf } from '../model/address.ts';
import type { Problem } from '../model/errors.ts';
import { given } from '../model/json.ts';
import type { Common, Desired } from '../model/resource.ts';
import type { Places } from './places.ts';

/** The marks that a resource may still bear: of its former names in this stack, and of all its names in the former one. */
export function formerMarksOf(
  name: string,
  { formerly = [], existing }: Common,
  { stack, formerStack }: { readonly stack: string; readonly formerStack?: string | undefined },
): Pick<Desired, 'formerMarks'> {
  const here = formerly.map((former) => ({ stack, name: former }));
  const there =
    formerStack === undefined ? [] : [name, ...formerly].map((former) => ({ stack: formerStack, name: former }));
  const formerMarks = existing ? [] : [...here, ...there];
  return formerMarks.length === 0 ? {} : { formerMarks };
}

/**
 * A former name is one resource's, and nobody's any more: else it could not be told which of two an object is.
 *
 * @param declared every address, also of what has faults of its own
 */
export function checkFormerNames(
  desired: readonly Desired[],
  declared: ReadonlySet<Address>,
  places: Places,
): readonly Problem[] {
  const claims = new Map<Address, Desired>();
  return desired.flatMap((resource) =>
    (resource.spec.formerly ?? []).flatMap((former, index) => {
      const address = addressOf(resource.kind, former);
      const first = claims.get(address);
      if (first === undefined) claims.set(address, resource);
      const fault = faultOf(former, resource, { isDeclared: declared.has(address), first });
      if (fault === undefined) return [];
      const { message, remedy, also = '' } = fault;
      const where = { at: places.get(resource.address)?.at(`/formerly/${index}`), also: places.get(also)?.at('') };
      return [{ code: 'FORMER_NAME' as const, severity: 'error' as const, message, remedy, ...given(where) }];
    }),
  );
}

interface Fault {
  readonly message: string;
  readonly remedy: string;
  /** A second place to show. */
  readonly also?: Address;
}

function faultOf(
  former: string,
  { kind, mark: { name }, spec }: Desired,
  { isDeclared, first }: { readonly isDeclared: boolean; readonly first: Desired | undefined },
): Fault | undefined {
  if (spec.existing) {
    const message = `"${name}" is only looked up, so it bears no mark that \`formerly\` could change`;
    return { message, remedy: 'remove `formerly`' };
  }
  if (former === name) {
    return { message: `"${name}" is what it is called now`, remedy: `take "${name}" out of \`formerly\`` };
  }
  if (isDeclared) {
    const message = `"${name}" was formerly "${former}", but "${former}" is declared as well`;
    const chain = 'names that move on in a chain are applied one by one';
    const remedy = `remove the block "${former}", or take it out of \`formerly\`; ${chain}`;
    return { message, remedy, also: addressOf(kind, former) };
  }
  if (first === undefined) return undefined;
  const message = `"${name}" and "${first.mark.name}" were both formerly "${former}"`;
  return { message, remedy: 'keep it in one of them', also: first.address };
}

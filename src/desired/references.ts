import { type Address, addressOf, kindIn } from '../model/address.ts';
import { isCrn, looksLikeBareId, parseCrn } from '../model/crn.ts';
import type { Problem } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import type { Declared, Reference, Refs } from '../model/resource.ts';

/** So many names are shown of those that would do. */
const SHOWN = 20;

export interface Resolved {
  readonly refs: Refs;
  readonly problems: readonly Problem[];
}

/**
 * Looks up each reference of one resource among the kinds that it may name. Words are never looked up bare: a key and
 * a ring may share a name.
 *
 * @param known addresses that are declared
 */
export function resolveReferences(
  declared: Declared,
  references: readonly Reference[],
  known: ReadonlySet<Address>,
): Resolved {
  const refs: Record<string, string> = {};
  const problems: Problem[] = [];
  for (const reference of references) {
    const target = isCrn(reference.word) ? checkCrn(reference) : lookUp(reference, known);
    if (typeof target === 'string') refs[reference.pointer] = target;
    else problems.push({ ...target, severity: 'error', at: declared.at(reference.pointer) });
  }
  return { refs, problems };
}

type Fault = Pick<Problem, 'code' | 'message' | 'remedy'>;

function checkCrn({ word, crn }: Reference): string | Fault {
  if (crn === undefined) {
    return { code: 'CRN_FORM', message: `a declared name is needed here, not a CRN`, remedy: 'use the map key' };
  }
  const parsed = parseCrn(word);
  if (parsed !== undefined && crn.fits(parsed)) return word;
  return { code: 'CRN_FORM', message: `"${word}" is not ${crn.words}`, remedy: `it has ten segments: ${crn.sample}` };
}

function lookUp({ word, kinds, crn }: Reference, known: ReadonlySet<Address>): string | Fault {
  const found = kinds.map((kind) => addressOf(kind, word)).find((address) => known.has(address));
  if (found !== undefined) return found;
  const what = kinds.join(' or ');
  if (crn !== undefined && looksLikeBareId(word)) {
    return {
      code: 'BARE_ID',
      message: `"${word}" is an id alone; a declared name or ${crn.words} is needed`,
      remedy: `write the full CRN: ${crn.sample}`,
    };
  }
  const meant = new Set(kinds);
  const names = [...known].flatMap((address) => {
    const kind = kindIn(address);
    return meant.has(kind) ? [address.slice(kind.length + 1)] : [];
  });
  const close = nearest(word, names);
  const remedy =
    close !== undefined
      ? `did you mean "${close}"?`
      : names.length > 0
        ? `declared: ${[...names.slice(0, SHOWN), ...(names.length > SHOWN ? ['…'] : [])].join(', ')}`
        : `declare it${crn ? ', or write a full CRN' : ''}`;
  return { code: 'UNKNOWN_REFERENCE', message: `no ${what} "${word}" is declared`, remedy };
}

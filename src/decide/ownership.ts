import type { Comparison } from '../kinds/fields.ts';
import type { Kind } from '../kinds/kind.ts';
import { type Mark, sameMark } from '../model/address.ts';
import { blocked, type Change, type FieldChange, READY, type Status } from '../model/change.ts';
import { formerAmong, isOurs, otherStacks, othersAmong, replacedBy } from '../model/ownership.ts';
import type { Desired, Observed } from '../model/resource.ts';
import { type Case, change } from './change.ts';
import { pinIn, pinOf } from './match.ts';

/** A lost mark is set again without asking only on what this login made within the hour (design 4). */
const MARK_LOST_MS = 3_600_000;

/** Leaves it to its other owners: only the mark goes. */
export function releasing(desired: Desired, live: Observed): Change {
  const others = othersAmong(live.marks, desired).map(ownerText);
  const owned = `${others.join(' and ')} own${others.length > 1 ? '' : 's'} it too`;
  return change({ desired, live }, 'forget', 'others-own-it', { remarks: [`${live.id} stays: ${owned}`] });
}

/**
 * Another owner, and no consent that lets us in. What several stacks may share is joined (`adopt`): it takes nothing from
 * anybody, but it changes what is not ours, so it is asked for as the adoption of what is nobody's is. Anything else is
 * taken over whole (`takeover`).
 */
export function foreignOwner(one: Case): Change | undefined {
  const { kind, desired, live, snapshot } = one;
  if (desired.spec.existing || live.marks.length === 0 || isOurs(desired, live)) return undefined;
  const own = live.marks.find(({ stack }) => stack === desired.mark.stack);
  if (own !== undefined) {
    const message = `${live.id} belongs to "${own.name}" of this stack`;
    const renamed = `add \`formerly: [${own.name}]\` if that is what it was called before`;
    const remedy = `${renamed}, or remove it there first, or declare it here with \`existing: true\``;
    return change(one, 'adopt', 'others-own-it', { status: blocked('FOREIGN_MARK', `${message}; ${remedy}`) });
  }
  const { words, effect } = entry(kind, desired);
  if (words.some((word) => snapshot.consents.has(word))) return undefined;
  const stacks = otherStacks(desired, live).map((stack) => `"${stack}"`);
  const message = `${live.id} belongs to stack ${stacks.join(' and ')}`;
  const remedy = `\`--allow ${words[0]}\` ${effect}; \`existing: true\` uses it as it is`;
  return change(one, 'adopt', 'others-own-it', { status: blocked('FOREIGN_MARK', `${message}; ${remedy}`, words[0]) });
}

/** The consents that let this stack in, and what the first one brings about. */
function entry(kind: Kind, { address }: Desired): { readonly words: readonly [string, ...string[]]; effect: string } {
  return kind.ownership.marks === 'shared'
    ? {
        words: [`adopt:${address}`, 'adopt'],
        effect: "shares it: this stack's mark is added, and roles are only added",
      }
    : { words: [`takeover:${address}`], effect: "makes it this stack's instead" };
}

/**
 * The mark that is set, and nothing but the mark; fields follow as a change of their own. A former mark gives way to the
 * one of now, as the manifest says. An unmarked match is adopted only
 * when asked, unless the mark was lost a moment ago.
 */
export function marking(one: Case, comparison: Comparison): Change | undefined {
  const { kind, desired, live, snapshot } = one;
  const { now, consents } = snapshot;
  const swap = swapOf(one);
  if (swap !== undefined) return change(one, 'adopt', 'former-mark', swap);
  if (kind.ownership.marks === 'none' || isOurs(desired, live)) return undefined;
  const gate = kind.lifecycle.gate('adopt', live, now, desired.spec);
  // What is taken over gives its place to ours, so there is room for it.
  const isSwap = kind.ownership.marks === 'carried' && replacedBy(desired, live).length > 0;
  const status: Status = isSwap && gate.is === 'blocked' && gate.code === 'MARK_FULL' ? READY : gate;
  if (live.marks.length > 0) {
    return change(one, 'adopt', 'others-own-it', { status, fields: [ownersField(one)] });
  }
  const fresh = live.madeAt !== undefined && now.getTime() - Date.parse(live.madeAt) < MARK_LOST_MS;
  const ours = kind.identity.duplicates && live.madeBy === snapshot.catalog.iamId && fresh;
  // What could not be compared may be another's: nothing is taken for ours on what is not shown.
  const isEqual = comparison.differences.length === 0 && comparison.unreadable.length === 0;
  if (ours && isEqual) return change(one, 'adopt', 'mark-lost', { status });
  const allow = `adopt:${desired.address}`;
  if (consents.has('adopt') || consents.has(allow)) return change(one, 'adopt', 'unmarked', { status });
  const message = `${live.id} exists, and this stack did not make it`;
  const remedy = `\`--allow ${allow}\` makes it this stack's; \`existing: true\` uses it as it is`;
  return change(one, 'adopt', 'unmarked', { status: blocked('UNMARKED', `${message}; ${remedy}`, allow) });
}

/** Who owns it before and after: what is reviewed is whom it is shared with, or taken from. */
function ownersField({ kind, desired, live }: Case): FieldChange {
  const before = live.marks.map(ownerText);
  const own = ownerText(desired.mark);
  return { field: 'owners', before, after: kind.ownership.marks === 'shared' ? [...before, own] : [own] };
}

function ownerText({ stack, name }: Mark): string {
  return `${stack}/${name}`;
}

/** A mark, or the text before it, that its carrier has no room for is not written. */
export function fitting(kind: Kind, desired: Desired, live: Observed | undefined, planned: Change): Change {
  if (planned.status.is === 'blocked') return planned;
  const message = kind.ownership.overfull(planned.verb, desired, live);
  return message === undefined ? planned : { ...planned, status: blocked('MARK_FULL', message) };
}

/**
 * What it takes that a live object bears the mark of now in the place of former ones; `undefined`: it bears none of those.
 *
 * The new mark comes first, so that a run that ends between the two leaves the object marked. Where there is no room for
 * both, the object must be one that is found without a mark, by its pin or its identity: else the next run would take it
 * for missing, and make a second one.
 */
export function swapOf({ kind, desired, live, snapshot }: Case): Pick<Change, 'fields' | 'status'> | undefined {
  const former = formerAmong(live.marks, desired);
  if (former.length === 0) return undefined;
  const fields = [{ field: 'mark', before: former.map(ownerText).join(', '), after: ownerText(desired.mark) }];
  const isSet = live.marks.some((mark) => sameMark(mark, desired.mark));
  const isFound = pinIn(desired) !== undefined || kind.identity.of(desired, snapshot) === live.identity;
  if (isSet || isFound || !kind.ownership.isFull(live)) return { fields, status: READY };
  const remedy = `pin it with \`${pinOf(live.id)}\`, so that it is found between the two, or take one of the others away first`;
  const message = `${live.id} has no room for its new mark beside the former one; ${remedy}`;
  return { fields, status: blocked('MARK_FULL', message) };
}

import type { Change, Plan } from '../model/change.ts';
import { isRemoval } from '../model/verbs.ts';
import { painter, wrap } from './paint.ts';
import { renderChange, renderHeader, renderNotes, renderOrphans, renderOutside } from './plan/text.ts';
import { counted } from './printable.ts';

/** What live differs in from what is declared, and what is only waiting. */
export interface Drift {
  /** Drift: live was changed, lost its mark, was destroyed, disabled, or is missing. */
  readonly changes: readonly Change[];
  readonly impaired: Plan['impaired'];
  /** Not drift: as declared, and to be looked at all the same. */
  readonly posture: Plan['posture'];
  /** Not drift: deletions that the manifests ask for, under way or waiting. */
  readonly deletions: readonly Change[];
  /** Not drift: marked objects that nothing declares. */
  readonly orphans: Plan['orphans'];
}

export function driftOf({ changes, impaired, posture, orphans }: Plan): Drift {
  const isDeletion = ({ verb }: Change) => isRemoval(verb);
  return {
    changes: changes.filter((change) => !isDeletion(change)),
    impaired,
    posture,
    deletions: changes.filter(isDeletion),
    orphans,
  };
}

/** A declared object that is not live is drift; deferred deletions and orphans are not (design 7, 10). */
export function isDrift({ changes, impaired }: Drift): boolean {
  return changes.length > 0 || impaired.length > 0;
}

export function renderDrift(plan: Plan, options: { readonly color: boolean }): string {
  const paint = painter(options.color);
  const drift = driftOf(plan);
  const { changes, impaired, posture, deletions, orphans } = drift;
  const parts = [
    renderHeader(plan),
    ...changes.map((change) => renderChange(change, paint)),
    ...impaired.map(({ address, why }) => wrap(`${address}: ${why}`, '  ')),
    posture.length > 0 ? paint('bold', 'To be looked at, no drift') : '',
    ...posture.map(({ address, text }) => wrap(`${address}: ${text}`, '  ')),
    deletions.length > 0 ? paint('bold', 'Deletions under way, no drift') : '',
    ...deletions.map((change) => renderChange(change, paint)),
    orphans.length > 0 ? paint('bold', 'Marked and not declared, no drift') : '',
    renderOrphans(plan, paint),
    renderNotes(plan, paint),
    ...renderOutside(plan),
    paint('bold', lastLine(drift)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function lastLine({ changes, impaired, deletions, orphans }: Drift): string {
  const addresses = new Set([...changes, ...impaired].map(({ address }) => address));
  const apart = [
    deletions.length > 0 ? `, ${counted(deletions.length, 'deletion')} under way` : '',
    orphans.length > 0 ? `, ${counted(orphans.length, 'orphan')}` : '',
  ].join('');
  const differ = addresses.size === 1 ? 'differs from its manifest' : 'differ from their manifests';
  return addresses.size === 0
    ? `No drift${apart}.`
    : `Drift: ${counted(addresses.size, 'resource')} ${differ}${apart}.`;
}

/** The same for programs. */
export function driftAsJson(plan: Plan): string {
  const drift = driftOf(plan);
  const { account, stack, endpoints, targets, notes, outside } = plan;
  const head = { formatVersion: 1, account, stack, endpoints, targets, drift: isDrift(drift) };
  return `${JSON.stringify({ ...head, ...drift, notes, outside }, null, 2)}\n`;
}

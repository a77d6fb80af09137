import type { Change, Condition, FieldChange, Pending, Plan } from '../../model/change.ts';
import { isPending } from '../../model/change.ts';
import { assertNever, given, isObject, type Json, sameJson } from '../../model/json.ts';
import { rowOf, type VerbRow } from '../../model/verbs.ts';
import { type Paint, painter, wrap } from '../paint.ts';
import { counted, printable } from '../printable.ts';
import { summaryLine } from './summary.ts';

/**
 * A plan for people. The same plan gives the same text; the last line can be parsed.
 *
 * @param options.color ANSI styles, or none
 */
export function renderPlan(plan: Plan, options: { readonly color: boolean }): string {
  const paint = painter(options.color);
  const settling = plan.settling.map((address) => `  ${paint('dim', `${printable(address)} is still settling`)}`);
  const parts = [
    renderHeader(plan),
    ...plan.changes.map((change) => renderChange(change, paint)),
    renderNotes(plan, paint),
    settling.join('\n'),
    renderImpaired(plan, paint),
    renderFinished(plan, paint),
    renderOrphans(plan, paint),
    ...renderOutside(plan),
    // For `apply --expect`: an approval can be bound to it, and a consent to what cannot be undone must be.
    plan.changes.length > 0 ? `Fingerprint: ${plan.fingerprint}` : '',
    paint('bold', summaryLine(plan)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Whose live state is meant. */
export function renderHeader({ account, endpoints, stack }: Plan): string {
  const where = endpoints === 'public' ? '' : `  (${printable(endpoints)})`;
  return `Account  ${printable(account)}${where}\nStack    ${printable(stack)}`;
}

/** What was looked for and not found is not made, so it has no sign of a verb. */
function signOf({ verb, status }: Change): Pick<VerbRow, 'sign' | 'style'> {
  return status.is === 'blocked' && status.code === 'NOT_FOUND' ? { sign: '?', style: 'yellow' } : rowOf(verb);
}

/** One change, its fields, why it is held, and whom it hits. */
export function renderChange(change: Change, paint: Paint): string {
  const { sign, style } = signOf(change);
  const why =
    change.because === 'missing' || change.because === 'differs'
      ? ''
      : paint('dim', `  (${printable(change.because)})`);
  const head = `  ${paint(style, sign)} ${paint('bold', printable(change.address))}${why}${renderStatus(change, paint)}`;
  const rows = change.fields.flatMap(flatten).map((row) => ({ ...row, field: printable(row.field) }));
  const width = Math.max(0, ...rows.map(({ field }) => field.length));
  const lines = rows.map((row) => `      ${row.field.padEnd(width)}  ${renderValues(row, paint)}`);
  const reason = change.status.is === 'blocked' ? [wrap(change.status.message, '      ')] : [];
  return [head, ...lines, ...reason, ...renderRemarks(change, paint), ...renderBlastRadius(change, paint)].join('\n');
}

/** What else it brings about. */
function renderRemarks({ remarks = [], irreversible }: Change, paint: Paint): readonly string[] {
  return remarks.map((remark) => {
    const text = wrap(printable(remark), '      ');
    return irreversible ? paint('red', text) : text;
  });
}

/** Whom it hits, by name, declared or foreign. */
function renderBlastRadius(
  { blastRadius = [], irreversible, remarks, target }: Change,
  paint: Paint,
): readonly string[] {
  if (blastRadius.length === 0)
    return irreversible && remarks === undefined ? [`      ${paint('red', 'cannot be undone')}`] : [];
  const lines = blastRadius.map(({ name, service, address, deletedAt, preventsDeletion, volumes }) => {
    const facts = [
      address ?? (deletedAt === undefined ? 'not declared here' : ''),
      volumes === undefined ? '' : counted(volumes, 'volume'),
      deletedAt === undefined ? '' : `deleted ${deletedAt}`,
      preventsDeletion ? 'prevents deletion' : '',
    ].filter((fact) => fact !== '');
    return `        ${quoted(name)}  ${printable(`${service}  (${facts.join(', ')})`)}`;
  });
  const loss = paint('red', 'cannot be undone: everything encrypted under it becomes unreadable');
  const onIt = blastRadius.some(({ on }) => on === target?.id);
  return [
    ...(irreversible ? [`      ${loss}`] : []),
    '      in use by',
    ...lines,
    ...(onIt ? ['        applications that wrap and unwrap by themselves do not register'] : []),
  ];
}

/** Live as declared, or soon, but not doing its work. */
function renderImpaired({ impaired }: Plan, paint: Paint): string {
  return impaired.map(({ address, why }) => `  ${paint('yellow', printable(`${address}: ${why}`))}`).join('\n');
}

function renderFinished({ finished }: Plan, paint: Paint): string {
  const lines = finished.map(({ address, restorableUntil, erase }) => {
    const facts = [
      ...(restorableUntil === undefined ? [] : [`it can be restored until ${restorableUntil}`]),
      ...(erase === undefined ? [] : [`\`--allow ${erase}\` erases it for good`]),
    ];
    const more = facts.length === 0 ? '' : ` (${facts.join('; ')})`;
    return `  ${paint('dim', printable(`${address} is done: its block can be removed${more}`))}`;
  });
  return lines.join('\n');
}

/** Each with the block to paste that would end it. */
export function renderOrphans({ orphans, desired }: Pick<Plan, 'orphans' | 'desired'>, paint: Paint): string {
  const declared = new Set(desired.map(({ address }) => address));
  const lines = orphans.flatMap(({ address, id, stack, tombstone, prunable }) => {
    const mark = stack === undefined ? "this stack's mark" : `the mark of its former name ${stack}`;
    const text = declared.has(address)
      ? `${id} carries the mark of ${address} too, which is another object`
      : `${address} carries ${mark} and is not declared: ${id}`;
    const yaml = tombstone?.split('\n').map((line) => `      ${printable(line)}`) ?? [];
    const ways = prunable ? 'plan and apply with --prune, or declare' : 'declare';
    const twin = '      It is left alone. Delete it or take its mark from it yourself, once nothing needs it';
    const how =
      yaml.length > 0 ? [`      It is left alone. To end it, ${ways}`, ...yaml] : declared.has(address) ? [twin] : [];
    return [`  ${paint('yellow', printable(text))}`, ...how];
  });
  return lines.join('\n');
}

function renderStatus({ status }: Change, paint: Paint): string {
  if (status.is === 'blocked') return `  ${paint('red', `blocked [${printable(status.code)}]`)}`;
  if (status.is === 'deferred')
    return `  ${paint('yellow', `deferred: ${status.until.map(renderCondition).join(', ')}`)}`;
  return '';
}

export function renderCondition(condition: Condition): string {
  switch (condition.when) {
    case 'done':
      return `until ${printable(condition.address)} is done`;
    case 'settled':
      return `until ${printable(condition.address ?? condition.id)} has settled`;
    case 'time':
      return `until ${printable(condition.from)}`;
    case 'known':
      return condition.from === undefined
        ? 'until services know the authorization that takes over'
        : `until services know the authorization that takes over, at ${printable(condition.from)}`;
    case 'approval':
      return condition.expires === undefined
        ? 'until a second identity deletes it'
        : `set for deletion until ${printable(condition.expires)}; another identity must delete`;
    case 'unused': {
      const { latest, daysAfterDeletion: days } = condition;
      const when = latest === undefined ? '' : `, at the latest ${printable(latest)}`;
      const after = days === undefined ? '' : `, up to ${days} days after the deletion of what uses it`;
      return `until no use is left${when}${after}`;
    }
    default:
      return assertNever(condition);
  }
}

/** Members of maps become rows of their own, so that values line up; those that stay as they are are left out. */
function flatten({ field, before, after, isSet }: FieldChange): readonly FieldChange[] {
  if (isPending(after) || !isObject(after)) return [given({ field, before, after, isSet })];
  return Object.entries(after).flatMap(([member, value]) => {
    const old = isObject(before) ? before[member] : undefined;
    if (old !== undefined && sameJson(old, value)) return [];
    return flatten(given({ field: `${field}.${member}`, before: old, after: value ?? null }));
  });
}

function renderValues({ before, after, isSet }: FieldChange, paint: Paint): string {
  if (isSet && Array.isArray(before) && Array.isArray(after)) return renderSet(before, after, paint);
  const value = renderJson(after, paint);
  return before === undefined ? value : `${renderJson(before, paint)} → ${value}`;
}

/** What is added and what is removed; what stays is left out. */
function renderSet(before: readonly Json[], after: readonly Json[], paint: Paint): string {
  const [old, now] = [new Set(before), new Set(after)];
  const added = after.filter((text) => !old.has(text)).map((text) => `${paint('green', '+')} ${quoted(text)}`);
  const removed = before.filter((text) => !now.has(text)).map((text) => `${paint('red', '-')} ${quoted(text)}`);
  return [...added, ...removed].join('  ');
}

/** JSON, which says of what is pending what it waits for, at any depth. */
function renderJson(value: Json | Pending, paint: Paint): string {
  if (isPending(value)) return paint('dim', `(known after ${printable(value.knownAfter)})`);
  if (Array.isArray(value)) return `[${value.map((item: Json) => renderJson(item, paint)).join(', ')}]`;
  if (!isObject(value)) return quoted(value);
  const members = Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : [`${quoted(name)}: ${renderJson(member, paint)}`],
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** JSON escapes the controls of ASCII only. */
function quoted(value: Json): string {
  return printable(JSON.stringify(value));
}

/** What `--target` leaves out, in a sentence; nothing when it leaves out nothing. */
export function renderOutside({ outside }: Pick<Plan, 'outside'>): readonly string[] {
  if (outside.length === 0) return [];
  const addresses = [...new Set(outside.map(({ address }) => address))].sort().join(', ');
  const changes = outside.length === 1 ? '1 change is' : `${outside.length} changes are`;
  return [wrap(`${changes} outside --target: ${addresses}`, '  ')];
}

/** What could not be compared is never silently equal; '' where all could be. */
export function renderNotes({ notes }: Pick<Plan, 'notes'>, paint: Paint): string {
  if (notes.length === 0) return '';
  const lines = notes.map(({ address, field, text }) => `      ${printable(`${address}  ${field}: ${text}`)}`);
  return [`  ${paint('dim', 'Not compared')}`, ...lines].join('\n');
}

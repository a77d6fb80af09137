import type { Explanation, KeyState } from '../model/explanation.ts';
import { type Paint, painter, wrap } from './paint.ts';
import { renderCondition } from './plan/text.ts';
import { counted, printable } from './printable.ts';

/** One page on one live object, for people. */
export function renderExplanation(page: Explanation, options: { readonly color: boolean }): string {
  const paint = painter(options.color);
  if (page.live === undefined) return `${paint('bold', page.address)}\n\n  It is declared, and it is not live.\n`;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : [paint('bold', title), ...lines.map((line) => `  ${line}`)].join('\n');
  const sections = [
    renderHead(page, page.live, paint),
    section('Fields', page.fields.map(fieldLine).map(printable)),
    section('To be looked at', page.posture.map(printable)),
    section('Keys that it uses', page.keys.map(keyLine).map(printable)),
    section('Used by', page.uses.map(useLine).map(printable)),
    section('Authorizations', page.grants.map(grantLine).map(printable)),
    section('If it were declared absent now', [renderDeletion(page)]),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function renderHead({ address }: Explanation, live: NonNullable<Explanation['live']>, paint: Paint): string {
  const marks = live.marks.map(({ stack, name }) => `${stack}/${name}`).join(', ');
  return [
    `${paint('bold', address)}  ${printable(live.name)}`,
    `  ${printable(live.id)}`,
    `  state: ${printable(live.state)}`,
    `  owner: ${marks === '' ? 'no mark' : marks}`,
    ...(live.madeAt === undefined
      ? []
      : [`  made: ${live.madeAt.replace(/\.\d+Z$/, 'Z')}${live.madeBy ? ` by ${printable(live.madeBy)}` : ''}`]),
    ...live.history.map((line) => `  ${printable(line)}`),
  ].join('\n');
}

function fieldLine({ field, value }: Explanation['fields'][number]): string {
  return `${field}: ${JSON.stringify(value)}`;
}

function keyLine({ id, address, state, unregistered }: KeyState): string {
  return `${address ?? id}: ${state}${unregistered ? ' (declared, not registered)' : ''}`;
}

function useLine({
  name,
  service,
  address,
  deletedAt,
  preventsDeletion,
  volumes,
  on,
}: Explanation['uses'][number]): string {
  const facts = [
    address ?? 'not declared here',
    ...(volumes === undefined ? [] : [counted(volumes, 'volume')]),
    ...(deletedAt ? [`deleted ${deletedAt}`] : []),
  ];
  const stop = preventsDeletion ? ', prevents deletion' : '';
  return `${JSON.stringify(name)} (${service}, ${facts.join(', ')}${stop}) on ${on}`;
}

function grantLine({ id, address, source, target, roles, notUnderstood }: Explanation['grants'][number]): string {
  const counted = notUnderstood === undefined ? '' : `, not understood and counted for nothing: ${notUnderstood}`;
  return `${address ?? id}: ${source} → ${target} [${roles.join(', ')}]${counted}`;
}

function renderDeletion({ deletion }: Explanation): string {
  if (deletion === undefined) return 'nothing: it is gone as far as it goes by itself';
  const { verb, status } = deletion;
  if (status.is === 'ready') return `${verb} at once: nothing stands in the way`;
  if (status.is === 'deferred') return `${verb}, deferred: ${status.until.map(renderCondition).join(', ')}`;
  return `${verb}, blocked [${status.code}]\n${wrap(status.message, '    ')}`;
}

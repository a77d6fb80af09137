import type { Exported, ExportedBlock, LeftOut } from '../model/exported.ts';
import { isObject, type Json } from '../model/json.ts';
import { wrap } from './paint.ts';
import { printable } from './printable.ts';
import { blockLines, yamlLines, yamlText } from './yaml.ts';

const WIDTH = 110;
const SCHEMA = './node_modules/keystead/schemas/manifest.schema.json';
/** A literal `${` can only come from a variable's value. */
const OPENING = '${';
const VARIABLE = 'dollar_brace';

/** Live objects as a manifest to be committed: the same bytes for the same cloud. */
export function renderManifest(exported: Exported): string {
  const { blocks, defaults, leftOut, unread } = exported;
  const maps = [...new Set(blocks.map(({ block }) => block))];
  const isUsed = blocks.some(({ spec }) => holdsOpening(spec));
  const top = [
    `# yaml-language-server: $schema=${SCHEMA}`,
    'apiVersion: keystead/v1',
    ...stackLines(exported),
    ...yamlLines('account', exported.account, ''),
    ...(Object.keys(defaults).length > 0 ? yamlLines('defaults', defaults, '') : []),
    ...(isUsed ? yamlLines('variables', { [VARIABLE]: { default: OPENING } }, '') : []),
  ];
  const sections = [
    top,
    ...maps.map((map) => [`${map}:`, ...blocks.filter(({ block }) => block === map).flatMap(renderBlock)]),
    leftOut.length > 0 ? ['# Left out:', ...leftOut.flatMap(leftOutLines)] : [],
    unread.length > 0 ? ['# Not read:', ...unread.flatMap((text) => comment(text, '#   '))] : [],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function stackLines({ stack, isPlaceholder }: Exported): readonly string[] {
  const line = yamlLines('stack', stack, '').join('');
  if (!isPlaceholder) return [line];
  return [`${line} # a placeholder: say who owns this before you apply it, or export with --stack NAME`];
}

function holdsOpening(value: Json | undefined): boolean {
  if (typeof value === 'string') return value.includes(OPENING);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsOpening);
}

function renderBlock({ name, spec, remarks }: ExportedBlock): readonly string[] {
  const comments = remarks.flatMap(({ field, text }) => comment(field === '' ? text : `${field}: ${text}`, '  # '));
  const shown = escaped(spec);
  // A block a resource, however short; nothing but its name when all is as a create would choose.
  const lines = isObject(shown) && Object.keys(shown).length > 0 ? blockLines(shown, '    ') : [];
  return [...comments, `  ${yamlText(name)}:${lines.length > 0 ? '' : ' {}'}`, ...lines];
}

function escaped(value: Json): Json {
  if (typeof value === 'string') return value.replaceAll(OPENING, `\${var.${VARIABLE}}`);
  if (Array.isArray(value)) return value.map(escaped);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item = null]) => [name, escaped(item)]));
}

function leftOutLines({ kind, name, id, why }: LeftOut): readonly string[] {
  return [...comment(`${kind} ${JSON.stringify(name)}: ${why}`, '#   '), `#     ${printable(id)}`];
}

/** What comes from the cloud stays inside its comment. */
function comment(text: string, indent: string): readonly string[] {
  return wrap(printable(text), indent, WIDTH).split('\n');
}

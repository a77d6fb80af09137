import { isObject, type Json, type JsonObject } from '../model/json.ts';

/** Text that needs no quotes, also where commas and brackets mean something, and to readers of YAML 1.1. */
const PLAIN = /^[A-Za-z](?:[A-Za-z0-9._/ -]*[A-Za-z0-9._/-])?$/;
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n)$/i;
/** What JSON lets stand in a text and YAML does not, or what a terminal would take for an order. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g;
const WIDTH = 100;

/**
 * Plain data as YAML lines: short maps and lists on one line, as people write them.
 *
 * @param value anything JSON has; `${` is not seen to
 */
export function yamlLines(name: string, value: Json, indent: string): readonly string[] {
  const line = `${indent}${yamlText(name)}: ${flow(value)}`;
  if (line.length <= WIDTH || typeof value !== 'object' || value === null || isEmpty(value)) return [line];
  return [`${indent}${yamlText(name)}:`, ...blockLines(value, `${indent}  `)];
}

/** The members of a map or the items of a list, a line or more each. */
export function blockLines(value: JsonObject | readonly Json[], indent: string): readonly string[] {
  if (!isObject(value)) return value.map((item) => `${indent}- ${flow(item)}`);
  return Object.entries(value).flatMap(([name, item = null]) => yamlLines(name, item, indent));
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

function flow(value: Json): string {
  if (typeof value === 'string') return yamlText(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => flow(item)).join(', ')}]`;
  if (!isObject(value)) return String(value);
  const members = Object.entries(value).map(([name, item = null]) => `${yamlText(name)}: ${flow(item)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

export function yamlText(text: string): string {
  if (PLAIN.test(text) && !WORDS.test(text)) return text;
  return JSON.stringify(text).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

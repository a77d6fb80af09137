import type { ErrorCode, YAMLError } from 'yaml';
import type { Problem } from '../model/errors.ts';
import { placeOf, type Source } from './source.ts';

/** What the YAML parser found, at its place and in our words. */
export function syntaxProblem(source: Source, error: YAMLError): Problem {
  const [start, end] = error.pos;
  const at = placeOf(source, start, Math.max(end, start + 1));
  const lineStart = source.lines.lineStarts[at.line - 1] ?? 0;
  const usesVariable = source.text.slice(lineStart, start + 1).includes('${');
  return {
    code: 'YAML_SYNTAX',
    severity: 'error',
    message: wordsOf(error),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what to write
    ...(usesVariable ? { remedy: 'Inside { } or [ ] a variable needs quotes: "${var.name}".' } : {}),
    at,
  };
}

/** The parser's codes are coarse; where its sentence says which character is missing, so do we. */
function wordsOf(error: YAMLError): string {
  const bracket = /(?:end|ends) with an? ([\]}])/.exec(error.message)?.[1];
  if (bracket !== undefined) return `the closing ${bracket} is missing`;
  if (error.message.includes('Missing closing')) return 'the closing quote is missing';
  if (error.message.includes('Implicit map keys need')) return 'a colon is missing after this key';
  if (error.message.includes('Missing , or : between')) return 'a comma or a colon is missing here';
  if (error.message.includes('Missing , between')) return 'a comma is missing here';
  return syntaxWords[error.code];
}

const syntaxWords: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias (*name) cannot have an anchor or a tag',
  BAD_ALIAS: 'this is not an alias or anchor name',
  BAD_COLLECTION_TYPE: 'the tag does not fit what it stands before',
  BAD_DIRECTIVE: 'this % directive is not known',
  BAD_DQ_ESCAPE: 'this is not an escape that a double-quoted text may hold; write \\\\ for a backslash',
  BAD_INDENT: 'the indentation fits neither the lines above nor what this belongs to',
  BAD_PROP_ORDER: 'an anchor or a tag stands in the wrong place',
  BAD_SCALAR_START: 'a text cannot begin with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a second "key: value" on one line; put the value in quotes or on the next line',
  BLOCK_IN_FLOW: 'a block value cannot stand inside { } or [ ]',
  DUPLICATE_KEY: 'the map says this key twice',
  IMPOSSIBLE: 'this cannot be read as YAML',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a space, a comma, a colon or a quote is missing here',
  MULTILINE_IMPLICIT_KEY: 'a key goes over several lines; is a colon or a quote missing?',
  MULTIPLE_ANCHORS: 'a value has two anchors',
  MULTIPLE_DOCS: 'a second document begins here',
  MULTIPLE_TAGS: 'a value has two tags',
  NON_STRING_KEY: 'a key must be text',
  RESOURCE_EXHAUSTION: 'the aliases expand to far more than the file holds',
  TAB_AS_INDENT: 'a tab cannot indent; use spaces',
  TAG_RESOLVE_FAILED: 'this tag is not one that manifests may use, or does not fit its value',
  UNEXPECTED_TOKEN: 'this was not expected here',
};

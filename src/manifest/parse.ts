import { Composer, type CST, type Document, Lexer, type ParsedNode, Parser } from 'yaml';
import type { Problem } from '../model/errors.ts';
import { placeOf, type Source } from './source.ts';
import { syntaxProblem } from './syntax.ts';
import { type Written, writtenOf } from './written.ts';

/** Design 3. Counted on the parser's stack before anything is composed, since the composer recurses. */
export const MAX_DEPTH = 100;

/** Some 60 bytes of memory and more for each. A manifest of 8 MB that is nothing but short fields has about 4 million. */
const MAX_TOKENS = 4_000_000;

/** A document costs more than its tokens. */
const MAX_DOCUMENTS = 10_000;

/** A file that is not YAML at all should not scroll its first fault away. */
const MAX_SYNTAX_PROBLEMS = 20;

/** The documents of one file. */
export interface Parsed {
  readonly documents: readonly Written[];
  readonly problems: readonly Problem[];
}

/**
 * Parses one file as YAML 1.2 core: no merge keys, no tags beyond core's, whatever a %YAML directive says.
 * A document with a syntax error is left out: what it says is not known.
 */
export function parseYaml(source: Source): Parsed {
  const control = controlCharacterIn(source);
  if (control !== undefined) return { documents: [], problems: [control] };
  const problems: Problem[] = [];
  const documents: Written[] = [];
  for (const document of compose(source, problems)) {
    // An unknown tag or directive is only a warning to the parser, and would be dropped without a word. Its other warning,
    // about the indentation of a closing bracket, stays one: everybody writes it so.
    const dropped = document.warnings.filter(({ code }) => code === 'TAG_RESOLVE_FAILED' || code === 'BAD_DIRECTIVE');
    const faults = [...document.errors, ...dropped];
    for (const fault of faults.slice(0, MAX_SYNTAX_PROBLEMS - problems.length))
      problems.push(syntaxProblem(source, fault));
    const { contents } = document;
    if (faults.length === 0 && contents !== null && !isEmpty(contents)) documents.push(writtenOf(source, contents));
  }
  return { documents, problems };
}

function compose(source: Source, problems: Problem[]): Document.Parsed[] {
  const composer = new Composer<ParsedNode>({
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    // Told with both places by plain.ts; here it would compare each key with all before it.
    uniqueKeys: false,
    logLevel: 'silent',
  });
  // An error object a character, each with its stack, is what makes hopeless input expensive.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    // A document is asked for in any case: without one, what is wrong before the first would be dropped.
    return [...composer.compose(tokensOf(source, problems), true, source.text.length)];
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The parser's tokens. Ends early, with a problem, when they are too deep or too many, and after some errors. */
function* tokensOf(source: Source, problems: Problem[]): Generator<CST.Token, void> {
  const parser = new Parser();
  let lexemes = 0;
  let errors = 0;
  let documents = 0;
  for (const lexeme of new Lexer().lex(source.text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') errors += 1;
      if (token.type === 'document') documents += 1;
      yield token;
    }
    lexemes += 1;
    const stop =
      depthOf(parser.stack) > MAX_DEPTH
        ? TOO_DEEP
        : lexemes > MAX_TOKENS
          ? tooMany(`${MAX_TOKENS / 1e6} million YAML tokens`)
          : documents > MAX_DOCUMENTS
            ? tooMany(`${MAX_DOCUMENTS} YAML documents`)
            : undefined;
    if (stop !== undefined)
      problems.push({ ...stop, severity: 'error', at: placeOf(source, parser.offset, parser.offset) });
    if (stop !== undefined || errors >= MAX_SYNTAX_PROBLEMS) return;
  }
  yield* parser.end();
}

/** The stack is short until it is too deep: counting what are collections costs nothing beside the rest. */
function depthOf(stack: readonly CST.Token[]): number {
  if (stack.length <= MAX_DEPTH) return 0;
  const collections: readonly string[] = ['block-map', 'block-seq', 'flow-collection'];
  return stack.filter((token) => collections.includes(token.type)).length;
}

type Stop = Pick<Problem, 'code' | 'message' | 'remedy'>;

const TOO_DEEP: Stop = {
  code: 'NESTING_TOO_DEEP',
  message: `maps and lists are nested deeper than ${MAX_DEPTH} levels`,
};

function tooMany(what: string): Stop {
  const remedy = 'Split it into several files; their maps are merged.';
  return { code: 'FILE_TOO_LARGE', message: `the file holds more than ${what}`, remedy };
}

/** Nothing but comments: the composer then answers an empty scalar without source. */
function isEmpty(node: ParsedNode): boolean {
  return 'value' in node && node.value === null && node.source === '' && node.anchor === undefined;
}

/** YAML 1.2.2, "Character Set": other control characters are not allowed, and the parser lets them pass. */
function controlCharacterIn(source: Source): Problem | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const at = source.text.search(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/);
  if (at === -1) return undefined;
  const name = `U+${source.text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0')}`;
  return {
    code: 'YAML_SYNTAX',
    severity: 'error',
    message: `the control character ${name} is not allowed in YAML`,
    remedy: 'Remove it; in a double-quoted text it can be written as an escape such as \\x07.',
    at: placeOf(source, at, at + 1),
  };
}

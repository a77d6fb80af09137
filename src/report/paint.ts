import { styleText } from 'node:util';
import { printable } from './printable.ts';

type Style = Parameters<typeof styleText>[0];

/** Colours text, or leaves it. Whoever renders is told; nothing here looks at the terminal. */
export type Paint = (style: Style, text: string) => string;

export function painter(color: boolean): Paint {
  return color ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;
}

/** A word, with the spaces before it. What stands in backticks is to be copied, so it is one word. */
const WORD = / *(?:`[^`]*`|[^ ])+/g;

/**
 * `text` in lines of at most `width`, each after `indent`; words are never cut. A line that is itself indented is YAML to
 * paste, and stays as it is. Safe for a terminal, so not for painted text.
 */
export function wrap(text: string, indent: string, width = 100): string {
  const lines = text.split('\n').flatMap((line) => {
    const shown = printable(line);
    return shown.startsWith(' ') ? [shown] : broken(shown, width - indent.length);
  });
  return lines.map((line) => `${indent}${line}`).join('\n');
}

function broken(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(WORD) ?? []) {
    if (line !== '' && line.length + word.length > width) {
      lines.push(line);
      line = word.trimStart();
    } else line += word;
  }
  return [...lines, line];
}

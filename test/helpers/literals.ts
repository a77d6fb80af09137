/**
 * The text of the string literals and templates of a source, without its comments, regular expressions and import paths. What
 * a template computes is `…` in it, and its own literals are literals of their own.
 */
export function literalsIn(source: string): readonly string[] {
  const text = source.replace(/\bfrom '[^']*'|\bimport\('[^']*'\)/g, '');
  const literals: string[] = [];
  // What is open: '`' for a template, '{' for a brace, '$' for the brace of a computed part; with the template's text so far.
  const open: { readonly is: '`' | '{' | '$'; said: string }[] = [];
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const top = open.at(-1);
    if (top?.is === '`') {
      const [part = ''] = /^(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/.exec(rest) ?? [];
      top.said += part;
      at += part.length;
      if (text.startsWith('$', at)) {
        top.said += '…';
        open.push({ is: '$', said: '' });
        at += 2;
      } else {
        literals.push(top.said);
        open.pop();
        at += 1;
      }
      continue;
    }
    const [token = ''] =
      /^(?:\/\/.*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/.exec(rest) ??
      (/[(,=:[!&|?{};>]\s*$|\breturn\s*$/.test(text.slice(Math.max(0, at - 40), at))
        ? (/^\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/.exec(rest) ?? [])
        : []);
    if (token.startsWith("'") || token.startsWith('"')) literals.push(token.slice(1, -1));
    if (token === '') {
      if (rest.startsWith('`')) open.push({ is: '`', said: '' });
      if (rest.startsWith('{')) open.push({ is: '{', said: '' });
      if (rest.startsWith('}')) open.pop();
    }
    at += token.length || 1;
  }
  return literals;
}

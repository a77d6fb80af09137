// Jest's transform: esbuild, which the bundle needs anyway, so there is no second compiler to agree with.
//
// It also lets each module look its globals up once. A test file runs in a context whose global object calls back into
// Node: in Node 20 each `Date` or `JSON` costs a microsecond there, which was more than a quarter of all that tests take.
const { transformSync, version } = require('esbuild');
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { extname } = require('node:path');
const { runInNewContext } = require('node:vm');

const own = readFileSync(__filename, 'utf8');

/** What the language has, and what of Node's own a test never replaces. */
const globals = [
  ...runInNewContext('Object.getOwnPropertyNames(globalThis)').filter((name) => /^[A-Z][a-z]/.test(name)),
  ...['JSON', 'URL', 'URLSearchParams', 'Buffer', 'process', 'encodeURIComponent', 'decodeURIComponent'],
  ...['setTimeout', 'clearTimeout', 'setImmediate', 'queueMicrotask', 'parseInt', 'isNaN'],
].filter((name) => name !== 'Infinity');
/** Not a member, a key of an object or a part of another name. */
const mention = new RegExp(`(?<![\\w$.'"])(${globals.join('|')})(?![\\w$'":])`, 'g');
/** Comments and directives, which must stay first. */
const opening = /^(?:\s|\/\*[\s\S]*?\*\/|\/\/.*|(["'])use strict\1;?)*/;

module.exports = {
  process(source, file) {
    const compile = (text) =>
      transformSync(text, {
        loader: extname(file) === '.ts' ? 'ts' : 'js',
        target: 'node20',
        supported: { 'import-attributes': true },
        sourcemap: 'external',
        sourcefile: file,
        logLevel: 'silent',
        tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
      });
    const { code, map } = withGlobalsAtHand(source, compile);
    return { code, map };
  },
  getCacheKey(source, file, options) {
    const hash = createHash('sha256');
    for (const part of [source, file, version, own, String(options.instrument)]) hash.update(part).update('\0');
    return hash.digest('hex');
  },
};

/** Compiles a module that starts by taking the globals that it mentions, but for those that it declares itself. */
function withGlobalsAtHand(source, compile) {
  const mentioned = new Set(source.match(mention));
  for (;;) {
    try {
      const taken = mentioned.size === 0 ? '' : `const { ${[...mentioned].join(', ')} } = globalThis; `;
      return compile(source.replace(opening, (start) => start + taken));
    } catch (error) {
      const declared = (error.errors ?? []).map(({ text }) => /^The symbol "(\w+)" has already been/.exec(text)?.[1]);
      const known = declared.filter((name) => mentioned.delete(name));
      if (known.length === 0) throw error;
    }
  }
}

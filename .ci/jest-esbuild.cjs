// Jest's transform: esbuild, which the bundle needs anyway, so there is no second compiler to agree with.
const { transformSync, version } = require('esbuild');
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');

const own = readFileSync(__filename, 'utf8');

module.exports = {
  compile,
  process: compile,
  getCacheKey(source, file, options) {
    const hash = createHash('sha256');
    for (const part of [source, file, version, own, String(options.instrument)]) hash.update(part).update('\0');
    return hash.digest('hex');
  },
};

/** @returns the module as JavaScript, and its source map */
function compile(source, file) {
  const { code, map } = transformSync(source, {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    supported: { 'import-attributes': true },
    sourcemap: 'external',
    sourcefile: file,
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  return { code, map };
}

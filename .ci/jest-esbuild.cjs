// Jest's transform: esbuild, which the bundle needs anyway, so there is no second compiler to agree with.
const { transformSync, version } = require('esbuild');
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');

const own = readFileSync(__filename, 'utf8');

module.exports = {
  process(source, file) {
    const out = transformSync(source, {
      loader: 'ts',
      format: 'esm',
      target: 'node20',
      supported: { 'import-attributes': true },
      sourcemap: 'external',
      sourcefile: file,
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    });
    return { code: out.code, map: out.map };
  },
  getCacheKey(source, file, options) {
    const hash = createHash('sha256');
    for (const part of [source, file, version, own, String(options.instrument)]) hash.update(part).update('\0');
    return hash.digest('hex');
  },
};

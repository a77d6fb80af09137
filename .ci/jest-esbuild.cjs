// Jest's transform: esbuild, which the bundle needs anyway, so there is no second compiler to agree with.
const { transformSync, version } = require('esbuild');
const { createHash } = require('node:crypto');

module.exports = {
  process(source, file) {
    const out = transformSync(source, {
      loader: 'ts',
      format: 'esm',
      target: 'node20',
      sourcemap: 'both',
      sourcefile: file,
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    });
    return { code: out.code, map: out.map };
  },
  getCacheKey(source, file, options) {
    const hash = createHash('sha256');
    for (const part of [source, file, version, String(options.instrument)]) hash.update(part).update('\0');
    return hash.digest('hex');
  },
};

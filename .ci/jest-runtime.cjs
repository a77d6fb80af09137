// Jest's runtime without its contexts: test files and what they import are modules of Node itself. A worker then loads the
// product, the emulator and their packages once instead of once a file, and they stay compiled.
//
// Test files share modules for it, so nothing in a module may be left over from a test. Coverage and --watch, which need
// modules made anew, keep jest's own runtime (jest.config.js).
const { createHash } = require('node:crypto');
const { readFileSync, writeFileSync } = require('node:fs');
const { createRequire, register } = require('node:module');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { compile } = require('./jest-esbuild.cjs');

const { default: Runtime } = createRequire(require.resolve('jest'))('jest-runtime');

register('./jest-hooks.mjs', pathToFileURL(__filename));

let runs = 0;

module.exports = class extends Runtime {
  #run = ++runs;
  #globals = {};

  /** Jest's own state of a test file: made anew for each. */
  requireInternalModule(file) {
    delete require.cache[file];
    delete globalThis[Symbol.for('EVENT_HANDLERS')];
    return require(file);
  }

  setGlobalsForRuntime(globals) {
    this.#globals = globals;
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  /** A test file, or one that prepares for it: the only modules that are run anew each time. */
  async unstable_importModule(file) {
    const { use } = await import('./jest-globals.mjs');
    use(this.#globals);
    return await import(`${pathToFileURL(file).href}?run=${this.#run}`);
  }

  getSourceMaps() {
    return new SourceMaps();
  }
};

/** By the URL of a module, where its map is: made when a stack is shown. */
class SourceMaps extends Map {
  get(url) {
    if (!/^file:.*\.ts(\?|$)/.test(url)) return undefined;
    const file = fileURLToPath(url);
    const { map } = compile(readFileSync(file, 'utf8'), file);
    const place = join(tmpdir(), `keystead-${createHash('sha256').update(map).digest('hex')}.map`);
    writeFileSync(place, map);
    return place;
  }
}

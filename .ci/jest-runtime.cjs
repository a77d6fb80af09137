// Jest's runtime without its contexts: test files and what they import are modules of Node itself. A worker then loads the
// product, the emulator and their packages once instead of once a file, and they stay compiled.
//
// Test files share modules for it, so nothing in a module may be left over from a test. Coverage and --watch, which need
// modules made anew, keep jest's own runtime (jest.config.js).
const asyncHooks = require('node:async_hooks');
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
    const { AsyncLocalStorage } = asyncHooks;
    asyncHooks.AsyncLocalStorage = OneAtATime;
    try {
      return require(file);
    } finally {
      asyncHooks.AsyncLocalStorage = AsyncLocalStorage;
    }
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
    return sourceMaps;
  }
};

/**
 * What jest keeps the running test in. Its own way follows it through each promise, from then on and once more for each
 * test file: only tests that run beside each other need that.
 */
class OneAtATime {
  #current;

  getStore() {
    return this.#current;
  }

  async run(store, work) {
    const before = this.#current;
    this.#current = store;
    try {
      return await work();
    } finally {
      this.#current = before;
    }
  }
}

/** By the URL of a module, where its map is: made when a stack is first shown. */
class SourceMaps extends Map {
  get(url) {
    if (!/^file:.*\.ts(\?|$)/.test(url)) return undefined;
    if (!this.has(url)) this.set(url, mapOf(url));
    return super.get(url);
  }
}

const sourceMaps = new SourceMaps();

function mapOf(url) {
  const file = fileURLToPath(url);
  const { map } = compile(readFileSync(file, 'utf8'), file);
  const place = join(tmpdir(), `keystead-${createHash('sha256').update(map).digest('hex')}.map`);
  writeFileSync(place, map);
  return place;
}

// What tests import as @jest/globals when they run in .ci/jest-runtime.cjs: that of the test file of the moment, since
// helpers are loaded once and serve many.
export let describe;
export let test;
export let expect;
export let beforeAll;
export let beforeEach;
export let afterAll;
export let afterEach;

export function use(globals) {
  ({ describe, test, expect, beforeAll, beforeEach, afterAll, afterEach } = globals);
}

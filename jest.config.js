/** Modules are made anew for each test file where that is needed: see .ci/jest-runtime.cjs. */
const isApart = process.argv.some((word) => /^--(coverage|watch)/.test(word));

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  ...(isApart ? {} : { runtime: '<rootDir>/.ci/jest-runtime.cjs' }),
  extensionsToTreatAsEsm: ['.ts'],
  setupFiles: ['<rootDir>/test/helpers/seed.ts'],
  setupFilesAfterEnv: ['<rootDir>/test/helpers/close-emulators.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/.ci/jest-esbuild.cjs' },
  coverageProvider: 'babel',
  collectCoverageFrom: ['src/**/*.ts'],
  maxWorkers: 2,
  // For what hangs alone: on a busy machine a test takes many times what it needs.
  testTimeout: 120_000,
};

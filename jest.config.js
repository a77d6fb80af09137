/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  setupFiles: ['<rootDir>/test/helpers/seed.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '\\.(ts|m?js)$': '<rootDir>/.ci/jest-esbuild.cjs' },
  // Those that do most of the work: see jest-esbuild.cjs.
  transformIgnorePatterns: [
    '/node_modules/(?!(got|@sindresorhus/is|p-retry|p-limit|p-cancelable|yaml|pino|fast-check)/)',
  ],
  coverageProvider: 'babel',
  collectCoverageFrom: ['src/**/*.ts'],
  maxWorkers: 2,
  // For what hangs alone: on a busy machine a test takes many times what it needs.
  testTimeout: 120_000,
};

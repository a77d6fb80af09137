/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  setupFiles: ['<rootDir>/test/helpers/seed.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/.ci/jest-esbuild.cjs' },
  coverageProvider: 'babel',
  collectCoverageFrom: ['src/**/*.ts'],
  maxWorkers: 2,
  // For what hangs alone: on a busy machine a test takes many times what it needs.
  testTimeout: 120_000,
};

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
  testTimeout: 30_000,
};

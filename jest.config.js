/** Modules are made anew for each test file where that is needed: see .ci/jest-runtime.cjs. */
const isApart = process.argv.some((word) => /^--(coverage|watch)/.test(word));

/** Suites that meet the emulator at `harsh` as well as at `kind`; `npm run test:long` runs all others at `harsh`, too. */
const harsh = ['pipeline/journey', 'cli/endings', 'cli/demo', 'ownership/*'].map((suite) => `**/test/${suite}.test.ts`);

/** The emulator's own rules, and IBM's clients, which wait for nothing: each test says what is harsh for it. */
const rules = ['emulator', 'conformance'].map((folder) => `**/test/${folder}/*.test.ts`);

const not = (suites) => suites.map((suite) => `!${suite}`);

/** @type {(displayName: string, testMatch: readonly string[]) => import('jest').Config} */
const project = (displayName, testMatch) => ({
  displayName,
  testMatch,
  testEnvironment: 'node',
  ...(isApart ? {} : { runtime: '<rootDir>/.ci/jest-runtime.cjs' }),
  extensionsToTreatAsEsm: ['.ts'],
  setupFiles: ['<rootDir>/test/helpers/seed.ts', `<rootDir>/test/helpers/at-${displayName}.ts`],
  setupFilesAfterEnv: ['<rootDir>/test/helpers/close-emulators.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/.ci/jest-esbuild.cjs' },
});

/** @type {import('jest').Config} */
export default {
  projects: [
    project('kind', ['<rootDir>/test/**/*.test.ts', ...not(rules)]),
    project('harsh', harsh),
    project('rules', rules),
  ],
  coverageProvider: 'babel',
  collectCoverageFrom: ['src/**/*.ts'],
  maxWorkers: 2,
  // For what hangs alone: on a busy machine a test takes many times what it needs.
  testTimeout: 120_000,
};

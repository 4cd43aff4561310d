// Part of the names of this run's databases; the workers inherit it.
process.env.TINDERA_TEST_RUN ??= String(process.pid);

/** Types are checked by tsc beside the tests; here each file is only translated, which is several times faster. */
/** @type {import('jest').Config} */
module.exports = {
  globalTeardown: '<rootDir>/test/support/drop-databases.cjs',
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.json', transpilation: true }],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
  // A first query on a busy machine with two cores can take seconds; a test that hangs is still found.
  testTimeout: 60_000,
  maxWorkers: 2,
};

/** One jest project. ES modules run natively, so the bootstrap starts Node with --experimental-vm-modules. */
export default {
  testEnvironment: '<rootDir>/test/support/plain-context.mjs',
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  reporters: ['default', '<rootDir>/test/support/slowest-files.mjs'],
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testTimeout: 60_000,
  // One more than the cores we promise five minutes on: whole incidents wait most of their time.
  maxWorkers: 3,
};

/** One jest project. ES modules run natively, so the bootstrap starts Node with --experimental-vm-modules. */
export default {
  testEnvironment: '<rootDir>/test/support/plain-context.mjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testTimeout: 60_000,
  maxWorkers: 2,
};

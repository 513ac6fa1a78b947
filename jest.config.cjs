/** Unit tests sit beside the code; what crosses folders or processes is under test/. */
const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    target: 'es2022',
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

module.exports = {
  testEnvironment: '<rootDir>/test/support/jest-environment.cjs',
  globalSetup: '<rootDir>/test/support/bundle-function.cjs',
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  transform: { '^.+\\.c?ts$': ['@swc/jest', swc] },
  moduleFileExtensions: ['ts', 'cts', 'js', 'cjs', 'json', 'node'],
  moduleNameMapper: {
    '^nestjs-loose-coupling$': '<rootDir>/libs/loose-coupling/src/index.ts',
    '^nestjs-loose-coupling/(.*)$': '<rootDir>/libs/loose-coupling/src/$1/index.ts',
    '^@shop/(.*)$': '<rootDir>/libs/shop-$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.cjs$': ['$1.cts', '$1.cjs'],
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  // What hangs is found all the same; what searches for counterexamples has time to, also on a machine that is busy.
  testTimeout: 30_000,
  // On two cores jest would use one; the tests that wait for processes and installations leave room for another.
  maxWorkers: '100%',
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.stryker-tmp'],
  // Sources of the applications that test/package makes elsewhere.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/package/apps/'],
};

/** `npm run mutation`: changes the resilience core in thousands of small ways and sees whether a test notices. */
export default {
  mutate: ['libs/loose-coupling/src/resilience/core/**/*.ts', '!**/*.spec.ts', '!**/*.port.ts', '!**/testing/**'],
  testRunner: 'jest',
  plugins: ['@stryker-mutator/jest-runner'],
  jest: { configFile: 'jest.mutation.config.cjs', enableFindRelatedTests: true },
  coverageAnalysis: 'perTest',
  // Evaluated once per process; a run for each of them costs more than it tells.
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 10_000,
  thresholds: { high: 95, low: 90, break: 90 },
  reporters: ['clear-text', 'progress', 'json', 'html'],
  clearTextReporter: { logTests: false, allowColor: false },
  jsonReporter: { fileName: 'reports/mutation/mutation.json' },
  htmlReporter: { fileName: 'reports/mutation/mutation.html' },
  ignorePatterns: ['dist', 'bench', 'docs', 'data', 'reports', 'test', 'apps', 'scripts', '.loose-coupling'],
  tempDirName: '.stryker-tmp',
};

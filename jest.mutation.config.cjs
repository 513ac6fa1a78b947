const base = require('./jest.config.cjs');

// Each of some thousand runs walks a short way; `npm test` walks the long one.
process.env.RESILIENCE_STEPS ??= '20000';

/** The tests of the resilience core alone, for `npm run mutation`. */
module.exports = {
  ...base,
  globalSetup: undefined,
  roots: ['<rootDir>/libs/loose-coupling/src/resilience/core'],
  maxWorkers: 1,
};

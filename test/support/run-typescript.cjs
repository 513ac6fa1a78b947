/**
 * Lets a child process of a test run the sources as they are: `node --require <this file> child.ts`.
 * Compiles with the same settings as jest.config.cjs and resolves the `.js` and `.cjs` suffixes to the sources.
 */
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { transformSync } = require('@swc/core');
const [, options] = require('../../jest.config.cjs').transform['^.+\\.c?ts$'];

const compile = (module, filename) =>
  module._compile(transformSync(readFileSync(filename, 'utf8'), { ...options, filename }).code, filename);
Module._extensions['.ts'] = compile;
Module._extensions['.cts'] = compile;

const resolve = Module._resolveFilename;
Module._resolveFilename = function resolveSource(request, parent, ...rest) {
  const ours = request.startsWith('.') && /\.c?ts$/.test(parent?.filename ?? '');
  return resolve.call(this, ours ? request.replace(/\.(c?)js$/, '.$1ts') : request, parent, ...rest);
};

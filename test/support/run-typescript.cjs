/**
 * Lets a child process of a test run the sources as they are: `node --require <this file> child.ts`.
 * Compiles with the same settings as jest.config.cjs, and resolves the packages of the workspace and the `.js` and
 * `.cjs` suffixes to the sources.
 */
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { transformSync } = require('@swc/core');
const { transform, moduleNameMapper } = require('../../jest.config.cjs');
const [, options] = transform['^.+\\.c?ts$'];

const root = join(__dirname, '../..');
const packages = Object.entries(moduleNameMapper)
  .filter(([, target]) => typeof target === 'string' && target.startsWith('<rootDir>'))
  .map(([pattern, target]) => [new RegExp(pattern), target.replace('<rootDir>', () => root)]);

const compile = (module, filename) =>
  module._compile(transformSync(readFileSync(filename, 'utf8'), { ...options, filename }).code, filename);
Module._extensions['.ts'] = compile;
Module._extensions['.cts'] = compile;

function source(request) {
  if (request.startsWith('.')) return request.replace(/\.(c?)js$/, '.$1ts');
  const [pattern, target] = packages.find(([name]) => name.test(request)) ?? [];
  return pattern ? request.replace(pattern, target) : request;
}

const resolve = Module._resolveFilename;
Module._resolveFilename = function resolveSource(request, parent, ...rest) {
  const ours = /\.c?ts$/.test(parent?.filename ?? '');
  return resolve.call(this, ours ? source(request) : request, parent, ...rest);
};

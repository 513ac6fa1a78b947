import type Libsql = require('libsql');

/** The part of the driver that is used. */
export type Driver = typeof Libsql;

/**
 * Loads the native driver on first use: that takes some 15 ms, which an application without file stores never pays.
 * A CommonJS file, so that both builds of the package can load it synchronously.
 */
export function loadDriver(): Driver {
  return require('libsql') as Driver;
}

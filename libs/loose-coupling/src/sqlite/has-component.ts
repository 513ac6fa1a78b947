import { openDriver } from './open-driver.js';

/**
 * Whether a file is a database with the tables of a component, by a look that changes nothing: false also for a file
 * that is no database.
 */
export function hasComponent(file: string, component: string): boolean {
  const Connection = openDriver();
  const connection = new Connection(file, { readonly: true });
  try {
    return connection.prepare('SELECT 1 FROM lc_migrations WHERE component = ?').get(component) !== undefined;
  } catch (error) {
    if (/no such table|not a database/.test(String(error))) return false;
    throw error;
  } finally {
    connection.close();
  }
}

import type { FaultList } from '../../kernel/index.js';
import { isMessageSchema } from '../../messaging/index.js';
import { pathParameters } from './path-parameters.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Adds what is wrong with the operations of a contract. */
export function checkOperations(faults: FaultList, operations: unknown): void {
  if (typeof operations !== 'object' || operations === null || Object.keys(operations).length === 0) {
    return faults.add('operations', 'an object with at least one operation', operations);
  }
  for (const [name, operation] of Object.entries(operations))
    checkOperation(faults, `operations.${name}`, name, operation);
}

function checkOperation(faults: FaultList, path: string, name: string, operation: unknown): void {
  if (!/^[a-z][A-Za-z0-9]{0,39}$/.test(name)) faults.say(`${path}: a name is letters and digits, a small letter first`);
  if (typeof operation !== 'object' || operation === null) return faults.add(path, 'an object', operation);
  faults.unknownKeys(path, operation, ['input', 'output', 'http', 'idempotent']);
  const { input, output, http, idempotent } = operation as Record<string, unknown>;
  for (const [side, schema] of Object.entries({ input, output })) {
    if (schema !== undefined && !isMessageSchema(schema)) {
      faults.add(`${path}.${side}`, 'a Standard Schema, or a class-validator class', schema);
    }
  }
  faults.boolean(`${path}.idempotent`, idempotent);
  if (http !== undefined) checkRoute(faults, `${path}.http`, http);
}

function checkRoute(faults: FaultList, path: string, route: unknown): void {
  if (typeof route !== 'object' || route === null) return faults.add(path, '{ method, path }', route);
  const given = route as Record<string, unknown>;
  faults.unknownKeys(path, given, ['method', 'path']);
  faults.oneOf(`${path}.method`, given['method'] ?? null, METHODS);
  const template = given['path'];
  if (typeof template !== 'string' || !template.startsWith('/') || /[?#\s]/.test(template)) {
    faults.add(`${path}.path`, 'a path that begins with "/", without query', template);
  } else if (/[{}]/.test(template.replaceAll(/\{\w+\}/g, ''))) {
    faults.say(`${path}.path: names in braces are letters, digits and "_"`);
  } else if (new Set(pathParameters(template)).size < pathParameters(template).length) {
    faults.say(`${path}.path: a name is there twice`);
  }
}

import type { FaultList } from '../../kernel/index.js';
import { validateResilienceOptions } from '../registry/read-configuration.js';

const CONFIGURATION = ['policies', 'defaults', 'chaos'];
const KNOWN = [...CONFIGURATION, 'httpErrors', 'sharedState'];
const SHARING = ['type', 'refreshInterval', 'storeTimeout', 'policies'];
const OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  sqlite: ['file'],
  dynamodb: ['table', 'provision'],
  custom: ['store'],
};
/** DynamoDB's rule. */
const TABLE_NAME = /^[\w.-]{3,255}$/;

/** Adds what is wrong with `resilience` of the module's options. */
export function checkResilienceModuleOptions(options: unknown, faults: FaultList): void {
  if (options === undefined) return;
  if (!isRecord(options)) return faults.add('resilience', 'an object', options);
  faults.unknownKeys('resilience', options, KNOWN);
  faults.boolean('resilience.httpErrors', options['httpErrors']);
  checkSharedState(options['sharedState'], faults);
  validateResilienceOptions(Object.fromEntries(CONFIGURATION.map((key) => [key, options[key]])), faults);
}

function checkSharedState(sharedState: unknown, faults: FaultList): void {
  const path = 'resilience.sharedState';
  if (sharedState === undefined) return;
  if (!isRecord(sharedState)) return faults.add(path, 'an object', sharedState);
  const { type, refreshInterval, storeTimeout, policies, file, table, provision, store } = sharedState;
  const own = OF_TYPE[String(type)];
  if (!own) return faults.add(`${path}.type`, '"sqlite", "dynamodb" or "custom"', type);
  faults.unknownKeys(path, sharedState, [...SHARING, ...own]);
  checkPositive(faults, `${path}.refreshInterval`, refreshInterval);
  checkPositive(faults, `${path}.storeTimeout`, storeTimeout);
  if (file !== undefined && (typeof file !== 'string' || file === '' || file === ':memory:')) {
    faults.add(`${path}.file`, 'the name of a file', file);
  }
  if (table !== undefined && (typeof table !== 'string' || !TABLE_NAME.test(table))) {
    faults.add(`${path}.table`, '3 to 255 letters, digits, "_", "-" and "."', table);
  }
  faults.oneOf(`${path}.provision`, provision, ['create', 'validate', 'none']);
  if (type === 'custom' && !isStore(store)) faults.add(`${path}.store`, 'a CircuitStateStore', store);
  checkNames(faults, `${path}.policies`, policies);
}

function checkPositive(faults: FaultList, path: string, value: unknown): void {
  if (value === 0) faults.add(path, 'milliseconds, above 0', value);
  else faults.duration(path, value);
}

/** Decorators may name policies too, which is not known yet. */
function checkNames(faults: FaultList, path: string, names: unknown): void {
  if (names === undefined) return;
  const fits = Array.isArray(names) && names.every((name) => typeof name === 'string' && name !== '');
  if (!fits) faults.add(path, 'an array of names', names);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isStore = (value: unknown): boolean =>
  ['read', 'write', 'close'].every(
    (method) => typeof (value as Record<string, unknown> | null)?.[method] === 'function',
  );

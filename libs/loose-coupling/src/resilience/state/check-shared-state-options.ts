import type { FaultList } from '../../kernel/index.js';

const COMMON = ['type', 'refreshInterval', 'storeTimeout', 'policies'];
const OWN: Readonly<Record<string, readonly string[]>> = {
  memory: [],
  sqlite: ['file'],
  dynamodb: ['table', 'provision'],
  custom: ['store'],
};
/** What DynamoDB takes as a table's name, or its ARN. */
const TABLE = /^([\w.-]{3,255}|arn:[^\s]{1,1020})$/;

/** Adds what is wrong with options that came from outside; `path` is where the user wrote them. */
export function checkSharedStateOptions(faults: FaultList, path: string, options: unknown): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    faults.add(path, "{ type: 'memory' | 'sqlite' | 'dynamodb' | 'custom' }", options);
    return;
  }
  const given = options as Readonly<Record<string, unknown>>;
  const { type, refreshInterval, storeTimeout, policies, file, table, provision, store } = given;
  const own = typeof type === 'string' && Object.hasOwn(OWN, type) ? OWN[type] : undefined;
  if (!own) {
    faults.add(`${path}.type`, "'memory', 'sqlite', 'dynamodb' or 'custom'", type);
    return;
  }
  faults.unknownKeys(path, given, [...COMMON, ...own]);
  for (const [key, value] of Object.entries({ refreshInterval, storeTimeout })) {
    if (value !== undefined && !(typeof value === 'number' && Number.isFinite(value) && value >= 1)) {
      faults.add(`${path}.${key}`, 'milliseconds, 1 or more', value);
    }
  }
  if (policies !== undefined && !(Array.isArray(policies) && policies.every(isText))) {
    faults.add(`${path}.policies`, 'a list of names of policies', policies);
  }
  if (type === 'sqlite' && file !== undefined && !isText(file)) faults.add(`${path}.file`, 'the name of a file', file);
  if (type === 'custom' && !isStore(store)) faults.add(`${path}.store`, 'a CircuitStateStore', store);
  if (type !== 'dynamodb') return;
  if (table !== undefined && !(isText(table) && TABLE.test(table))) {
    faults.add(`${path}.table`, 'the name or the ARN of a table', table);
  }
  faults.oneOf(`${path}.provision`, provision, ['create', 'validate', 'none']);
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isStore = (value: unknown): boolean =>
  ['read', 'write', 'close'].every(
    (method) => typeof (value as Record<string, unknown> | null)?.[method] === 'function',
  );
